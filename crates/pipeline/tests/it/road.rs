//! Events on their road: into the journal, the head and parts.
use crate::way::{Way, clock};
use normalise::{Envelope, Hint};
use pipeline::{
    Batch, Item, RoadConfig, RoadError,
    block::{Builder, Header},
    intake,
};
use search::engine::SearchEngine;
use store::{Append, BlockIn};
use testkit::db_test;

fn envelope() -> Envelope {
    Envelope::new("acme", clock()(), Hint::Api)
}

fn raw(n: i64) -> String {
    format!("{{\"event_type\":\"t\",\"severity\":\"low\",\"n\":{n}}}")
}

fn batch(numbers: std::ops::Range<i64>) -> Batch {
    intake::prepare(
        &envelope(),
        "test",
        None,
        numbers.map(|n| Item::Record(raw(n).into())).collect(),
    )
}

fn block(first_id: i64, count: i64) -> Append {
    let raws: Vec<String> = (0..count).map(raw).collect();
    let mut builder = Builder::default();
    builder.group(&Header::from(&envelope()), raws.iter().map(String::as_str)).unwrap();
    let raw_bytes = builder.raw_len() as i64;
    let bytes = builder.finish().unwrap();
    Append { block: Some(BlockIn { first_id, count, bytes, raw_bytes }), ..Default::default() }
}

