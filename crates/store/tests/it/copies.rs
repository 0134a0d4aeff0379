//! What copies elsewhere are made from: changes of all tenants in one order, versions that never go back, rows by id.
use crate::help::{NOW, draft, filed};
use model::{
    Micros, Severity,
    alert::{AlertState, AlertStatus},
};
use store::{Append, NewDeadLetter};
use testkit::db_test;

db_test! {
    async fn changes_come_in_order_and_versions_never_go_back(db) {
        let mut tx = db.store.begin().await.unwrap();
        let a = tx.insert_alert("acme", &filed("a", Severity::Low), NOW).await.unwrap().id;
        let b = tx.insert_alert("other", &filed("b", Severity::Low), NOW).await.unwrap().id;
        tx.commit().await.unwrap();
        let start = (Micros(0), 0);
        assert_eq!(db.store.alert_changes(start, 10).await.unwrap(), [(NOW, a), (NOW, b)]);
        assert_eq!(db.store.alert_changes(start, 1).await.unwrap(), [(NOW, a)]);
        assert_eq!(db.store.alert_changes((NOW, a), 10).await.unwrap(), [(NOW, b)]);

        // by a process whose clock is behind
        let state = AlertState { id: a, status: AlertStatus::InProgress, assigned_to: None, conclusion: None };
        let mut tx = db.store.begin().await.unwrap();
        let saved = tx.save_alert("acme", &state, NOW.plus(-50)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(saved.updated_at, NOW.plus(1));
        assert_eq!(db.store.alert_changes((NOW, b), 10).await.unwrap(), [(NOW.plus(1), a)]);
        assert_eq!(db.store.alert_versions(0, 10).await.unwrap(), [(a, NOW.0 + 1), (b, NOW.0)]);
        assert_eq!(db.store.alert_versions(a, 10).await.unwrap(), [(b, NOW.0)]);

        let rows = db.store.alerts_of_all(&[b, a, b + 100]).await.unwrap();
        let told: Vec<_> = rows.iter().map(|(tenant, alert)| (tenant.as_str(), alert.id, alert.title.as_str())).collect();
        assert_eq!(told, [("acme", a, "a"), ("other", b, "b")]);
        assert!(db.store.alerts_of_all(&[]).await.unwrap().is_empty());
    }

    async fn a_further_match_does_not_turn_a_version_back(db) {
        for (event, now) in [(1, NOW), (2, NOW.plus(-7)), (3, NOW.plus(-3))] {
            let mut tx = db.store.begin().await.unwrap();
            tx.raise("acme", &[draft("h", &[(event, event)])], now).await.unwrap();
            tx.commit().await.unwrap();
        }
        let versions = db.store.alert_versions(0, 10).await.unwrap();
        assert_eq!(versions.iter().map(|(_, v)| *v).collect::<Vec<_>>(), [NOW.0 + 2]);
        let rows = db.store.alerts_of_all(&[versions[0].0]).await.unwrap();
        assert_eq!(rows[0].1.event_ids, [1, 2, 3], "with its evidence");
    }

    async fn letters_are_told_without_their_records(db) {
        let letter = |hint: &str| NewDeadLetter {
            source: "zeek".into(), reason: "r".into(), hint: hint.into(), raw: "{\"secret\":1}".into(), ..Default::default()
        };
        let dead_letters = vec![("acme".to_owned(), letter("one")), ("other".to_owned(), letter("two"))];
        db.store.journal_append(&Append { dead_letters, ..Default::default() }, NOW).await.unwrap();
        let versions = db.store.letter_versions(0, 10).await.unwrap();
        assert_eq!(versions.iter().map(|(_, replays)| *replays).collect::<Vec<_>>(), [0, 0]);
        let ids: Vec<i64> = versions.iter().map(|(id, _)| *id).collect();
        db.store.mark_replayed("acme", &ids).await.unwrap();
        assert_eq!(db.store.letter_versions(0, 1).await.unwrap(), [(ids[0], 1)]);
        assert_eq!(db.store.letter_versions(ids[0], 10).await.unwrap(), [(ids[1], 0)]);
        let rows = db.store.letters_of_all(&ids).await.unwrap();
        let told: Vec<_> = rows.iter().map(|(tenant, d)| (tenant.as_str(), d.hint.as_str(), d.raw.as_str(), d.replays)).collect();
        assert_eq!(told, [("acme", "one", "", 1), ("other", "two", "", 0)]);
    }
}
