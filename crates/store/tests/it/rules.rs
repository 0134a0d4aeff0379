//! Rules: stored as written, versioned, seeded once.
use crate::help::{NOW, draft, rule};
use model::time::DAY;
use store::StoreError;
use testkit::db_test;

db_test! {
    async fn a_rule_comes_back_as_it_was_written(db) {
        let mut tx = db.store.begin().await.unwrap();
        let made = tx.insert_rule("acme", &rule("r"), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let stored = db.store.rule("acme", made.id, NOW).await.unwrap();
        assert_eq!(stored, made);
        assert_eq!(serde_json::to_string(&stored.conditions).unwrap(), r#"{"zz":1,"event_type":"x","a":[true,null]}"#, "in the order of its author");
        assert_eq!((stored.techniques, stored.window_minutes, stored.builtin), (vec!["T1003.006".to_owned()], 60, false));
    }

    async fn every_change_bumps_the_version_and_a_rollback_does_not(db) {
        let version = async || db.store.rules_version().await.unwrap();
        let first = version().await;
        let mut tx = db.store.begin().await.unwrap();
        let made = tx.insert_rule("acme", &rule("r"), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(version().await, first + 1);
        let mut tx = db.store.begin().await.unwrap();
        let off = model::rule::NewRule { enabled: false, ..rule("renamed") };
        let changed = tx.update_rule("acme", made.id, &off, NOW.plus(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((version().await, changed.name.as_str(), changed.enabled, changed.created_at, changed.updated_at), (first + 2, "renamed", false, NOW, NOW.plus(1)));
        let mut tx = db.store.begin().await.unwrap();
        tx.delete_rule("acme", made.id).await.unwrap();
        drop(tx);
        assert_eq!(version().await, first + 2);
        assert!(db.store.rule("acme", made.id, NOW).await.is_ok());
    }

    async fn rules_stay_in_their_tenant(db) {
        let mut tx = db.store.begin().await.unwrap();
        let made = tx.insert_rule("acme", &rule("r"), NOW).await.unwrap();
        tx.insert_rule("other", &model::rule::NewRule { enabled: false, ..rule("off") }, NOW).await.unwrap();
        assert!(matches!(tx.rule("other", made.id, NOW).await, Err(StoreError::NotFound)));
        assert!(matches!(tx.update_rule("other", made.id, &rule("x"), NOW).await, Err(StoreError::NotFound)));
        assert!(matches!(tx.delete_rule("other", made.id).await, Err(StoreError::NotFound)));
        tx.commit().await.unwrap();
        assert_eq!(db.store.rules("other", NOW).await.unwrap().len(), 1);
        let enabled = db.store.enabled_rules().await.unwrap();
        assert_eq!(enabled.iter().map(|(t, r)| (t.as_str(), r.id)).collect::<Vec<_>>(), [("acme", made.id)]);
    }

    async fn shipped_rules_are_given_once(db) {
        let shipped = [("lsass", rule("LSASS")), ("scan", rule("Scan"))];
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.seed_rules("acme", &shipped[..1], NOW).await.unwrap(), 1);
        assert_eq!(tx.seed_rules("acme", &shipped, NOW).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let rules = db.store.rules("acme", NOW).await.unwrap();
        assert!(rules.iter().all(|r| r.builtin) && rules.len() == 2);
        let version = db.store.rules_version().await.unwrap();
        let mut tx = db.store.begin().await.unwrap();
        tx.delete_rule("acme", rules[0].id).await.unwrap();
        assert_eq!(tx.seed_rules("acme", &shipped, NOW).await.unwrap(), 0, "what somebody deleted stays away");
        assert_eq!(tx.seed_rules("other", &shipped, NOW).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(db.store.rules("acme", NOW).await.unwrap().len(), 1);
        assert_eq!(db.store.rules_version().await.unwrap(), version + 2);
    }

    async fn rules_are_listed_newest_first(db) {
        let mut tx = db.store.begin().await.unwrap();
        let mut made = Vec::new();
        // two of one moment, as shipped rules are
        for (name, at) in [("m", 0), ("a", 1), ("z", 1)] {
            made.push(tx.insert_rule("acme", &rule(name), NOW.plus(at)).await.unwrap().id);
        }
        tx.commit().await.unwrap();
        made.reverse();
        let listed: Vec<i64> = db.store.rules("acme", NOW).await.unwrap().iter().map(|r| r.id).collect();
        assert_eq!(listed, made);
    }

    async fn a_rule_counts_its_alerts_of_a_week(db) {
        let mut tx = db.store.begin().await.unwrap();
        let made = tx.insert_rule("acme", &rule("r"), NOW).await.unwrap();
        for (host, age) in [("a", 0), ("b", 6 * DAY), ("c", 8 * DAY)] {
            let d = store::AlertDraft { rule_id: made.id, ..draft(host, &[(1, 1)]) };
            tx.raise("acme", std::slice::from_ref(&d), NOW.plus(-age)).await.unwrap();
            tx.raise("other", &[d], NOW.plus(-age)).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(db.store.rules("acme", NOW).await.unwrap()[0].alerts_7d, 2);
    }
}
