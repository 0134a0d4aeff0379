//! The journal: one commit for all that an answer promises, read back in order.
use crate::help::NOW;
use futures::TryStreamExt;
use model::dead_letter::{DeadLetterQuery, MAX_KEPT};
use serde_json::json;
use store::{Append, BatchIn, BlockIn, NewDeadLetter, Store, StoreError};
use testkit::db_test;

fn block(first_id: i64, count: i64) -> BlockIn {
    BlockIn { first_id, count, bytes: vec![first_id as u8; 300], raw_bytes: count * 1600 }
}

fn just(block: BlockIn) -> Append {
    Append { block: Some(block), ..Default::default() }
}

fn letter(reason: &str, raw: &str) -> NewDeadLetter {
    NewDeadLetter {
        source: "zeek".into(),
        sensor: Some("edge".into()),
        file: Some("dns.log".into()),
        agent: Some((4, "ws-4".into())),
        sample: true,
        batch_index: 3,
        reason: reason.into(),
        pointer: "/ts".into(),
        hint: "say when".into(),
        raw: raw.into(),
    }
}

async fn three_letters(store: &Store) -> Vec<i64> {
    let letters = vec![
        ("acme".into(), letter("missing_timestamp", "{}")),
        ("other".into(), letter("theirs", "x")),
        ("acme".into(), letter("invalid_json", "{\0")),
    ];
    store
        .journal_append(&Append { dead_letters: letters, ..Default::default() }, NOW)
        .await
        .unwrap();
    store
        .dead_letters("acme", &Default::default())
        .await
        .unwrap()
        .items
        .iter()
        .map(|d| d.id)
        .collect()
}

