//! Alerts from rules: the same match, however often it is told, is one alert that counts each event once.
use crate::help::{NOW, draft};
use model::{
    Micros,
    alert::{Alert, AlertState, AlertStatus, MAX_EVIDENCE},
};
use std::{collections::BTreeSet, time::Duration};
use store::{AlertDraft, Append, BlockIn, Most, Raised, Store, Tx};
use testkit::db_test;

async fn raise(store: &Store, drafts: &[AlertDraft], now: Micros) -> Raised {
    let mut tx = store.begin().await.unwrap();
    let raised = tx.raise("acme", drafts, now).await.unwrap();
    tx.commit().await.unwrap();
    raised
}

async fn one(store: &Store) -> Alert {
    let mut page = store.alerts("acme", &Default::default()).await.unwrap();
    assert_eq!(page.total, 1);
    page.items.remove(0)
}

async fn set(store: &Store, id: i64, status: AlertStatus, now: Micros) {
    let mut tx = store.begin().await.unwrap();
    let state = AlertState { id, status, assigned_to: None, conclusion: Some("noise".into()) };
    tx.save_alert("acme", &state, now).await.unwrap();
    tx.commit().await.unwrap();
}

db_test! {
    async fn a_match_makes_an_alert_and_more_matches_count(db) {
        let first = raise(&db.store, &[draft("h", &[(11, 500), (10, 400)])], NOW).await;
        assert_eq!((first.new.len(), first.changed.len()), (1, 0));
        let alert = &first.new[0];
        assert_eq!((alert.event_count, alert.event_ids.as_slice(), alert.first_seen, alert.last_seen), (2, &[10, 11][..], Micros(400), Micros(500)));
        assert_eq!((alert.rule_id, alert.hostname.as_deref(), alert.status, alert.created_at), (Some(7), Some("h"), AlertStatus::Open, NOW));
        let second = raise(&db.store, &[draft("h", &[(12, 300)])], NOW.plus(9)).await;
        assert_eq!((second.new.len(), second.changed.len()), (0, 1));
        let alert = one(&db.store).await;
        assert_eq!(second.changed[0], alert);
        assert_eq!((alert.event_count, alert.event_ids, alert.first_seen, alert.last_seen), (3, vec![12, 10, 11], Micros(300), Micros(500)));
        assert_eq!((alert.created_at, alert.updated_at), (NOW, NOW.plus(9)));
        assert_eq!(db.store.evidence_ids("acme", alert.id).await.unwrap(), [12, 10, 11]);
        assert!(db.store.evidence_ids("other", alert.id).await.unwrap().is_empty());
    }

    async fn a_replay_changes_nothing(db) {
        let drafts = [draft("h", &[(10, 400), (11, 500)]), draft("g", &[(12, 1)]), draft("h", &[(13, 600)])];
        raise(&db.store, &drafts, NOW).await;
        let before = db.store.alerts("acme", &Default::default()).await.unwrap();
        for _ in 0..2 {
            assert_eq!(raise(&db.store, &drafts, NOW.plus(77)).await, Raised::default());
        }
        assert_eq!(db.store.alerts("acme", &Default::default()).await.unwrap(), before);
        assert_eq!(before.total, 2);
    }

    async fn the_same_event_twice_in_one_draft_counts_once(db) {
        let raised = raise(&db.store, &[draft("h", &[(10, 1), (10, 1)])], NOW).await;
        assert_eq!(raised.new[0].event_count, 1);
    }

    async fn drafts_of_one_alert_are_one_change(db) {
        raise(&db.store, &[draft("h", &[(1, 1)])], NOW).await;
        let drafts: Vec<_> = (1..=300).map(|i| draft("h", &[(i, i)])).chain([draft("h", &[]), draft("silent", &[])]).collect();
        let raised = raise(&db.store, &drafts, NOW).await;
        assert_eq!((raised.new.len(), raised.changed.len(), raised.changed[0].event_count), (0, 1, 300));
        assert_eq!(one(&db.store).await.event_ids.len(), MAX_EVIDENCE);
    }

    async fn rule_key_window_and_tenant_tell_alerts_apart(db) {
        let d = draft("h", &[(1, 1)]);
        let variants = [
            d.clone(),
            AlertDraft { rule_id: 8, ..d.clone() },
            AlertDraft { dedup_key: "other key".into(), ..d.clone() },
            AlertDraft { window_start: d.window_end, ..d.clone() },
        ];
        assert_eq!(raise(&db.store, &variants, NOW).await.new.len(), 4);
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.raise("other", &[d], NOW).await.unwrap().new.len(), 1);
    }

    async fn evidence_has_an_end_and_the_count_has_none(db) {
        let events: Vec<(i64, i64)> = (1..=250).map(|i| (i, i)).collect();
        raise(&db.store, &[draft("h", &events[..150])], NOW).await;
        raise(&db.store, &[draft("h", &events[..220])], NOW).await;
        raise(&db.store, &[draft("h", &events[220..])], NOW).await;
        let alert = one(&db.store).await;
        assert_eq!((alert.event_count, alert.event_ids.len()), (250, MAX_EVIDENCE));
        assert_eq!(alert.event_ids, (1..=200).collect::<Vec<i64>>());
        assert_eq!(alert.last_seen, Micros(250));
    }

    async fn events_count_in_any_order(db) {
        for from in [201, 101, 1] {
            let events: Vec<(i64, i64)> = (from..from + 100).map(|i| (i, i)).collect();
            raise(&db.store, &[draft("h", &events)], NOW).await;
        }
        let alert = one(&db.store).await;
        assert_eq!((alert.event_count, alert.first_seen, alert.last_seen), (300, Micros(1), Micros(300)));
        assert_eq!(alert.event_ids, (101..=300).collect::<Vec<i64>>());
    }

    async fn an_event_that_comes_late_after_the_closing_is_a_new_alert(db) {
        let first = raise(&db.store, &[draft("h", &[(5, 5)])], NOW).await.new[0].id;
        set(&db.store, first, AlertStatus::Closed, NOW).await;
        let late = raise(&db.store, &[draft("h", &[(3, 3), (5, 5)])], NOW.plus(1)).await.new[0].clone();
        assert!(late.id != first);
        assert_eq!((late.event_count, late.event_ids), (1, vec![3]), "nobody has judged it yet");
    }

    async fn repeats_are_one_line_of_history(db) {
        let id = raise(&db.store, &[draft("h", &[(1, 1)])], NOW).await.new[0].id;
        for event in 2..=4 {
            raise(&db.store, &[draft("h", &[(event, 1)])], NOW.plus(event)).await;
        }
        let lines = db.store.alert_history("acme", id).await.unwrap();
        assert_eq!(lines.len(), 2, "three repeats are one line: {lines:?}");
        assert_eq!((lines[0].action.as_str(), &lines[0].details, lines[0].at, lines[0].who.as_str()),
            ("matched_again", &serde_json::json!({"from": 1, "to": 4}), NOW.plus(4), "EventSec"));
        assert_eq!(lines[1].action, "created");
    }

    async fn a_match_after_the_closing_is_a_new_alert(db) {
        let first = raise(&db.store, &[draft("h", &[(1, 1)])], NOW).await.new[0].id;
        set(&db.store, first, AlertStatus::Closed, NOW).await;
        assert_eq!(raise(&db.store, &[draft("h", &[(1, 1)])], NOW.plus(1)).await, Raised::default(), "it was judged with this one");
        let second = raise(&db.store, &[draft("h", &[(1, 1), (2, 2)])], NOW.plus(2)).await.new[0].clone();
        assert!(second.id != first && second.status == AlertStatus::Open);
        assert_eq!((second.event_ids.clone(), second.first_seen), (vec![2], Micros(2)));
        // reopened, as an undo does: both stand, and what comes counts into the new one
        set(&db.store, first, AlertStatus::Open, NOW.plus(3)).await;
        let raised = raise(&db.store, &[draft("h", &[(3, 3)])], NOW.plus(4)).await;
        assert_eq!((raised.new.len(), raised.changed[0].id), (0, second.id));
        let all = db.store.alerts("acme", &Default::default()).await.unwrap().items;
        let count = |id| all.iter().find(|a| a.id == id).map(|a| (a.status, a.event_count));
        assert_eq!((count(first), count(second.id)), (Some((AlertStatus::Open, 1)), Some((AlertStatus::Open, 2))));
    }

    async fn many_at_once_after_a_closing_make_one_alert(db) {
        let closed = raise(&db.store, &[draft("h", &[(1, 1)])], NOW).await.new[0].id;
        set(&db.store, closed, AlertStatus::Closed, NOW).await;
        let tasks: Vec<_> = (0..6).map(|i| {
            let store = db.store.clone();
            tokio::spawn(async move { raise(&store, &[draft("h", &[(i + 2, i)])], NOW).await.new.len() })
        }).collect();
        let mut made = 0;
        for task in tasks {
            made += task.await.unwrap();
        }
        assert_eq!((made, db.store.alerts("acme", &Default::default()).await.unwrap().total), (1, 2));
    }

    async fn alerts_and_the_counter_are_one_commit(db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.raise("acme", &[draft("h", &[(1, 1)])], NOW).await.unwrap();
        tx.set_detected_through(4).await.unwrap();
        drop(tx); // the process dies here
        assert_eq!(db.store.detected_through().await.unwrap(), 0);
        assert_eq!(db.store.alerts("acme", &Default::default()).await.unwrap().total, 0);
    }

    async fn a_nul_in_an_event_cannot_stop_an_alert(db) {
        let d = AlertDraft { title: "a\0b".into(), username: Some("x\0".into()), dedup_key: "k\0".into(), ..draft("h", &[(1, 1)]) };
        assert_eq!(raise(&db.store, std::slice::from_ref(&d), NOW).await.new[0].title, "a\u{fffd}b");
        assert_eq!(raise(&db.store, &[d], NOW).await, Raised::default());
    }

    async fn rules_and_people_take_alerts_in_one_order(db) {
        // the order of their ids is not that of the drafts
        let mut ids = Vec::new();
        for host in ["c", "b", "a"] {
            ids.push(raise(&db.store, &[draft(host, &[(1, 1)])], NOW).await.new[0].id);
        }
        for round in 2..32 {
            let drafts = ["a", "b", "c", "new"].map(|host| draft(host, &[(round, round)]));
            let people = async {
                let mut tx = db.store.begin().await.unwrap();
                tx.hold_alerts("acme", &[ids[2], ids[0], ids[1], ids[0], 4711]).await.unwrap();
                for &id in &ids {
                    let state = AlertState { id, status: AlertStatus::InProgress, assigned_to: None, conclusion: None };
                    tx.save_alert("acme", &state, NOW.plus(round)).await.unwrap();
                }
                tx.commit().await.unwrap();
            };
            tokio::join!(raise(&db.store, &drafts, NOW), people);
        }
        let all = db.store.alerts("acme", &Default::default()).await.unwrap().items;
        assert!(all.len() == 4 && all.iter().all(|a| a.event_count >= 30), "{all:?}");
    }

    async fn detectors_do_not_wait_for_each_other_in_a_circle(db) {
        // each round meets alerts that are there, some that the other is making, and new ones
        let detector = async |number: i64| {
            for round in 0..40 {
                let mut drafts: Vec<_> =
                    (round..round + 5).map(|n| draft(&format!("{n:03}"), &[(round * 2 + number, round)])).collect();
                if number == 1 {
                    drafts.reverse();
                }
                raise(&db.store, &drafts, NOW).await;
            }
        };
        tokio::join!(detector(0), detector(1));
        let all = db.store.alerts("acme", &Default::default()).await.unwrap();
        assert_eq!(all.total, 44);
        assert!(all.items.iter().any(|a| a.event_count == 10), "each event of both counts");
    }

    async fn many_at_once_make_one_alert(db) {
        let tasks: Vec<_> = (0..6).map(|i| {
            let store = db.store.clone();
            tokio::spawn(async move { raise(&store, &[draft("h", &[(i + 1, i)])], NOW).await.new.len() })
        }).collect();
        let mut made = 0;
        for task in tasks {
            made += task.await.unwrap();
        }
        assert_eq!((made, one(&db.store).await.event_count), (1, 6));
    }
}