db_test! {
    async fn a_commit_whose_answer_was_lost_is_taken_up(db) {
        let way = Way::start(&db.store, 100_000, RoadConfig::default()).await;
        assert_eq!(way.road.submit(batch(0..2)).await.unwrap().first_id, 1);
        // what such a commit leaves: a block in the journal that the road does not know of
        db.store.journal_append(&block(3, 4), clock()()).await.unwrap();
        assert_eq!(way.road.submit(batch(2..5)).await.unwrap().first_id, 7);
        way.wait("all three blocks are searchable", |l| l.stats().events == 9).await;
        assert_eq!(way.road.submit(batch(5..6)).await.unwrap().first_id, 10);
        way.stop().await;
        assert_eq!(db.store.detected_through().await.unwrap(), 4);
    }

    async fn what_several_processes_have_detected_meets_no_rule_again(db) {
        let rule = serde_json::json!({"name": "t", "severity": "high", "window_minutes": 0, "conditions": {"event_type": "t"}});
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_rule("acme", &serde_json::from_value(rule).unwrap(), clock()()).await.unwrap();
        tx.commit().await.unwrap();
        for first_id in [1, 3, 5] {
            db.store.journal_append(&block(first_id, 2), clock()()).await.unwrap();
        }
        db.raw_journal("UPDATE journal_blocks SET detected = TRUE WHERE seq <> 2").await;
        let way = Way::start(&db.store, 100_000, RoadConfig::default()).await;
        let alerts = db.store.alerts("acme", &Default::default()).await.unwrap();
        let mut events: Vec<i64> = alerts.items.iter().flat_map(|a| a.event_ids.clone()).collect();
        events.sort_unstable();
        assert_eq!(events, [3, 4]);
        assert_eq!((way.lake.stats().events, db.store.detected_through().await.unwrap()), (6, 3));
        way.stop().await;
    }

    async fn blocks_that_are_detected_already_meet_no_rule_again(db) {
        let rule = serde_json::json!({"name": "t", "severity": "high", "window_minutes": 0, "conditions": {"event_type": "t"}});
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_rule("acme", &serde_json::from_value(rule).unwrap(), clock()()).await.unwrap();
        tx.commit().await.unwrap();
        let way = Way::start(&db.store, 100_000, RoadConfig::default()).await;
        // while the first block waits for this, the others come and are taken together
        let mut tx = db.store.begin().await.unwrap();
        tx.set_detected_through(2).await.unwrap();
        for n in 0..4 {
            way.road.submit(batch(n..n + 1)).await.unwrap();
        }
        tx.commit().await.unwrap();
        way.stop().await;
        let alerts = db.store.alerts("acme", &Default::default()).await.unwrap();
        let mut events: Vec<i64> = alerts.items.iter().flat_map(|a| a.event_ids.clone()).collect();
        events.sort_unstable();
        assert_eq!((events, db.store.detected_through().await.unwrap()), (vec![3, 4], 4));
    }

    async fn parts_are_written_while_events_arrive(db) {
        let way = Way::start(&db.store, 50, RoadConfig::default()).await;
        for n in 0..60 {
            way.road.submit(batch(n * 10..(n + 1) * 10)).await.unwrap();
        }
        way.wait("every event is there once", |l| l.stats().events == 600).await;
        way.wait("the head is small", |l| l.stats().head_events < 100).await;
        let lake = way.lake.clone();
        way.stop().await;
        assert_eq!((lake.stats().events, lake.stats().quarantined), (600, 0));
        assert!(db.store.journal_stats().await.unwrap().events < 200, "parts release what they hold");
    }

    async fn a_journal_larger_than_memory_is_read_back(db) {
        for n in 0..100 {
            db.store.journal_append(&block(n * 10 + 1, 10), clock()()).await.unwrap();
        }
        let way = Way::start(&db.store, 200, RoadConfig::default()).await;
        let stats = way.lake.stats();
        assert_eq!(stats.events, 1_000, "all of it is searchable when the road is open");
        assert!(stats.head_events < 700 && stats.parts > 0, "{stats:?}");
        way.stop().await;
    }

    async fn a_lake_that_cannot_be_written_stops_no_start_that_memory_can_hold(db) {
        for n in 0..100 {
            db.store.journal_append(&block(n * 10 + 1, 10), clock()()).await.unwrap();
        }
        for (room, starts) in [(RoadConfig::default().unwritten_bytes, true), (1, false)] {
            let folder = tempfile::tempdir().unwrap();
            // a file where the tenant's folder should be made
            std::fs::write(folder.path().join("tenant=acme"), "in the way").unwrap();
            let config = RoadConfig { unwritten_bytes: room, ..Default::default() };
            match Way::start_in(folder, &db.store, 200, config).await {
                Ok(way) => {
                    assert!(starts, "more is in memory than may be");
                    assert_eq!((way.lake.stats().events, way.lake.stats().parts), (1_000, 0));
                    way.stop().await;
                }
                Err(e) => assert!(!starts && matches!(e, RoadError::Lake(_)), "{e}"),
            }
        }
        assert_eq!(db.store.journal_stats().await.unwrap().blocks, 100, "nothing is released");
    }

    async fn nothing_is_taken_that_memory_cannot_hold(db) {
        let config = RoadConfig { unwritten_bytes: 1, ..Default::default() };
        let way = Way::start(&db.store, 100_000, config).await;
        way.road.submit(batch(0..1)).await.unwrap();
        way.wait("it is in the head", |l| l.stats().head_events == 1).await;
        assert!(matches!(way.road.submit(batch(1..2)).await, Err(RoadError::Full(_))));
        way.lake.flush(None).await.unwrap();
        way.road.submit(batch(2..3)).await.unwrap();
        way.stop().await;
    }

    async fn a_closed_road_takes_nothing_and_loses_nothing(db) {
        let way = Way::start(&db.store, 100_000, RoadConfig::default()).await;
        let (road, lake) = (way.road.clone(), way.lake.clone());
        let sent: Vec<_> = (0..20).map(|n| {
            let road = road.clone();
            tokio::spawn(async move { road.submit(batch(n..n + 1)).await })
        }).collect();
        let mut taken = 0;
        for (n, answer) in sent.into_iter().enumerate() {
            if n == 10 {
                road.close();
            }
            taken += i64::from(answer.await.unwrap().is_ok());
        }
        assert!(matches!(road.submit(batch(50..51)).await, Err(RoadError::Stopping)));
        way.stop().await;
        assert_eq!(lake.stats().events, taken);
    }
}
