//! The list of parts: publishing a part and releasing its blocks are one commit.
use crate::help::NOW;
use serde_json::json;
use std::time::Duration;
use store::{Append, BlockIn, NewPart, PartState, Store, StoreError};
use testkit::db_test;

fn part(id: &str) -> NewPart {
    NewPart {
        id: id.into(),
        tenant: "acme".into(),
        dataset: "zeek.conn".into(),
        day: "2026-11-21".into(),
        path: format!("lake/{id}.parquet"),
        meta: json!({"rows": 5, "a": 1}),
    }
}

async fn three_blocks(store: &Store, detected: i64) {
    for i in 0..3 {
        let block = BlockIn { first_id: 1 + i * 5, count: 5, bytes: vec![1], raw_bytes: 9 };
        store
            .journal_append(&Append { block: Some(block), ..Default::default() }, NOW)
            .await
            .unwrap();
    }
    let mut tx = store.begin().await.unwrap();
    tx.set_detected_through(detected).await.unwrap();
    tx.commit().await.unwrap();
}

async fn states(store: &Store) -> Vec<(String, PartState)> {
    store.lake_parts().await.unwrap().into_iter().map(|p| (p.id, p.state)).collect()
}

db_test! {
    async fn a_part_is_published_as_its_blocks_go(db) {
        three_blocks(&db.store, 3).await;
        db.store.lake_commit(&[part("a")], &[], Some(2), NOW).await.unwrap();
        assert_eq!(db.store.blocks(0, 9).await.unwrap().iter().map(|b| b.seq).collect::<Vec<_>>(), [3]);
        let parts = db.store.lake_parts().await.unwrap();
        assert_eq!((parts.len(), parts[0].path.as_str(), parts[0].meta.to_string().as_str(), parts[0].state), (1, "lake/a.parquet", r#"{"rows":5,"a":1}"#, PartState::Active));
        assert_eq!(db.store.next_event_id().await.unwrap(), 16, "ids go on");
    }

    async fn a_block_is_not_released_before_its_detection(db) {
        three_blocks(&db.store, 1).await;
        let early = db.store.lake_commit(&[part("a")], &[], Some(2), NOW).await;
        assert!(matches!(early, Err(StoreError::Conflict(_))), "{early:?}");
        assert_eq!((db.store.journal_stats().await.unwrap().blocks, states(&db.store).await.len()), (3, 0));
        db.store.lake_commit(&[part("a")], &[], Some(1), NOW).await.unwrap();
        assert_eq!(db.store.journal_stats().await.unwrap().blocks, 2);
    }

    async fn merging_swaps_parts_at_once_or_not_at_all(db) {
        three_blocks(&db.store, 3).await;
        db.store.lake_commit(&[part("a"), part("b")], &[], None, NOW).await.unwrap();
        let names = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let refused = db.store.lake_commit(&[part("ab")], &names(&["a", "gone"]), Some(3), NOW).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert_eq!(states(&db.store).await, [("a".into(), PartState::Active), ("b".into(), PartState::Active)]);
        assert_eq!(db.store.journal_stats().await.unwrap().blocks, 3);
        db.store.lake_commit(&[part("ab")], &names(&["a", "b"]), None, NOW).await.unwrap();
        assert_eq!(states(&db.store).await, [("a".into(), PartState::Removed), ("ab".into(), PartState::Active), ("b".into(), PartState::Removed)]);
        db.store.lake_forget(&names(&["a", "ab"])).await.unwrap();
        assert_eq!(states(&db.store).await, [("ab".into(), PartState::Active), ("b".into(), PartState::Removed)], "only what was removed is forgotten");
    }

    async fn a_commit_whose_answer_was_lost_is_repeated(db) {
        three_blocks(&db.store, 3).await;
        for _ in 0..2 {
            db.store.lake_commit(&[part("a"), part("b")], &[], Some(2), NOW).await.unwrap();
        }
        for _ in 0..2 {
            db.store.lake_commit(&[part("ab")], &["a".into(), "b".into()], None, NOW).await.unwrap();
        }
        assert_eq!(states(&db.store).await, [("a".into(), PartState::Removed), ("ab".into(), PartState::Active), ("b".into(), PartState::Removed)]);
        assert_eq!(db.store.journal_stats().await.unwrap().blocks, 1);
    }

    async fn who_wants_to_know_for_sure_waits_for_a_commit_that_is_under_way(db) {
        db.store.lake_commit(&[part("a"), part("b")], &[], None, NOW).await.unwrap();
        let both = [("a".to_owned(), PartState::Active), ("b".to_owned(), PartState::Active)];
        let settled = async || {
            let parts = db.store.lake_parts_settled().await.unwrap();
            parts.into_iter().map(|p| (p.id, p.state)).collect::<Vec<_>>()
        };
        assert_eq!(settled().await, both);
        if !db.is_postgres() {
            return; // transactions take turns
        }
        let slow = "DO $$ BEGIN UPDATE lake_parts SET state = 'removed' WHERE id = 'a'; PERFORM pg_sleep(1); END $$";
        let asleep = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%lake_parts%'";
        let (_, seen) = tokio::join!(db.raw_journal(slow), async {
            let begun = async { while db.raw(asleep).await == 0 {} };
            tokio::time::timeout(Duration::from_secs(10), begun).await.expect("it begins");
            settled().await
        });
        assert_eq!(seen, [("a".into(), PartState::Removed), ("b".into(), PartState::Active)]);
    }

    async fn a_part_that_is_whole_again_comes_back(db) {
        db.store.lake_commit(&[part("a")], &[], None, NOW).await.unwrap();
        db.store.lake_quarantine("a", NOW).await.unwrap();
        let mended = NewPart { meta: json!({"rows": 6}), ..part("a") };
        db.store.lake_commit(&[mended], &[], None, NOW).await.unwrap();
        let parts = db.store.lake_parts().await.unwrap();
        assert_eq!((parts.len(), parts[0].state, &parts[0].meta), (1, PartState::Active, &json!({"rows": 6})));
    }

    async fn a_damaged_part_is_put_aside(db) {
        db.store.lake_commit(&[part("a")], &[], None, NOW).await.unwrap();
        db.store.lake_quarantine("a", NOW).await.unwrap();
        assert!(matches!(db.store.lake_quarantine("a", NOW).await, Err(StoreError::NotFound)));
        assert_eq!(states(&db.store).await, [("a".into(), PartState::Quarantined)]);
        assert!(db.store.lake_commit(&[], &["a".into()], None, NOW).await.is_err(), "it is no longer active");
    }
}
