//! Policies and what they take out: closed alerts and dead letters of one tenant, and nothing else.
use crate::help::{NOW, filed};
use model::{
    Severity,
    alert::{AlertState, AlertStatus},
    retention::RetentionPolicy,
    time::DAY,
};
use std::time::Duration;
use store::{Append, NewDeadLetter, Old, Store};
use testkit::db_test;

/// Time in which something would have happened.
const SHORT: Duration = Duration::from_millis(300);

fn policy(days: i64) -> RetentionPolicy {
    RetentionPolicy { events: Some(days), alerts: Some(days + 1), ..Default::default() }
}

async fn set(store: &Store, tenant: &str, policy: RetentionPolicy) {
    let mut tx = store.begin().await.unwrap();
    tx.set_retention(tenant, &policy, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

/// An alert with a history, in that state since so many days.
async fn alert(store: &Store, tenant: &str, status: AlertStatus, age: i64) -> i64 {
    let at = NOW.plus(-age * DAY);
    let mut tx = store.begin().await.unwrap();
    let id = tx.insert_alert(tenant, &filed("old", Severity::Low), at).await.unwrap().id;
    let state = AlertState { id, status, assigned_to: None, conclusion: Some("done".into()) };
    tx.save_alert(tenant, &state, at).await.unwrap();
    let line = store::NewAction {
        user_id: None,
        who: "EventSec",
        action: "created",
        details: serde_json::json!({}),
    };
    tx.add_alert_action(tenant, id, &line, at).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn letter(store: &Store, tenant: &str, age: i64) {
    let new = NewDeadLetter { reason: "invalid_json".into(), ..Default::default() };
    let what = Append { dead_letters: vec![(tenant.into(), new)], ..Default::default() };
    store.journal_append(&what, NOW.plus(-age * DAY)).await.unwrap();
}

async fn delete_alerts(store: &Store, tenant: &str, limit: i64) -> i64 {
    let mut tx = store.begin().await.unwrap();
    let n = tx.delete_old_alerts(tenant, NOW.plus(-30 * DAY), limit).await.unwrap();
    tx.commit().await.unwrap();
    n
}

db_test! {
    async fn a_policy_is_its_tenants_and_nothing_is_the_default(db) {
        assert_eq!(db.store.retention("acme").await.unwrap(), (RetentionPolicy::default(), None));
        assert!(db.store.retention_of_all().await.unwrap().is_empty());
        set(&db.store, "acme", policy(7)).await;
        let held = RetentionPolicy { hold: true, ..policy(3) };
        set(&db.store, "other", held).await;
        set(&db.store, "acme", policy(8)).await;
        assert_eq!(db.store.retention("acme").await.unwrap(), (policy(8), Some(NOW)));
        assert_eq!(db.store.retention("other").await.unwrap().0, held);
        assert_eq!(db.store.retention("nobody").await.unwrap().0, RetentionPolicy::default());
        let all = db.store.retention_of_all().await.unwrap();
        assert_eq!(all.into_iter().collect::<Vec<_>>(), [("acme".to_owned(), policy(8)), ("other".to_owned(), held)]);
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.set_retention("nobody", &policy(1), NOW).await.is_err(), "there is no such tenant");
    }

    async fn who_changes_a_policy_is_told_what_the_one_before_left(db) {
        let other = db.again().await;
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.set_retention("acme", &policy(7), NOW).await.unwrap(), RetentionPolicy::default());
        let held = RetentionPolicy { hold: true, ..policy(8) };
        {
            let second = async {
                let mut tx = other.begin().await.unwrap();
                let before = tx.set_retention("acme", &held, NOW).await.unwrap();
                tx.commit().await.unwrap();
                before
            };
            tokio::pin!(second);
            assert!(tokio::time::timeout(SHORT, &mut second).await.is_err(), "the first is not committed");
            tx.commit().await.unwrap();
            assert_eq!(second.await, policy(7));
        }
        let mut tx = other.begin().await.unwrap();
        assert_eq!(tx.set_retention("acme", &policy(9), NOW).await.unwrap(), held);
        tx.commit().await.unwrap();
        assert_eq!(db.store.retention("acme").await.unwrap().0, policy(9));
        other.close().await;
    }

    async fn changes_of_a_policy_wait_for_deletions_that_had_not_seen_them(db) {
        set(&db.store, "acme", policy(7)).await;
        let other = db.again().await;
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.retention("acme").await.unwrap(), policy(7));
        {
            let ended = other.deletions_ended();
            tokio::pin!(ended);
            assert!(tokio::time::timeout(SHORT, &mut ended).await.is_err(), "a deletion is under way");
            tx.commit().await.unwrap();
            ended.await.unwrap();
        }
        // two deletions do not wait for each other
        let mut deleting = Vec::new();
        for s in [&db.store, &db.store, &other] {
            deleting.push(s.begin_deleting().await.unwrap());
        }
        for d in &mut deleting {
            d.still_there().await.unwrap();
        }
        {
            // on SQLite only the process itself is waited for
            let ended = if db.is_postgres() { &other } else { &db.store }.deletions_ended();
            tokio::pin!(ended);
            assert!(tokio::time::timeout(SHORT, &mut ended).await.is_err());
            drop(deleting);
            ended.await.unwrap();
        }
        other.close().await;
    }

    async fn only_alerts_that_were_closed_before_go(db) {
        let s = &db.store;
        let kept = [
            alert(s, "acme", AlertStatus::Open, 90).await,
            alert(s, "acme", AlertStatus::InProgress, 90).await,
            alert(s, "acme", AlertStatus::Closed, 29).await,
        ];
        let (first, last) = (alert(s, "acme", AlertStatus::Closed, 90).await, alert(s, "acme", AlertStatus::Closed, 31).await);
        let theirs = alert(s, "other", AlertStatus::Closed, 90).await;
        let before = NOW.plus(-30 * DAY);
        let old = s.old_alerts("acme", before).await.unwrap();
        assert_eq!(old, Old { rows: 2, oldest: Some(NOW.plus(-90 * DAY)), newest: Some(NOW.plus(-31 * DAY)) });
        assert_eq!([delete_alerts(s, "acme", 1).await, delete_alerts(s, "acme", 9).await, delete_alerts(s, "acme", 9).await], [1, 1, 0]);
        for id in [first, last] {
            assert!(s.alert("acme", id).await.is_err());
            assert!(s.alert_history("acme", id).await.unwrap().is_empty(), "its history went with it");
        }
        for id in kept {
            s.alert("acme", id).await.unwrap();
        }
        s.alert("other", theirs).await.unwrap();
        assert_eq!(s.old_alerts("acme", before).await.unwrap(), Old::default());
    }

    async fn only_letters_that_came_before_go(db) {
        let s = &db.store;
        for (tenant, age) in [("acme", 90), ("acme", 31), ("acme", 29), ("other", 90)] {
            letter(s, tenant, age).await;
        }
        let before = NOW.plus(-30 * DAY);
        assert_eq!(s.old_letters("acme", before).await.unwrap(), Old { rows: 2, oldest: Some(NOW.plus(-90 * DAY)), newest: Some(NOW.plus(-31 * DAY)) });
        assert_eq!(s.delete_old_letters("acme", before, 1).await.unwrap(), 1);
        assert_eq!(s.old_letters("acme", before).await.unwrap().oldest, Some(NOW.plus(-31 * DAY)), "the oldest first");
        assert_eq!(s.delete_old_letters("acme", before, 9).await.unwrap(), 1);
        assert_eq!((s.dead_letter_count("acme").await.unwrap(), s.dead_letter_count("other").await.unwrap()), (1, 1));
    }
}