/// The oldest block that nobody holds, in the transaction that holds it.
async fn take(store: &Store) -> Option<(Tx, i64)> {
    let one = Most { blocks: 1, raw_bytes: 1 };
    let taken = store.claim_blocks(false, one, &BTreeSet::new()).await.unwrap();
    let seq = taken.blocks.first()?.seq;
    Some((taken.tx, seq))
}

/// All hundred events of the block match.
async fn detect(tx: &mut Tx, seq: i64) {
    let first = (seq - 1) * 100 + 1;
    let events: Vec<(i64, i64)> = (first..first + 100).map(|i| (i, i)).collect();
    tx.raise("acme", &[draft("h", &events)], NOW).await.unwrap();
    tx.mark_detected(seq).await.unwrap();
}

/// Three workers take a block each and do them newest first; one dies before its commit.
#[test]
fn blocks_that_several_workers_do_count_once() {
    testkit::db::on_postgres(|db| async move {
        for first_id in [1, 101, 201] {
            let block = BlockIn { first_id, count: 100, bytes: vec![0], raw_bytes: 1 };
            let what = Append { block: Some(block), ..Default::default() };
            db.store.journal_append(&what, NOW).await.unwrap();
        }
        let mut workers = Vec::new();
        while let Some(taken) = take(&db.store).await {
            workers.push(taken);
        }
        assert_eq!(workers.iter().map(|w| w.1).collect::<Vec<_>>(), [1, 2, 3]);
        while let Some((mut tx, seq)) = workers.pop() {
            detect(&mut tx, seq).await;
            if seq != 2 {
                tx.commit().await.unwrap();
            }
        }
        let given_up = async {
            loop {
                if let Some(taken) = take(&db.store).await {
                    break taken;
                }
            }
        };
        let given_up = tokio::time::timeout(Duration::from_secs(10), given_up).await;
        let (mut tx, seq) = given_up.expect("the database lets go of it");
        detect(&mut tx, seq).await;
        tx.commit().await.unwrap();
        // whoever did not hear of its commit finds nothing to do again
        assert!(seq == 2 && take(&db.store).await.is_none());
        let alert = one(&db.store).await;
        assert_eq!((alert.event_count, alert.event_ids.len()), (300, MAX_EVIDENCE));
    });
}
