//! What the push stream says while the list is shown. Notes come in bursts, and a burst costs one question and not one for each note.
use super::{
    board::{Board, number},
    burst::Burst,
};
use crate::{
    components::{Live, use_live},
    server_fns::alerts::{fetch_alert, fetch_alerts},
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    alert::{Alert, AlertQuery, AlertSort},
    live::Note,
    page::{DEFAULT_PAGE, MAX_PAGE},
};

/// So few changed alerts are asked for one by one.
const FEW: usize = 3;
/// Of those that one look at the list does not find, so many are asked for one by one; the rest waits for the next reading.
const MOST: usize = 20;

/// Listens while the list is shown.
pub fn listen(board: Board, selected: Memo<Option<i64>>) {
    let live = expect_context::<Live>();
    let (raised, changed) = (Burst::new(), Burst::new());
    Effect::new(move |before: Option<bool>| {
        let connected = live.connected.get();
        // between the reading of the list and the opening of the stream; what comes later is told as `Lagged`
        if connected && before != Some(true) {
            board.catch_up();
        }
        connected || before == Some(true)
    });
    let refresh = move |ids: Vec<i64>| {
        if selected.try_get_untracked().flatten().is_some_and(|id| ids.contains(&id)) {
            board.detail_version.update(|v| *v += 1);
        }
        board.refresh(ids);
    };
    use_live(move |note| match note {
        Note::Alert { id, .. } => raised.add(vec![id], move |ids| board.count_new(ids)),
        Note::AlertChanged { ids } => changed.add(ids, refresh),
        Note::Lagged => {
            board.catch_up();
            board.detail_version.update(|v| *v += 1);
        }
        Note::Events { .. } | Note::Rules => {}
    });
}

impl Board {
    /// Reads listed alerts again that changed somewhere.
    pub fn refresh(self, ids: Vec<i64>) {
        let shown: Vec<i64> = self.rows().into_iter().filter(|id| ids.contains(id)).collect();
        if shown.is_empty() {
            return;
        }
        spawn_local(async move {
            let rest = if shown.len() > FEW { self.read_together(shown).await } else { shown };
            for id in rest.into_iter().take(MOST) {
                self.read_one(id).await;
            }
        });
    }

    async fn read_one(self, id: i64) {
        match fetch_alert(id).await {
            Ok(alert) => self.remember([alert]),
            Err(problem) if problem.is("not_found") => self.forget(id),
            // the next note or reading will tell
            Err(_) => {}
        }
    }

    /// With one look at the list. Answers those that it did not find.
    async fn read_together(self, ids: Vec<i64>) -> Vec<i64> {
        let Some(asked) = self.asked.try_get_untracked() else { return Vec::new() };
        let Ok(page) = fetch_alerts(wide(asked)).await else { return Vec::new() };
        let (found, missing) = sort_out(page.items, ids);
        self.remember(found);
        missing
    }

    /// Of these new alerts those that belong into the list wait behind the pill. The server knows which: it is asked for the newest
    /// of the list, in whatever order and on whatever page the list is.
    fn count_new(self, ids: Vec<i64>) {
        let Some(asked) = self.asked.try_get_untracked() else { return };
        let limit = number(ids.len()).clamp(DEFAULT_PAGE, MAX_PAGE);
        let newest = AlertQuery { sort: AlertSort::Newest, cursor: None, limit, ..asked };
        spawn_local(async move {
            let Ok(page) = fetch_alerts(newest).await else { return };
            let (new, _) = sort_out(page.items, ids);
            let rows = self.rows();
            let n = new.iter().filter(|a| !rows.contains(&a.id)).count();
            self.fresh.update(|f| *f += number(n));
        });
    }

    /// What came while nobody listened is offered like any other new alert, what changed is shown.
    fn catch_up(self) {
        // a list that is only now being read misses nothing
        if self.read.try_get_value() != Some(true) {
            return;
        }
        let Some(asked) = self.asked.try_get_untracked() else { return };
        spawn_local(async move {
            let first = asked.cursor.is_none();
            let Ok(page) = fetch_alerts(asked).await else { return };
            let rows = self.rows();
            let (known, new): (Vec<Alert>, Vec<Alert>) =
                page.items.into_iter().partition(|a| rows.contains(&a.id));
            // on a later page a row that is new here may just have moved
            if first {
                self.fresh.update(|f| *f = (*f).max(number(new.len())));
            }
            self.remember(known);
        });
    }
}

/// The page's query without what triage changes: an alert that was closed just now is found too. Where the last changed come first,
/// that is at the very beginning.
fn wide(asked: AlertQuery) -> AlertQuery {
    let moved = asked.sort == AlertSort::Updated;
    AlertQuery {
        status: Vec::new(),
        assigned_to: None,
        unassigned: false,
        closed_since: None,
        limit: MAX_PAGE,
        cursor: if moved { None } else { asked.cursor },
        ..asked
    }
}

/// Those of the alerts that were looked for, and the ids that are not among them.
fn sort_out(alerts: Vec<Alert>, mut ids: Vec<i64>) -> (Vec<Alert>, Vec<i64>) {
    let found: Vec<Alert> = alerts.into_iter().filter(|a| ids.contains(&a.id)).collect();
    ids.retain(|id| found.iter().all(|a| a.id != *id));
    (found, ids)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Severity, alert::AlertStatus};

    #[test]
    fn changed_alerts_are_looked_for_where_they_went() {
        let asked = AlertQuery {
            status: vec![AlertStatus::Open],
            severity: vec![Severity::High],
            assigned_to: Some(7),
            cursor: Some("c".into()),
            ..Default::default()
        };
        let there = wide(asked.clone());
        assert!(there.status.is_empty() && there.assigned_to.is_none());
        assert_eq!((there.severity, there.cursor), (vec![Severity::High], Some("c".into())));
        let by_change = AlertQuery { sort: AlertSort::Updated, ..asked };
        assert_eq!(wide(by_change).cursor, None);
    }
}
