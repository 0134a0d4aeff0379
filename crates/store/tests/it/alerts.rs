//! Alerts as people work on them: pages, changes, undo, numbers.
use crate::help::{NOW, add_person, draft, filed};
use model::{
    Role, Severity,
    alert::{AlertQuery, AlertSort, AlertState, AlertStatus, NewAlert},
    time::{HOUR, SECOND},
};
use serde_json::json;
use store::{NewAction, Store, StoreError};
use testkit::db_test;

/// Seven alerts, a second apart, severities low, medium, high, critical, low, medium, high.
async fn seven(store: &Store) -> Vec<i64> {
    let mut tx = store.begin().await.unwrap();
    let mut ids = Vec::new();
    for i in 0..7usize {
        let new = NewAlert {
            hostname: Some(format!("host-{}", i % 2)),
            ..filed(&format!("Alert {i}"), Severity::ALL[1 + i % 4])
        };
        ids.push(tx.insert_alert("acme", &new, NOW.plus(i as i64 * SECOND)).await.unwrap().id);
    }
    tx.insert_alert("other", &filed("theirs", Severity::Critical), NOW).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

async fn ids(store: &Store, query: AlertQuery) -> Vec<i64> {
    let page = store.alerts("acme", &query).await.unwrap();
    assert_eq!(page.total, page.items.len() as i64);
    page.items.iter().map(|a| a.id).collect()
}

fn state(id: i64, status: AlertStatus) -> AlertState {
    AlertState { id, status, assigned_to: None, conclusion: Some("done".into()) }
}

db_test! {
    async fn pages_show_every_alert_once_in_every_order(db) {
        let all = seven(&db.store).await;
        let by_rank = |a: &i64| (Severity::ALL[1 + all.iter().position(|i| i == a).unwrap() % 4], *a);
        for sort in [AlertSort::Newest, AlertSort::Oldest, AlertSort::Severity, AlertSort::Updated] {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = db.store.alerts("acme", &AlertQuery { sort, limit: 3, cursor: cursor.clone(), ..Default::default() }).await.unwrap();
                assert_eq!(page.total, 7);
                assert!(page.items.len() <= 3);
                seen.extend(page.items.iter().map(|a| a.id));
                // what arrives while somebody reads must not shift the pages
                if cursor.is_none() {
                    let mut tx = db.store.begin().await.unwrap();
                    let late = tx.insert_alert("acme", &filed("late", Severity::Critical), NOW.plus(HOUR)).await.unwrap();
                    tx.delete_alert("acme", late.id).await.unwrap();
                    tx.commit().await.unwrap();
                }
                cursor = page.next;
                if cursor.is_none() { break }
            }
            let mut expected = all.clone();
            match sort {
                AlertSort::Oldest => {}
                AlertSort::Severity => expected.sort_by_key(|a| std::cmp::Reverse(by_rank(a))),
                _ => expected.reverse(),
            }
            assert_eq!(seen, expected, "{sort:?}");
        }
    }

    async fn a_cursor_of_another_order_is_refused(db) {
        seven(&db.store).await;
        let page = db.store.alerts("acme", &AlertQuery { limit: 2, ..Default::default() }).await.unwrap();
        for cursor in [page.next, Some("'; DROP TABLE alerts".into())] {
            let asked = db.store.alerts("acme", &AlertQuery { sort: AlertSort::Severity, cursor, ..Default::default() }).await;
            assert!(matches!(asked, Err(StoreError::BadCursor)));
        }
    }

    async fn filters_add_up(db) {
        let all = seven(&db.store).await;
        let ana = add_person(&db.store, "acme", "ana@x.org", Role::Analyst).await;
        let mut tx = db.store.begin().await.unwrap();
        tx.save_alert("acme", &state(all[0], AlertStatus::Closed), NOW).await.unwrap();
        tx.save_alert("acme", &AlertState { assigned_to: Some(ana.id), ..state(all[1], AlertStatus::InProgress) }, NOW).await.unwrap();
        tx.raise("acme", &[draft("raised", &[(1, 5)])], NOW).await.unwrap();
        tx.commit().await.unwrap();
        let store = &db.store;
        let q = AlertQuery::default;
        assert_eq!(ids(store, AlertQuery { status: vec![AlertStatus::Closed, AlertStatus::InProgress], sort: AlertSort::Oldest, ..q() }).await, all[..2]);
        assert_eq!(ids(store, AlertQuery { severity: vec![Severity::Critical], ..q() }).await, [all[3]]);
        assert_eq!(ids(store, AlertQuery { assigned_to: Some(ana.id), ..q() }).await, [all[1]]);
        assert_eq!(ids(store, AlertQuery { unassigned: true, assigned_to: Some(ana.id), ..q() }).await.len(), 7);
        assert_eq!(ids(store, AlertQuery { rule_id: Some(7), ..q() }).await.len(), 1);
        assert_eq!(ids(store, AlertQuery { hostname: Some("host-1".into()), severity: vec![Severity::Medium, Severity::Info], ..q() }).await, [all[5], all[1]]);
        assert_eq!(ids(store, AlertQuery { since: Some(NOW.plus(5 * SECOND)), ..q() }).await, [all[6], all[5]]);
        assert!(ids(store, AlertQuery { username: Some("nobody".into()), ..q() }).await.is_empty());
        let found = store.alerts("acme", &AlertQuery { assigned_to: Some(ana.id), ..q() }).await.unwrap();
        assert_eq!(found.items[0].assigned_name.as_deref(), Some(ana.full_name.as_str()));
    }

    async fn spans_of_creation_and_closing_are_kept_to(db) {
        let all = seven(&db.store).await;
        let at = |n: i64| NOW.plus(n * SECOND);
        let mut tx = db.store.begin().await.unwrap();
        for (i, closed) in [(0, 10), (1, 20), (2, 30)] {
            tx.save_alert("acme", &state(all[i], AlertStatus::Closed), at(closed)).await.unwrap();
        }
        tx.save_alert("acme", &state(all[2], AlertStatus::Open), at(40)).await.unwrap();
        tx.commit().await.unwrap();
        let find = async |q: AlertQuery| ids(&db.store, AlertQuery { sort: AlertSort::Oldest, ..q }).await;
        let q = AlertQuery::default;
        assert_eq!(find(AlertQuery { until: Some(at(2)), ..q() }).await, all[..2], "until is the first moment outside");
        assert_eq!(find(AlertQuery { since: Some(at(2)), until: Some(at(4)), ..q() }).await, all[2..4]);
        assert_eq!(find(AlertQuery { closed_since: Some(at(10)), ..q() }).await, all[..2], "one that is open again is not closed");
        assert_eq!(find(AlertQuery { closed_since: Some(at(11)), ..q() }).await, [all[1]]);
        assert!(find(AlertQuery { closed_since: Some(at(21)), ..q() }).await.is_empty());
    }

    async fn words_are_found_whatever_their_case_and_signs(db) {
        let mut tx = db.store.begin().await.unwrap();
        let mut id = async |title: &str, host: &str| {
            let new = NewAlert { hostname: Some(host.into()), ..filed(title, Severity::Low) };
            tx.insert_alert("acme", &new, NOW).await.unwrap().id
        };
        let spanish = id("ÑANDÚ en la RED", "srv-1").await;
        let percent = id("100% disk_full C:\\temp", "srv-2").await;
        let plain = id("1000 diskXfull", "srv-3").await;
        tx.commit().await.unwrap();
        let find = async |text: &str| ids(&db.store, AlertQuery { text: text.into(), sort: AlertSort::Oldest, ..Default::default() }).await;
        assert_eq!(find("ñandú").await, [spanish], "lower case beyond ASCII");
        assert_eq!(find("RED Srv-1").await, [spanish], "all words, any field");
        assert_eq!(find("red srv-2").await, [] as [i64; 0]);
        assert_eq!(find("100%").await, [percent], "% is a letter");
        assert_eq!(find("disk_full").await, [percent], "_ is a letter");
        assert_eq!(find("c:\\TEMP").await, [percent]);
        assert_eq!(find("FULL").await, [percent, plain]);
        assert_eq!(find("' OR 1=1 --").await, [] as [i64; 0]);
        assert_eq!(find("TEST").await.len(), 3, "the source counts too");
    }

    async fn closing_reopening_and_undo_keep_the_times_straight(db) {
        let id = seven(&db.store).await[0];
        let mut tx = db.store.begin().await.unwrap();
        let at = |m: i64| NOW.plus(m * HOUR);
        let closed = tx.save_alert("acme", &state(id, AlertStatus::Closed), at(1)).await.unwrap();
        assert_eq!((closed.closed_at, closed.updated_at, closed.conclusion.as_deref()), (Some(at(1)), at(1), Some("done")));
        let again = tx.save_alert("acme", &state(id, AlertStatus::Closed), at(2)).await.unwrap();
        assert_eq!(again.closed_at, Some(at(1)), "it has been closed since then");
        let open = tx.save_alert("acme", &state(id, AlertStatus::Open), at(3)).await.unwrap();
        assert_eq!(open.closed_at, None);
        let undone = tx.restore_alert("acme", &state(id, AlertStatus::Closed), at(4)).await.unwrap();
        assert_eq!((undone.closed_at, undone.updated_at), (Some(at(1)), at(4)));
        let reopened = tx.restore_alert("acme", &state(id, AlertStatus::InProgress), at(5)).await.unwrap();
        assert_eq!(reopened.closed_at, None);
    }

    async fn an_alert_is_not_assigned_across_tenants(db) {
        let id = seven(&db.store).await[0];
        let eve = add_person(&db.store, "other", "eve@x.org", Role::Admin).await;
        let mut tx = db.store.begin().await.unwrap();
        for user in [eve.id, 4711] {
            let moved = tx.save_alert("acme", &AlertState { assigned_to: Some(user), ..state(id, AlertStatus::Open) }, NOW).await;
            assert!(matches!(moved, Err(StoreError::Conflict(_))));
        }
    }

    async fn nobody_touches_an_alert_of_another_tenant(db) {
        let id = seven(&db.store).await[0];
        assert!(matches!(db.store.alert("other", id).await, Err(StoreError::NotFound)));
        assert!(db.store.alert_history("other", id).await.unwrap().is_empty());
        let mut tx = db.store.begin().await.unwrap();
        assert!(matches!(tx.alert_for_update("other", id).await, Err(StoreError::NotFound)));
        assert!(matches!(tx.save_alert("other", &state(id, AlertStatus::Closed), NOW).await, Err(StoreError::NotFound)));
        assert!(matches!(tx.delete_alert("other", id).await, Err(StoreError::NotFound)));
        let line = NewAction { user_id: None, who: "x", action: "status", details: json!({}) };
        assert!(matches!(tx.add_alert_action("other", id, &line, NOW).await, Err(StoreError::NotFound)));
        assert_eq!(db.store.alerts("other", &AlertQuery::default()).await.unwrap().total, 1);
    }

    async fn history_is_kept_and_goes_with_its_alert(db) {
        let id = seven(&db.store).await[0];
        let mut tx = db.store.begin().await.unwrap();
        for (i, word) in ["created", "status"].into_iter().enumerate() {
            let line = NewAction { user_id: Some(3), who: "Ana", action: word, details: json!({"from": i, "to": "ü"}) };
            tx.add_alert_action("acme", id, &line, NOW.plus(i as i64)).await.unwrap();
        }
        assert_eq!(tx.last_alert_action("acme", id).await.unwrap().unwrap().action, "status");
        tx.commit().await.unwrap();
        let lines = db.store.alert_history("acme", id).await.unwrap();
        assert_eq!(lines.iter().map(|l| (l.action.as_str(), l.at, &l.details)).collect::<Vec<_>>(),
            [("status", NOW.plus(1), &json!({"from": 1, "to": "ü"})), ("created", NOW, &json!({"from": 0, "to": "ü"}))]);
        let mut tx = db.store.begin().await.unwrap();
        tx.delete_alert("acme", id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(db.store.alert_history("acme", id).await.unwrap().is_empty());
        assert!(matches!(db.store.alert("acme", id).await, Err(StoreError::NotFound)));
    }

    async fn what_the_program_notes_hides_no_persons_line(db) {
        let id = seven(&db.store).await[0];
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.last_person_action("acme", id).await.unwrap(), None);
        for (user_id, who, action) in [(Some(3), "Ana", "status"), (Some(4), "Bea", "conclusion"), (None, "EventSec", "matched_again")] {
            let line = NewAction { user_id, who, action, details: json!({}) };
            tx.add_alert_action("acme", id, &line, NOW).await.unwrap();
        }
        assert_eq!(tx.last_alert_action("acme", id).await.unwrap().unwrap().user_id, None);
        let last = tx.last_person_action("acme", id).await.unwrap().unwrap();
        assert_eq!((last.user_id, last.action.as_str()), (Some(4), "conclusion"));
        assert_eq!(tx.last_person_action("other", id).await.unwrap(), None);
    }

    async fn an_id_is_never_given_twice(db) {
        let mut tx = db.store.begin().await.unwrap();
        let first = tx.insert_alert("acme", &filed("a", Severity::Low), NOW).await.unwrap().id;
        tx.delete_alert("acme", first).await.unwrap();
        assert!(tx.insert_alert("acme", &filed("b", Severity::Low), NOW).await.unwrap().id > first);
    }

    async fn the_dashboards_numbers_are_rows(db) {
        let all = seven(&db.store).await;
        let ana = add_person(&db.store, "acme", "ana@x.org", Role::Analyst).await;
        let mut tx = db.store.begin().await.unwrap();
        tx.save_alert("acme", &state(all[0], AlertStatus::Closed), NOW.plus(HOUR)).await.unwrap();
        tx.save_alert("acme", &state(all[4], AlertStatus::Closed), NOW.plus(-2 * HOUR)).await.unwrap();
        tx.save_alert("acme", &AlertState { assigned_to: Some(ana.id), ..state(all[1], AlertStatus::InProgress) }, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let s = db.store.alert_summary("acme", ana.id, NOW.plus(-HOUR), NOW.plus(HOUR), 3).await.unwrap();
        assert_eq!((s.open, s.in_progress, s.closed_since, s.mine), (4, 1, 1, 1));
        assert_eq!(s.by_severity, [0, 0, 2, 2, 1]);
        assert_eq!(s.latest.iter().map(|a| a.id).collect::<Vec<_>>(), [all[6], all[5], all[4]]);
        assert_eq!(s.per_hour.len(), 3);
        let counted: i64 = s.per_hour.iter().flat_map(|b| b.counts).sum();
        assert_eq!(counted, 7);
        assert!(s.per_hour.iter().all(|b| b.start.0 % HOUR == 0));
        let empty = db.store.alert_summary("nobody", 1, NOW, NOW, 5).await.unwrap();
        assert_eq!((empty.open, empty.latest.len(), empty.per_hour.len()), (0, 0, 1));
    }
}
