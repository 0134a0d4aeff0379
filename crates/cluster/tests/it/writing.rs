//! What OpenSearch holds after writing, and what it says of itself.
use crate::help::{self, Own};
use opensearch::http::Method;
use search::conformance::random::{self, Rng};
use search::engine::{SearchEngine, Select};
use serde_json::json;

#[tokio::test]
async fn writing_again_changes_nothing() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    let events = random::events(&mut Rng::seeded("again"), 1, 200, "acme");
    let first = own.cluster.index(&events).await.unwrap();
    assert_eq!((first.created, first.known, first.poison.len()), (200, 0, 0));
    let again = own.cluster.index(&events[50..150]).await.unwrap();
    assert_eq!((again.created, again.known), (0, 100));
    own.cluster.client().refresh().await.unwrap();
    assert_eq!(own.cluster.count(&Select::all("acme")).await.unwrap(), 200);
    own.cluster.look().await.unwrap();
    assert_eq!(own.cluster.stats().events, 200);
}

#[tokio::test]
async fn drift_is_named() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    let client = own.cluster.client();
    let events = random::events(&mut Rng::seeded("drift"), 1, 5, "acme");
    own.cluster.index(&events).await.unwrap();
    assert_eq!(client.health().await.unwrap().drift, [""; 0]);
    let index = client.named(&format!("host-events-{}", events[0].received_at.format("%Y.%m.%d")));
    let away =
        json!({"actions": [{"remove": {"index": index, "alias": client.named("events-v1")}}]});
    client.ask(Method::Post, "/_aliases", &[], Some(&away)).await.unwrap();
    let drift = client.health().await.unwrap().drift;
    assert!(drift.iter().any(|d| d.contains("is not in the alias")), "{drift:?}");
}

#[tokio::test]
async fn events_wait_for_an_index_that_somebody_closed() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    let mut events = random::events(&mut Rng::seeded("closed"), 1, 20, "acme");
    events.iter_mut().for_each(|e| e.source = "windows".into());
    own.cluster.index(&events[..10]).await.unwrap();
    let client = own.cluster.client();
    let index = client.named(&format!("host-events-{}", events[0].received_at.format("%Y.%m.%d")));
    client.ask(Method::Post, &format!("/{index}/_close"), &[], None).await.unwrap();
    let told = own.cluster.index(&events).await.unwrap_err();
    assert!(told.may_pass() && told.to_string().contains("closed"), "{told}");
    let wait = [("wait_for_active_shards", "1")];
    client.ask(Method::Post, &format!("/{index}/_open"), &wait, None).await.unwrap();
    let done = own.cluster.index(&events).await.unwrap();
    assert_eq!((done.created, done.known, done.poison.len()), (10, 10, 0));
}
