//! What OpenSearch holds after writing, and what it says of itself.
use crate::help::{self, Own};
use cluster::{Client, Cluster};
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
async fn an_older_program_leaves_what_a_newer_one_has_made() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    let old = own.cluster.client();
    let mut config = old.config.as_ref().clone();
    // another template, as a new field would make it
    (config.version, config.replicas) = (config.version + 1, 1);
    let new = Cluster::new(config).unwrap();
    let version = async |client: &Client| {
        let path = format!("/_index_template/{}", client.named("eventsec-events"));
        let answer = client.ask(Method::Get, &path, &[], None).await.unwrap();
        answer["index_templates"][0]["index_template"]["_meta"]["version"].as_i64()
    };

    new.client().prepare().await.unwrap();
    old.prepare().await.unwrap();
    assert_eq!(version(old).await, Some(new.client().config.version));
    let drift = old.health().await.unwrap().drift;
    assert!(drift.iter().all(|d| d.contains("a newer program's")), "{drift:?}");
    assert_eq!(drift.len(), 3, "{drift:?}");
    assert_eq!(new.client().health().await.unwrap().drift, [""; 0]);

    // whoever makes an index or meets it, it is the newer one's
    let events = random::events(&mut Rng::seeded("versions"), 1, 30, "acme");
    assert_eq!(own.cluster.index(&events[..10]).await.unwrap().created, 10);
    assert_eq!(new.index(&events[10..20]).await.unwrap().created, 10);
    let again = Cluster::new(old.config.as_ref().clone()).unwrap();
    assert_eq!(again.index(&events[20..]).await.unwrap().created, 10);
    assert_eq!(new.client().health().await.unwrap().drift, [""; 0]);
    assert_eq!(old.health().await.unwrap().drift, drift);
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