db_test! {
    async fn blocks_come_back_in_order_and_whole(db) {
        assert_eq!(db.store.next_event_id().await.unwrap(), 1);
        let mut next = 1;
        for i in 1..=20 {
            assert_eq!(db.store.journal_append(&just(block(next, i)), NOW.plus(i)).await.unwrap(), Some(i));
            next += i;
        }
        assert_eq!(db.store.next_event_id().await.unwrap(), next);
        let all: Vec<_> = db.store.blocks_from(1).try_collect().await.unwrap();
        assert_eq!(all.len(), 20);
        for (i, b) in (1i64..).zip(&all) {
            assert_eq!((b.seq, b.count, b.created_at, b.raw_bytes, b.bytes.len()), (i, i, NOW.plus(i), i * 1600, 300));
        }
        let tail: Vec<i64> = db.store.blocks_from(18).map_ok(|b| b.seq).try_collect().await.unwrap();
        assert_eq!(tail, [18, 19, 20]);
        assert_eq!(db.store.blocks(5, 2).await.unwrap().len(), 2);
        let stats = db.store.journal_stats().await.unwrap();
        assert_eq!((stats.blocks, stats.events, stats.bytes, stats.last_seq, stats.oldest_at), (20, 210, 6000, 20, Some(NOW.plus(1))));
    }

    async fn a_reader_that_lags_behind_appends_misses_none(db) {
        db.store.journal_append(&just(block(1, 1)), NOW).await.unwrap();
        let mut stream = Box::pin(db.store.blocks_from(1));
        assert_eq!(stream.try_next().await.unwrap().unwrap().seq, 1);
        db.store.journal_append(&just(block(2, 1)), NOW).await.unwrap();
        assert_eq!(stream.try_next().await.unwrap().unwrap().seq, 2);
        assert!(stream.try_next().await.unwrap().is_none());
    }

    async fn event_ids_are_never_given_twice(db) {
        db.store.journal_append(&just(block(1, 10)), NOW).await.unwrap();
        for (first, count) in [(1, 1), (10, 5), (0, 3)] {
            let again = db.store.journal_append(&just(block(first, count)), NOW).await;
            assert!(matches!(again, Err(StoreError::Conflict(_))), "{first}: {again:?}");
        }
        assert!(matches!(db.store.journal_append(&just(block(11, 0)), NOW).await, Err(StoreError::Conflict(_))));
        assert_eq!(db.store.journal_append(&just(block(20, 1)), NOW).await.unwrap(), Some(2), "a gap is allowed, a failure leaves none in seq");
        assert_eq!(db.store.next_event_id().await.unwrap(), 21);
    }

    async fn an_answer_is_kept_with_its_block_or_not_at_all(db) {
        let answer = json!({"zz": 1, "errors": [{"pointer": "/a\u{0}b"}]});
        let batch = || BatchIn { tenant: "acme".into(), key: "k1".into(), response: answer.clone() };
        let what = Append { block: Some(block(1, 2)), batches: vec![batch()], dead_letters: vec![("acme".into(), letter("bad", "x"))], ..Append::default() };
        assert_eq!(db.store.journal_append(&what, NOW).await.unwrap(), Some(1));
        let kept = db.store.batch("acme", "k1").await.unwrap().unwrap();
        assert_eq!(kept.to_string(), answer.to_string(), "byte for byte, NUL and all");
        assert_eq!(db.store.batch("other", "k1").await.unwrap(), None);

        // the same key again: neither its block nor its letters are stored
        let twice = Append { block: Some(block(3, 2)), ..what };
        let refused = db.store.journal_append(&twice, NOW).await;
        assert!(matches!(&refused, Err(StoreError::Unique(name)) if name == "ingest_batches_tenant_batch_key"), "{refused:?}");
        assert_eq!(db.store.journal_stats().await.unwrap().blocks, 1);
        assert_eq!(db.store.next_event_id().await.unwrap(), 3);
        assert_eq!(db.store.dead_letter_count("acme").await.unwrap(), 1);

        assert_eq!(db.store.purge_batches(NOW).await.unwrap(), 0);
        assert_eq!(db.store.purge_batches(NOW.plus(1)).await.unwrap(), 1);
        assert_eq!(db.store.batch("acme", "k1").await.unwrap(), None);
    }

    async fn refused_events_alone_make_no_block(db) {
        let ids = three_letters(&db.store).await;
        assert_eq!(ids.len(), 2);
        assert_eq!(db.store.journal_stats().await.unwrap().blocks, 0);
        assert_eq!(db.store.journal_append(&just(block(1, 1)), NOW).await.unwrap(), Some(1));
    }

    async fn an_append_in_flight_is_seen_by_nobody_and_a_crash_undoes_it(db) {
        // an append that fails at its last step has written its block already: what a crash before the commit leaves
        let batch = BatchIn { tenant: "acme".into(), key: "k".into(), response: json!(1) };
        db.store.journal_append(&Append { batches: vec![batch.clone()], ..Default::default() }, NOW).await.unwrap();
        let doomed = Append { block: Some(block(1, 5)), batches: vec![batch], ..Default::default() };
        assert!(db.store.journal_append(&doomed, NOW).await.is_err());
        let other = db.again().await;
        assert_eq!(other.journal_stats().await.unwrap().blocks, 0);
        assert_eq!(other.next_event_id().await.unwrap(), 1);
        // the future is dropped in the middle of an append, as when a process dies or a request goes away
        for _ in 0..20 {
            let what = just(block(1, 5));
            let append = db.store.journal_append(&what, NOW);
            drop(futures::future::select(Box::pin(append), Box::pin(tokio::task::yield_now())).await);
        }
        // the last one may still commit between two reads, or between the reads and the next append, which then says so
        loop {
            let (next, stats) = (other.next_event_id().await.unwrap(), other.journal_stats().await.unwrap());
            if other.next_event_id().await.unwrap() != next {
                continue;
            }
            assert_eq!((next, stats.blocks), if stats.blocks == 0 { (1, 0) } else { (6, 1) }, "a block and its ids, or neither");
            match db.store.journal_append(&just(block(next, 1)), NOW).await {
                Ok(seq) => {
                    assert_eq!(seq, Some(stats.last_seq + 1));
                    break;
                }
                Err(StoreError::Conflict(_)) => {}
                Err(e) => panic!("{e}"),
            }
        }
        other.close().await;
    }

    async fn appends_at_once_have_an_order(db) {
        let tasks: Vec<_> = (0..8).map(|_| {
            let store = db.store.clone();
            tokio::spawn(async move {
                let mut stored = 0;
                while stored < 5 {
                    let first = store.next_event_id().await.unwrap();
                    match store.journal_append(&just(block(first, 3)), NOW).await {
                        Ok(_) => stored += 1,
                        Err(StoreError::Conflict(_)) => {} // somebody was faster
                        Err(e) => panic!("{e}"),
                    }
                }
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        let all: Vec<_> = db.store.blocks_from(0).try_collect().await.unwrap();
        assert_eq!(all.iter().map(|b| b.seq).collect::<Vec<_>>(), (1..=40).collect::<Vec<i64>>());
        assert_eq!(all.iter().map(|b| b.first_id).collect::<Vec<_>>(), (0..40).map(|i| 1 + 3 * i).collect::<Vec<i64>>());
    }

    async fn dead_letters_are_paged_filtered_and_their_tenants_own(db) {
        let ids = three_letters(&db.store).await;
        let page = db.store.dead_letters("acme", &DeadLetterQuery { limit: 1, ..Default::default() }).await.unwrap();
        assert_eq!((page.total, page.items[0].id, page.items[0].raw.as_str(), page.items[0].received_at), (2, ids[0], "{\u{fffd}", NOW));
        let rest = db.store.dead_letters("acme", &DeadLetterQuery { cursor: page.next, ..Default::default() }).await.unwrap();
        assert_eq!((rest.items.len(), rest.items[0].id, rest.next), (1, ids[1], None));
        assert_eq!((rest.items[0].sensor.as_deref(), rest.items[0].batch_index, rest.items[0].hint.as_str()), (Some("edge"), 3, "say when"));
        assert_eq!((rest.items[0].file.as_deref(), rest.items[0].agent_id, rest.items[0].agent.as_deref(), rest.items[0].sample), (Some("dns.log"), Some(4), Some("ws-4"), true));
        for (sensor, count) in [("edge", 2), ("core", 0)] {
            assert_eq!(db.store.dead_letters("acme", &DeadLetterQuery { sensor: Some(sensor.into()), ..Default::default() }).await.unwrap().total, count);
        }
        let some = db.store.dead_letters("acme", &DeadLetterQuery { reason: Some("invalid_json".into()), source: Some("zeek".into()), ..Default::default() }).await.unwrap();
        assert_eq!(some.total, 1);
        assert_eq!(db.store.dead_letters("acme", &DeadLetterQuery { source: Some("events".into()), ..Default::default() }).await.unwrap().total, 0);

        assert_eq!(db.store.delete_dead_letters("other", &ids).await.unwrap(), 0);
        assert!(db.store.dead_letters_by_id("other", &ids).await.unwrap().is_empty());
        assert_eq!(db.store.mark_replayed("acme", &ids[..1]).await.unwrap(), 1);
        assert_eq!(db.store.dead_letters_by_id("acme", &ids).await.unwrap().iter().map(|d| d.replays).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(db.store.delete_dead_letters("acme", &[ids[0], ids[1], 999]).await.unwrap(), 2);
        assert_eq!(db.store.dead_letter_count("acme").await.unwrap(), 0);
        assert_eq!(db.store.dead_letter_count("other").await.unwrap(), 1);
        assert_eq!(db.store.delete_dead_letters("acme", &[]).await.unwrap(), 0);
    }

    async fn a_huge_refused_event_is_cut_at_a_character(db) {
        let raw = "é".repeat(MAX_KEPT);
        let what = Append { dead_letters: vec![("acme".into(), letter("too_large", &raw[..raw.len() - 2])), ("acme".into(), letter("too_large", &format!("x{raw}")))], ..Default::default() };
        db.store.journal_append(&what, NOW).await.unwrap();
        let page = db.store.dead_letters("acme", &Default::default()).await.unwrap();
        assert_eq!(page.items.iter().map(|d| d.raw.len()).collect::<Vec<_>>(), [MAX_KEPT - 1, MAX_KEPT]);
    }

    async fn a_journal_that_was_lost_goes_on_above_what_was_detected(db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.set_detected_through(40).await.unwrap();
        tx.commit().await.unwrap();
        db.store.migrate().await.unwrap();
        assert_eq!(db.store.journal_append(&just(block(1, 1)), NOW).await.unwrap(), Some(41), "or detection would pass it over");
    }
}
