//! The ledger of arrivals: sums that grow with the commits that they tell of, and what is read from them.
use crate::help::NOW;
use model::{
    Micros, Severity,
    alert::{AlertState, AlertStatus},
    time::{DAY, HOUR, MINUTE},
};
use serde_json::json;
use store::{Append, BatchIn, IngestSlice, Notice, Store, Tally};
use testkit::db_test;

/// The first minute of the tests, on the hour.
const FIRST: Micros = Micros(495_000 * HOUR);

fn at(minute: i64) -> Micros {
    FIRST.plus(minute * MINUTE)
}

fn tally(tenant: &str, source: &str, minute: i64) -> Tally {
    Tally {
        tenant: tenant.into(),
        source: source.into(),
        kind: "zeek".into(),
        minute: at(minute),
        last_seen: at(minute).plus(7),
        ..Default::default()
    }
}

fn stored(source: &str, minute: i64, n: i64) -> Tally {
    Tally { stored: n, bytes: n * 100, ..tally("acme", source, minute) }
}

async fn all(store: &Store, step: i64) -> Vec<IngestSlice> {
    store.ingest_slices("acme", Micros(0), Micros(i64::MAX), step).await.unwrap()
}

async fn number(store: &Store, source: &str) -> i64 {
    let sources = store.ingest_sources("acme").await.unwrap();
    sources.iter().find(|s| s.source == source).unwrap().id
}

fn notice(since: Micros) -> Notice {
    Notice {
        title: "edge has sent nothing for 9 min".into(),
        description: "d".into(),
        category: "ingest".into(),
        severity: Severity::Medium,
        dedup_key: "silence:zeek:edge".into(),
        since,
    }
}

