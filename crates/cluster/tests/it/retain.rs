//! Days that are shared by tenants: what each has in them, and what is left when some let go.
use crate::help::{self, Own, within};
use cluster::Share;
use model::Micros;
use model::retention::DataClass;
use model::time::DAY;
use opensearch::http::Method;
use search::conformance::random::{self, Rng};
use search::engine::{SearchEngine, Select};
use serde_json::json;
use std::collections::BTreeMap;

/// Ten events of a tenant, received so many days before the first of them.
async fn fill(own: &Own, first: i64, tenant: &str, source: &str, age: i64) {
    let mut events = random::events(&mut Rng::seeded("days"), first, 10, tenant);
    for e in &mut events {
        e.source = source.into();
        e.received_at = Micros(random::BASE - age * DAY);
    }
    assert_eq!(own.cluster.index(&events).await.unwrap().created, 10);
}

fn before(age: i64) -> BTreeMap<DataClass, String> {
    let day = Micros(random::BASE - age * DAY).date();
    [(DataClass::Events, day.clone()), (DataClass::Network, day)].into()
}

/// Class, tenant, events and age of each.
fn told(shares: &[Share]) -> Vec<(DataClass, &str, i64, &str)> {
    shares.iter().map(|s| (s.class, s.tenant.as_str(), s.events, s.day.as_str())).collect()
}

async fn count(own: &Own, tenant: &str) -> i64 {
    own.cluster.client().refresh().await.unwrap();
    own.cluster.count(&Select::all(tenant)).await.unwrap()
}

#[tokio::test]
async fn a_shared_day_goes_when_all_let_it_go_and_else_in_parts() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    within(60, async {
        for (first, tenant, source, age) in [
            (1, "acme", "zeek", 0),
            (11, "acme", "zeek", 10),
            (21, "other", "zeek", 10),
            (31, "acme", "windows", 10),
            (41, "acme", "suricata", 20),
        ] {
            fill(&own, first, tenant, source, age).await;
        }
        own.cluster.client().refresh().await.unwrap();
        let day = |age: i64| Micros(random::BASE - age * DAY).date();
        let shares = own.cluster.shares(&before(5)).await.unwrap();
        let (events, network) = (DataClass::Events, DataClass::Network);
        assert_eq!(
            told(&shares),
            [
                (network, "acme", 10, day(20).as_str()),
                (events, "acme", 10, day(10).as_str()),
                (network, "acme", 10, day(10).as_str()),
                (network, "other", 10, day(10).as_str()),
            ]
        );
        assert!(shares.iter().all(|s| s.bytes > 0), "{shares:?}");
        let only_network: BTreeMap<DataClass, String> = [(network, day(15))].into();
        assert_eq!(own.cluster.shares(&only_network).await.unwrap(), shares[..1]);
        assert!(own.cluster.shares(&BTreeMap::new()).await.unwrap().is_empty());

        // one tenant alone: its own day is dropped, of the shared one its events go
        let mine: Vec<Share> = shares.iter().filter(|s| s.tenant == "acme").cloned().collect();
        let gone = own.cluster.let_go(&mine).await.unwrap();
        assert_eq!(gone.iter().map(|s| s.events).collect::<Vec<_>>(), [10, 10, 10]);
        assert_eq!((count(&own, "acme").await, count(&own, "other").await), (10, 10));
        assert_eq!(
            told(&own.cluster.shares(&before(0)).await.unwrap()),
            [(network, "other", 10, day(10).as_str())]
        );
        // again: there is nothing
        assert!(own.cluster.let_go(&mine).await.unwrap().is_empty());

        // all who are left
        let rest = own.cluster.shares(&before(0)).await.unwrap();
        assert_eq!(own.cluster.let_go(&rest).await.unwrap().len(), 1);
        let client = own.cluster.client();
        let left =
            client.ask(Method::Get, &format!("/{}", client.pattern()), &[], None).await.unwrap();
        let left: Vec<&String> = left.as_object().unwrap().keys().collect();
        assert_eq!(left, [&client.named(&format!("network-events-{}", day(0).replace('-', ".")))]);
        assert_eq!((count(&own, "acme").await, count(&own, "other").await), (10, 0));
        // what is dropped may be written to again
        fill(&own, 101, "other", "zeek", 10).await;
        assert_eq!(count(&own, "other").await, 10);
        assert_eq!(own.cluster.client().health().await.unwrap().drift, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn an_index_of_another_name_or_with_documents_of_nobody_is_never_dropped() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    within(60, async {
        fill(&own, 1, "acme", "windows", 10).await;
        let client = own.cluster.client();
        let index = format!("host-events-{}", Micros(random::BASE - 10 * DAY).format("%Y.%m.%d"));
        let path = format!("/{}/_doc/strange?refresh=true", client.named(&index));
        client.ask(Method::Put, &path, &[], Some(&json!({"message": "whose am I"}))).await.unwrap();
        let copy = format!("/{}-copy/_doc/1?refresh=true", client.named(&index));
        let doc = json!({"message": "a copy", "eventsec": {"tenant": "acme"}});
        client.ask(Method::Put, &copy, &[], Some(&doc)).await.unwrap();
        client.refresh().await.unwrap();

        let shares = own.cluster.shares(&before(0)).await.unwrap();
        assert_eq!(shares.len(), 1, "{shares:?}");
        let gone = own.cluster.let_go(&shares).await.unwrap();
        assert_eq!(gone[0].events, 10);
        let strange =
            client.ask(Method::Get, &path.replace("?refresh=true", ""), &[], None).await.unwrap();
        assert_eq!(strange["found"], json!(true));
        // not even when somebody asks for it
        let asked = Share { index: format!("{index}-copy"), ..shares[0].clone() };
        assert!(own.cluster.let_go(&[asked]).await.unwrap().is_empty());
        let copy =
            client.ask(Method::Get, &copy.replace("?refresh=true", ""), &[], None).await.unwrap();
        assert_eq!(copy["found"], json!(true));
    })
    .await;
}
