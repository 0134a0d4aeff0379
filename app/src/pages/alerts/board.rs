//! What the alert pages share: what is known of alerts since the list was read, and the selection.
//!
//! Answers and the Undo of a toast may come when the page is gone. So what they call reads with `try_…`; writing to what is gone
//! does nothing.
use crate::{
    components::Toasts,
    context::{Person, page_context},
};
use leptos::prelude::*;
use model::{
    Problem,
    alert::{Alert, AlertQuery, AlertStatus},
};
use std::collections::{BTreeSet, HashMap};

#[derive(Clone, Copy)]
pub struct Board {
    /// What the list asks for.
    pub asked: Signal<AlertQuery>,
    /// As the list's resource answered, without what is gone.
    pub listed: RwSignal<Vec<Alert>>,
    /// Whether it has answered at all.
    pub read: StoredValue<bool>,
    /// Newer versions of alerts: rows change in place, the order does not.
    pub changed: RwSignal<HashMap<i64, Alert>>,
    /// Deleted by whomever.
    pub gone: RwSignal<BTreeSet<i64>>,
    /// Only listed ones.
    pub checked: RwSignal<BTreeSet<i64>>,
    /// Alerts raised since the list was read that belong into it.
    pub fresh: RwSignal<i64>,
    /// Bumped to read the list again.
    pub list_version: RwSignal<u32>,
    /// Bumped to read the open alert again.
    pub detail_version: RwSignal<u32>,
    /// Why the last change was refused.
    pub problem: RwSignal<Option<Problem>>,
    /// Who looks: handlers cannot ask the context.
    pub me: StoredValue<Option<Person>>,
    pub toasts: Toasts,
}

pub fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Board {
    pub fn new(asked: Signal<AlertQuery>) -> Self {
        Self {
            asked,
            listed: RwSignal::default(),
            read: StoredValue::new(false),
            changed: RwSignal::default(),
            gone: RwSignal::default(),
            checked: RwSignal::default(),
            fresh: RwSignal::new(0),
            list_version: RwSignal::new(0),
            detail_version: RwSignal::new(0),
            problem: RwSignal::new(None),
            me: StoredValue::new(page_context().person),
            toasts: expect_context(),
        }
    }

    /// Reads the list anew: changed rows find their place, closed ones leave.
    pub fn reload(self) {
        self.fresh.set(0);
        self.list_version.update(|v| *v += 1);
    }

    /// A list was read. What was known before counts only where it is newer, and nothing is selected that is not seen.
    pub fn arrived(self, mut items: Vec<Alert>) {
        self.gone.with_untracked(|gone| items.retain(|a| !gone.contains(&a.id)));
        self.changed.update(|c| {
            for a in &items {
                if c.get(&a.id).is_some_and(|known| known.updated_at <= a.updated_at) {
                    c.remove(&a.id);
                }
            }
        });
        self.checked.update(|c| c.retain(|id| items.iter().any(|a| a.id == *id)));
        // a later page shows none of the new ones: they still wait
        if self.asked.with_untracked(|q| q.cursor.is_none()) {
            self.fresh.set(0);
        }
        self.listed.set(items);
        self.read.set_value(true);
    }

    /// Versions of alerts that were just read or made.
    pub fn remember(self, alerts: impl IntoIterator<Item = Alert>) {
        self.changed.update(|c| {
            for a in alerts {
                if c.get(&a.id).is_none_or(|known| known.updated_at <= a.updated_at) {
                    c.insert(a.id, a);
                }
            }
        });
    }

    /// An alert is not there any more.
    pub fn forget(self, id: i64) {
        self.gone.update(|g| {
            g.insert(id);
        });
        self.checked.update(|c| {
            c.remove(&id);
        });
        self.listed.update(|l| l.retain(|a| a.id != id));
    }

    /// Ids of the rows, in their order.
    pub fn rows(self) -> Vec<i64> {
        self.listed.try_with_untracked(|l| l.iter().map(|a| a.id).collect()).unwrap_or_default()
    }

    /// The newest version that is known of an alert.
    pub fn latest(self, id: i64) -> Option<Alert> {
        let changed = self.changed.try_with_untracked(|c| c.get(&id).cloned()).flatten();
        changed.or_else(|| {
            self.listed.try_with_untracked(|l| l.iter().find(|a| a.id == id).cloned()).flatten()
        })
    }

    pub fn is_closed(self, id: i64) -> bool {
        self.latest(id).is_some_and(|a| a.status == AlertStatus::Closed)
    }
}
