//! What the alert pages share: newer versions of listed alerts, the selection, and the one way to change alerts.
use crate::{
    components::{Toasts, problem_text},
    context::page_context,
    i18n::tn,
    server_fns::alerts::{change_alerts, fetch_alert, restore_alerts},
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Problem,
    alert::{Alert, AlertBulk, AlertBulkResult, AlertChange, AlertState},
};
use std::collections::{BTreeSet, HashMap};

#[derive(Clone, Copy)]
pub struct Board {
    /// As the list's resource answered.
    pub listed: RwSignal<Vec<Alert>>,
    /// Newer versions of listed alerts: they change in place, the order does not.
    pub changed: RwSignal<HashMap<i64, Alert>>,
    pub checked: RwSignal<BTreeSet<i64>>,
    /// Alerts raised since the list was read that belong into it.
    pub fresh: RwSignal<i64>,
    /// Bumped to read the list again.
    pub list_version: RwSignal<u32>,
    /// Bumped to read the open alert again.
    pub detail_version: RwSignal<u32>,
    /// Why the last change was refused.
    pub problem: RwSignal<Option<Problem>>,
    toasts: Toasts,
}

/// Alerts fetched one by one after a note; more are left to the next reading of the list.
const REFRESH: usize = 20;

impl Board {
    pub fn new() -> Self {
        Self {
            listed: RwSignal::default(),
            changed: RwSignal::default(),
            checked: RwSignal::default(),
            fresh: RwSignal::new(0),
            list_version: RwSignal::new(0),
            detail_version: RwSignal::new(0),
            problem: RwSignal::new(None),
            toasts: expect_context(),
        }
    }

    /// Reads the list anew: changed rows find their place, closed ones leave.
    pub fn reload(self) {
        self.fresh.set(0);
        self.changed.update(HashMap::clear);
        self.list_version.update(|v| *v += 1);
    }

    /// After a note that these changed somewhere.
    pub fn refresh(self, ids: Vec<i64>, selected: Option<i64>) {
        if selected.is_some_and(|s| ids.contains(&s)) {
            self.detail_version.update(|v| *v += 1);
        }
        let shown: Vec<i64> = self.listed.with_untracked(|l| {
            l.iter().map(|a| a.id).filter(|id| ids.contains(id)).take(REFRESH).collect()
        });
        spawn_local(async move {
            for id in shown {
                if let Ok(alert) = fetch_alert(id).await {
                    let _ = self.changed.try_update(|c| c.insert(id, alert));
                }
            }
        });
    }

    fn done(self, result: &AlertBulkResult) {
        self.problem.set(None);
        self.checked.update(BTreeSet::clear);
        self.detail_version.update(|v| *v += 1);
        let ids = result.changed.clone();
        self.refresh(ids, None);
    }

    /// Changes alerts, says so with an Undo, and tells `then` (such as: close the dialog) when it worked.
    pub fn change(
        self,
        ids: Vec<i64>,
        verb: &'static str,
        change: AlertChange,
        then: impl Fn() + 'static,
    ) {
        if ids.is_empty() {
            return;
        }
        spawn_local(async move {
            match change_alerts(AlertBulk { ids, change }).await {
                Ok(result) => {
                    self.done(&result);
                    then();
                    let n = i64::try_from(result.changed.len()).unwrap_or(i64::MAX);
                    let before = result.before;
                    self.toasts.say_undo(done_text(verb, n), move || self.restore(before.clone()));
                }
                Err(problem) => self.refused(problem),
            }
        });
    }

    fn restore(self, before: Vec<AlertState>) {
        spawn_local(async move {
            match restore_alerts(before).await {
                Ok(result) => {
                    self.done(&result);
                    self.toasts.say(tn(
                        "alerts.undone",
                        i64::try_from(result.changed.len()).unwrap_or(i64::MAX),
                    ));
                }
                Err(problem) => self.refused(problem),
            }
        });
    }

    fn refused(self, problem: Problem) {
        let (title, detail) = problem_text(&problem);
        self.toasts.say(format!("{title}. {detail}"));
        self.problem.set(Some(problem));
    }
}

fn done_text(verb: &str, n: i64) -> String {
    match verb {
        "take" => tn("alerts.done.take", n),
        "close" => tn("alerts.done.close", n),
        "reopen" => tn("alerts.done.reopen", n),
        _ => tn("alerts.done.assign", n),
    }
}

/// The change that a verb means for the person who looks.
pub fn change_of(verb: &str, conclusion: &str, assignee: &str) -> Result<AlertChange, Problem> {
    let me = page_context().person.map_or(0, |p| p.id);
    crate::server_fns::alerts::change_of(verb, conclusion, assignee, me)
}