db_test! {
    async fn minutes_add_up_in_the_commit_that_they_tell_of(db) {
        let first = Tally { rejected: 2, last_event: Some(Micros(50)), ..stored("edge", 0, 3) };
        let again = Tally { refused: 4, repeated: 1, bytes: 9, last_event: Some(Micros(40)), ..tally("acme", "edge", 0) };
        let what = Append { tallies: vec![first, stored("core", 0, 1)], ..Default::default() };
        db.store.journal_append(&what, NOW).await.unwrap();
        db.store.ingest_note(&[again, stored("edge", 1, 5)]).await.unwrap();
        db.store.ingest_note(&[]).await.unwrap();

        let edge = number(&db.store, "edge").await;
        let minutes: Vec<_> = all(&db.store, MINUTE).await.into_iter().filter(|s| s.source_id == edge).collect();
        let first = IngestSlice { source_id: edge, start: at(0), stored: 3, rejected: 2, refused: 4, repeated: 1, bytes: 309, last_event: Some(Micros(50)) };
        assert_eq!(minutes[0], first);
        assert_eq!((minutes.len(), minutes[1].start, minutes[1].stored, minutes[1].last_event), (2, at(1), 5, None));

        // what fails is not counted either
        let batch = BatchIn { tenant: "acme".into(), key: "k".into(), response: json!(1) };
        db.store.journal_append(&Append { batches: vec![batch.clone()], ..Default::default() }, NOW).await.unwrap();
        let doomed = Append { batches: vec![batch], tallies: vec![stored("edge", 0, 1_000)], ..Default::default() };
        assert!(db.store.journal_append(&doomed, NOW).await.is_err());
        assert_eq!(all(&db.store, HOUR).await.iter().map(|s| s.stored).sum::<i64>(), 9);
    }

    async fn a_source_is_its_name_its_kind_and_whether_it_is_a_sample(db) {
        let suricata = Tally { kind: "suricata".into(), ..stored("edge", 3, 1) };
        let sample = Tally { sample: true, ..stored("edge", 4, 1) };
        let other = Tally { tenant: "other".into(), ..stored("edge", 5, 1) };
        db.store.ingest_note(&[stored("edge", 2, 1), suricata, sample, other]).await.unwrap();
        // a commit of an older minute moves nothing back
        db.store.ingest_note(&[stored("edge", 1, 1)]).await.unwrap();
        let mut sources = db.store.ingest_sources("acme").await.unwrap();
        sources.sort_by_key(|s| s.last_seen);
        let seen: Vec<_> = sources.iter().map(|s| (s.kind.as_str(), s.sample, s.first_seen, s.last_seen)).collect();
        let [two, three, four] = [2, 3, 4].map(|m| at(m).plus(7));
        assert_eq!(seen, [("zeek", false, two, two), ("suricata", false, three, three), ("zeek", true, four, four)]);
        assert_eq!(db.store.ingest_sources("other").await.unwrap().len(), 1);
        assert!(db.store.ingest_sources("nobody").await.unwrap().is_empty());
        assert_eq!(all(&db.store, HOUR).await.len(), 3, "another tenant's are not among them");
    }

    async fn slices_are_as_wide_as_asked_and_half_open(db) {
        let minutes: Vec<Tally> = (0..12).map(|m| stored("edge", m, m)).collect();
        db.store.ingest_note(&minutes).await.unwrap();
        let five: Vec<_> = all(&db.store, 5 * MINUTE).await.iter().map(|s| (s.start, s.stored)).collect();
        assert_eq!(five, [(at(0), 10), (at(5), 35), (at(10), 21)]);
        let some = db.store.ingest_slices("acme", at(3), at(5), MINUTE).await.unwrap();
        assert_eq!(some.iter().map(|s| s.start).collect::<Vec<_>>(), [at(3), at(4)]);
    }

    async fn history_is_the_time_before_a_source_was_heard_last(db) {
        let refused = Tally { refused: 3, ..tally("acme", "old", 1) };
        let only_known = Tally { repeated: 5, ..tally("acme", "old", 2) };
        let minutes = [stored("old", 0, 2), refused, only_known, stored("new", 1_000, 1), stored("new", 3_000, 8)];
        db.store.ingest_note(&minutes).await.unwrap();
        let (old, new) = (number(&db.store, "old").await, number(&db.store, "new").await);
        let mut everything = db.store.ingest_history("acme", Micros(i64::MAX), DAY).await.unwrap();
        everything.sort_by_key(|r| r.1);
        assert_eq!(everything, [(old, at(0), 2), (old, at(1), 3), (new, at(3_000), 8)], "the newer one's first day is past");
        let quiet = db.store.ingest_history("acme", at(2_000), DAY).await.unwrap();
        assert_eq!(quiet.iter().map(|r| r.0).collect::<Vec<_>>(), [old, old]);
        assert!(db.store.ingest_history("other", Micros(i64::MAX), DAY).await.unwrap().is_empty());
    }

    async fn breaks_are_pairs_of_minutes_with_nothing_between(db) {
        let quiet = Tally { repeated: 9, ..tally("acme", "edge", 12) };
        let mut minutes: Vec<Tally> = [0, 1, 2, 9, 10].map(|m| stored("edge", m, 1)).into();
        minutes.extend([quiet, stored("edge", 14, 1), stored("core", 0, 1), stored("core", 20, 1)]);
        db.store.ingest_note(&minutes).await.unwrap();
        let (edge, core) = (number(&db.store, "edge").await, number(&db.store, "core").await);
        let mut breaks = db.store.ingest_breaks("acme", at(0), at(100)).await.unwrap();
        breaks.sort();
        let mut wanted = vec![(edge, at(2), at(9)), (edge, at(10), at(14)), (core, at(0), at(20))];
        wanted.sort();
        assert_eq!(breaks, wanted, "what was known already is no record");
        assert_eq!(db.store.ingest_breaks("acme", at(9), at(20)).await.unwrap(), [(edge, at(10), at(14))]);
        assert!(db.store.ingest_breaks("other", at(0), at(100)).await.unwrap().is_empty());
    }

    async fn old_minutes_and_those_who_left_are_forgotten(db) {
        db.store.ingest_note(&[stored("gone", 0, 1), stored("edge", 0, 1), stored("edge", 50, 1)]).await.unwrap();
        assert_eq!(db.store.purge_ingest(at(50)).await.unwrap(), 2);
        let left = db.store.ingest_sources("acme").await.unwrap();
        assert_eq!(left.iter().map(|s| s.source.as_str()).collect::<Vec<_>>(), ["edge"]);
        assert_eq!(all(&db.store, HOUR).await.len(), 1);
        // who comes back is a new source
        db.store.ingest_note(&[stored("gone", 60, 1)]).await.unwrap();
        assert_eq!(db.store.ingest_sources("acme").await.unwrap().len(), 2);
    }

    async fn times_of_listening_that_touch_are_one(db) {
        let s = &db.store;
        for (since, until) in [(0, 15), (15, 30), (7, 22), (3, 9), (100, 110), (105, 130), (100, 101)] {
            s.ingest_listened(at(since), at(until)).await.unwrap();
        }
        let both = [(at(0), at(30)), (at(100), at(130))];
        assert_eq!(s.ingest_listening(at(29)).await.unwrap(), both);
        assert_eq!(s.ingest_listening(at(30)).await.unwrap(), both[1..]);
        s.purge_ingest(at(31)).await.unwrap();
        assert_eq!(s.ingest_listening(Micros(0)).await.unwrap(), both[1..]);
    }

    async fn a_silence_is_told_once(db) {
        db.store.ingest_note(&[stored("edge", 0, 1)]).await.unwrap();
        let edge = number(&db.store, "edge").await;
        db.store.ingest_silence_told("other", edge, at(0)).await.unwrap();
        assert_eq!(db.store.ingest_sources("acme").await.unwrap()[0].silence_told, None, "not of that tenant");
        db.store.ingest_silence_told("acme", edge, at(0)).await.unwrap();
        assert_eq!(db.store.ingest_sources("acme").await.unwrap()[0].silence_told, Some(at(0)));

        let raise = async |tenant: &str, since| {
            let mut tx = db.store.begin().await.unwrap();
            let alert = tx.raise_notice(tenant, &notice(since), NOW).await.unwrap();
            tx.commit().await.unwrap();
            alert
        };
        let alert = raise("acme", at(0)).await.unwrap();
        assert_eq!((alert.source.as_str(), alert.category.as_str(), alert.severity), ("EventSec", "ingest", Severity::Medium));
        assert_eq!((alert.status, alert.rule_id, alert.first_seen, alert.created_at, alert.sample), (AlertStatus::Open, None, at(0), NOW, false));
        let history = db.store.alert_history("acme", alert.id).await.unwrap();
        assert_eq!((history.len(), history[0].who.as_str(), history[0].action.as_str()), (1, "EventSec", "created"));
        assert_eq!(raise("acme", at(0)).await, None);
        // somebody judged it: the same silence is not told again, another one is, and other tenants have their own
        let mut tx = db.store.begin().await.unwrap();
        let closed = AlertState { id: alert.id, status: AlertStatus::Closed, assigned_to: None, conclusion: Some("known".into()) };
        tx.save_alert("acme", &closed, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(raise("acme", at(0)).await, None);
        assert!(raise("acme", at(90)).await.is_some() && raise("other", at(0)).await.is_some());
    }

    async fn a_silence_that_several_see_is_told_once(db) {
        let tell = async || {
            let mut tx = db.store.begin().await.unwrap();
            let alert = tx.raise_notice("acme", &notice(at(0)), NOW).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            tx.commit().await.unwrap();
            i32::from(alert.is_some())
        };
        let (a, b, c) = tokio::join!(tell(), tell(), tell());
        assert_eq!(a + b + c, 1);
        assert_eq!(db.store.alerts("acme", &Default::default()).await.unwrap().total, 1);
    }
}
