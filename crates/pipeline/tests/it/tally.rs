//! The ledger of arrivals: whatever becomes of a record, it is counted once.
use crate::way::{PAUSE, SOON, Way, clock};
use model::{Micros, time::HOUR};
use normalise::{Envelope, Hint};
use pipeline::{Batch, Item, RoadConfig, RoadError, intake};
use search::engine::SearchEngine;
use std::{collections::BTreeMap, time::Duration};
use store::Store;
use testkit::db_test;

/// No head is so large.
const ROWS: usize = 100_000;

/// Good and bad records of a sensor, an agent, or somebody else.
fn batch(
    sensor: Option<&str>,
    agent: Option<&str>,
    key: Option<&str>,
    good: usize,
    bad: usize,
) -> Batch {
    let sender = if sensor.is_some() { Hint::Suricata } else { Hint::Api };
    let envelope = Envelope {
        sensor: sensor.map(Into::into),
        agent: agent.map(|a| (7, a.into())),
        ..Envelope::new("acme", clock()(), sender)
    };
    let event = match sensor {
        Some(_) => {
            r#"{"timestamp":"2026-01-02T03:04:05.000000+0000","event_type":"flow","src_ip":"192.0.2.1"}"#
        }
        None => r#"{"event_type":"t","severity":"low"}"#,
    };
    let items = std::iter::repeat_n(event, good).chain(std::iter::repeat_n("{}", bad));
    intake::prepare(&envelope, "test", key, items.map(|raw| Item::Record(raw.into())).collect())
}

fn of_api(good: usize, bad: usize) -> Batch {
    batch(None, None, None, good, bad)
}

/// Stored, rejected, refused and repeated records.
type Sums = (i64, i64, i64, i64);

/// By source.
async fn ledger(store: &Store) -> BTreeMap<String, Sums> {
    // in this order every slice's source is there
    let slices = store.ingest_slices("acme", Micros(0), Micros(i64::MAX), HOUR).await.unwrap();
    let sources = store.ingest_sources("acme").await.unwrap();
    let mut sums = BTreeMap::new();
    for s in slices {
        let source = sources.iter().find(|o| o.id == s.source_id).unwrap();
        let sum: &mut Sums = sums.entry(source.source.clone()).or_default();
        *sum = (sum.0 + s.stored, sum.1 + s.rejected, sum.2 + s.refused, sum.3 + s.repeated);
    }
    sums
}

fn counted<const N: usize>(rows: [(&str, Sums); N]) -> BTreeMap<String, Sums> {
    rows.into_iter().map(|(source, sums)| (source.to_owned(), sums)).collect()
}

db_test! {
    async fn whatever_becomes_of_a_record_it_is_counted_once(db) {
        // one event in memory is as much as may be there: what comes before it is in a part is refused
        let way = Way::start(&db.store, ROWS, RoadConfig { unwritten_bytes: 1, ..Default::default() }).await;
        way.road.submit(of_api(3, 2)).await.unwrap();
        // with its commit, and without anybody writing it down
        assert_eq!(ledger(&db.store).await, counted([("api", (3, 2, 0, 0))]));
        way.wait("they are in the head", |l| l.stats().head_events == 3).await;
        assert!(matches!(way.road.submit(of_api(4, 1)).await, Err(RoadError::Full(_))));
        way.road.turned_away(&of_api(0, 1));
        way.road.write_down().await.unwrap();
        way.road.write_down().await.unwrap();
        assert_eq!(ledger(&db.store).await, counted([("api", (3, 2, 6, 0))]));

        // what waits goes with the next commit, whoever's it is
        assert!(way.road.submit(batch(Some("edge"), None, None, 2, 0)).await.is_err());
        way.lake.flush(None).await.unwrap();
        way.road.submit(batch(None, Some("WS-7"), Some("k"), 1, 1)).await.unwrap();
        let sums = [("agent:WS-7", (1, 1, 0, 0)), ("api", (3, 2, 6, 0)), ("edge", (0, 0, 2, 0))];
        assert_eq!(ledger(&db.store).await, counted(sums));

        // a repeat is received no second time; an empty batch is nothing
        way.wait("it is in the head", |l| l.stats().head_events == 1).await;
        way.lake.flush(None).await.unwrap();
        assert!(way.road.submit(batch(None, Some("WS-7"), Some("k"), 1, 1)).await.unwrap().repeated);
        way.road.submit(of_api(0, 0)).await.unwrap();
        way.road.write_down().await.unwrap();
        let sums = [("agent:WS-7", (1, 1, 0, 2)), ("api", (3, 2, 6, 0)), ("edge", (0, 0, 2, 0))];
        assert_eq!(ledger(&db.store).await, counted(sums));

        let replayed = Batch { replayed: true, ..batch(Some("edge"), None, None, 1, 0) };
        way.road.submit(replayed).await.unwrap();
        assert_eq!(ledger(&db.store).await.get("replay"), Some(&(1, 0, 0, 0)), "no sign of life of the sensor");
        assert_eq!(ledger(&db.store).await.get("edge"), Some(&(0, 0, 2, 0)));
        way.stop().await;
    }

    async fn a_journal_that_cannot_be_written_refuses_and_loses_no_count(db) {
        let way = Way::start(&db.store, ROWS, RoadConfig::default()).await;
        way.road.submit(of_api(1, 0)).await.unwrap();
        way.road.turned_away(&of_api(0, 5));
        db.raw_journal("ALTER TABLE journal_blocks RENAME TO elsewhere").await;
        assert!(way.road.submit(of_api(2, 0)).await.is_err());
        assert!(way.road.submit(of_api(3, 1)).await.is_err());
        db.raw_journal("ALTER TABLE elsewhere RENAME TO journal_blocks").await;
        assert_eq!(ledger(&db.store).await, counted([("api", (1, 0, 0, 0))]), "it waits");
        way.road.submit(of_api(4, 0)).await.unwrap();
        assert_eq!(ledger(&db.store).await, counted([("api", (5, 0, 11, 0))]));
        way.stop().await;
    }

    async fn who_goes_away_is_counted_by_what_became_of_it(db) {
        let way = Way::start(&db.store, ROWS, RoadConfig::default()).await;
        // the first look hands the batch over; then nobody waits for the answer any more
        let gone = tokio::time::timeout(Duration::ZERO, way.road.submit(of_api(6, 1))).await;
        assert!(gone.is_err(), "a commit takes its time");
        let counting = async {
            while ledger(&db.store).await != counted([("api", (6, 1, 0, 0))]) {
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(SOON, counting).await.expect("its records are counted");
        way.road.write_down().await.unwrap();
        assert_eq!(ledger(&db.store).await, counted([("api", (6, 1, 0, 0))]));
        way.stop().await;
    }

    async fn the_newest_block_says_how_late_things_are(db) {
        let way = Way::start(&db.store, ROWS, RoadConfig { journal_quota: 77 << 20, ..Default::default() }).await;
        assert_eq!((way.road.lag().index_ms, way.road.lag().detect_ms, way.road.journal_quota()), (None, None, 77 << 20));
        way.road.submit(of_api(1, 0)).await.unwrap();
        let late = || way.road.lag();
        way.wait("the block met the rules", |_| late().index_ms.is_some() && late().detect_ms.is_some()).await;
        way.stop().await;
    }
}
