//! Reads that fetch more than one request brings, over many days.
use crate::help::{self, Own, within};
use arrow_array::{Array, Int64Array};
use futures::TryStreamExt;
use model::Micros;
use model::event::Event;
use model::time::DAY;
use opensearch::http::Method;
use search::conformance::random::{self, Rng};
use search::engine::{SearchEngine, Select};
use search::{lucene, naive};
use std::collections::BTreeSet;

const DAYS: i64 = 10;
const EVENTS: i64 = 2_400;

/// Events that were received on many days.
fn events(rng: &mut Rng, first: i64, n: i64) -> Vec<Event> {
    let mut events = random::events(rng, first, n, "acme");
    for e in &mut events {
        e.received_at = Micros(random::BASE - e.id % DAYS * DAY);
    }
    events
}

#[tokio::test]
async fn a_long_walk_meets_each_event_once_and_holds_nothing_open() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    within(90, async {
        let mut rng = Rng::seeded("walks");
        let first = events(&mut rng, 1, EVENTS);
        own.cluster.index(&first).await.unwrap();
        let client = own.cluster.client();
        client.refresh().await.unwrap();
        let query = lucene::parse("event.original:*text*").unwrap();
        let select = Select { query, ..Select::all("acme") };
        let wanted = first.iter().filter(|e| naive::selects(&select, e)).count();
        assert_eq!(wanted as i64, EVENTS);
        assert_eq!(own.cluster.count(&select).await.unwrap(), EVENTS);

        // more arrives while it is read
        let columns = ["event.id".to_owned()];
        let mut scan = own.cluster.scan(&select, &columns);
        let (mut met, mut next) = (BTreeSet::new(), EVENTS + 1);
        while let Some(batch) = scan.try_next().await.unwrap() {
            let ids = batch.column(0).as_any().downcast_ref::<Int64Array>().unwrap();
            assert!(ids.values().iter().all(|id| met.insert(*id)), "an event is met twice");
            own.cluster.index(&events(&mut rng, next, 20)).await.unwrap();
            client.refresh().await.unwrap();
            next += 20;
        }
        assert!(first.iter().all(|e| met.contains(&e.id)), "{} of {EVENTS}", met.len());

        let path = format!("/{}/_stats/search", client.pattern());
        let stats = client.ask(Method::Get, &path, &[], None).await.unwrap();
        let search = &stats["_all"]["total"]["search"];
        for opened in ["point_in_time_total", "scroll_total"] {
            assert_eq!(search[opened].as_i64().unwrap_or(0), 0, "{opened}");
        }
    })
    .await;
}
