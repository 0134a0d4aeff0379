//! The one way to change alerts: the server does it, a toast says so with an Undo, the rows show it at once.
use super::board::{Board, number};
use crate::{
    i18n::{t, tn},
    server_fns::alerts::{self, change_alerts, restore_alerts},
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Problem,
    alert::{Alert, AlertBulk, AlertChange, AlertState},
};
use std::collections::BTreeSet;

impl Board {
    /// The change that a verb means for the person who looks.
    pub fn change_of(
        self,
        verb: &str,
        conclusion: &str,
        assignee: &str,
    ) -> Result<AlertChange, Problem> {
        let me = self.me.try_get_value().flatten().map_or(0, |p| p.id);
        alerts::change_of(verb, conclusion, assignee, me)
    }

    /// Assigns alerts to the person who looks. Closed ones stay out of it: taking one would open it again without a word.
    pub fn take(self, ids: Vec<i64>, then: impl Fn() + 'static) {
        let open: Vec<i64> = ids.iter().copied().filter(|id| !self.is_closed(*id)).collect();
        if open.is_empty() && !ids.is_empty() {
            self.toasts.say(t("alerts.closed_already"));
        } else if let Ok(change) = self.change_of("take", "", "") {
            self.change(open, "take", change, then);
        }
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
            match change_alerts(AlertBulk { ids: ids.clone(), change: change.clone() }).await {
                Ok(result) => {
                    let now = result.before.iter().map(|was| after(was, &change)).collect();
                    self.say(verb, result.before);
                    self.done(now);
                    then();
                }
                Err(problem) => self.refused(problem, ids),
            }
        });
    }

    fn say(self, verb: &str, before: Vec<AlertState>) {
        let text = done_text(verb, number(before.len()));
        if before.is_empty() {
            return self.toasts.say(text); // they were so already
        }
        self.toasts.say_undo(text, move || self.restore(before.clone()));
    }

    fn restore(self, before: Vec<AlertState>) {
        let ids = before.iter().map(|s| s.id).collect();
        spawn_local(async move {
            match restore_alerts(before.clone()).await {
                Ok(result) => {
                    self.toasts.say(tn("alerts.undone", number(result.changed.len())));
                    self.done(before);
                }
                Err(problem) => self.refused(problem, ids),
            }
        });
    }

    /// Shows what the alerts are now. When and by whom exactly comes with the note that the server sends to every tab.
    fn done(self, now: Vec<AlertState>) {
        self.problem.set(None);
        self.checked.update(BTreeSet::clear);
        self.detail_version.update(|v| *v += 1);
        let known: Vec<Alert> = now.iter().filter_map(|state| self.in_state(state)).collect();
        let unknown = |id: &i64| known.iter().all(|a| a.id != *id);
        let rest = now.iter().map(|state| state.id).filter(unknown).collect();
        self.remember(known);
        self.refresh(rest);
    }

    /// The alert in that state; `None` where it, or the name of who has it, is not known here.
    fn in_state(self, state: &AlertState) -> Option<Alert> {
        let was = self.latest(state.id)?;
        let assigned_name = match state.assigned_to {
            Some(person) => Some(self.name_of(person)?),
            None => None,
        };
        Some(Alert {
            status: state.status,
            assigned_to: state.assigned_to,
            assigned_name,
            conclusion: state.conclusion.clone(),
            ..was
        })
    }

    /// One's own name, or that of somebody who has another alert.
    fn name_of(self, person: i64) -> Option<String> {
        let me = self.me.try_get_value().flatten().filter(|p| p.id == person);
        let named = |a: &Alert| a.assigned_name.clone().filter(|_| a.assigned_to == Some(person));
        me.map(|p| p.name)
            .or_else(|| self.listed.try_with_untracked(|l| l.iter().find_map(named)).flatten())
            .or_else(|| self.changed.try_with_untracked(|c| c.values().find_map(named)).flatten())
    }

    fn refused(self, problem: Problem, ids: Vec<i64>) {
        self.toasts.say_problem(&problem);
        // one of them was deleted: it must not stand in the way of the others for ever
        if problem.is("not_found") {
            self.refresh(ids);
        }
        self.problem.set(Some(problem));
    }
}

fn after(was: &AlertState, change: &AlertChange) -> AlertState {
    AlertState {
        id: was.id,
        status: change.status.unwrap_or(was.status),
        assigned_to: change.assigned_to.unwrap_or(was.assigned_to),
        conclusion: change.conclusion.clone().or_else(|| was.conclusion.clone()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::alert::AlertStatus;

    #[test]
    fn what_was_not_sent_stays_as_it_was() {
        let was = AlertState {
            id: 1,
            status: AlertStatus::Open,
            assigned_to: Some(7),
            conclusion: Some("Noise".into()),
        };
        let close = AlertChange { status: Some(AlertStatus::Closed), ..Default::default() };
        assert_eq!(after(&was, &close), AlertState { status: AlertStatus::Closed, ..was.clone() });
        let nobody = AlertChange { assigned_to: Some(None), ..Default::default() };
        assert_eq!(after(&was, &nobody).assigned_to, None);
    }
}
