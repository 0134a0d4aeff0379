//! OpenSearch behind TLS and passwords: `EVENTSEC_TEST_SEARCH_SECURE_URL` names one, beside it `…_USER` (`admin` if not given),
//! `…_PASSWORD`, and `…_CA`, the file of its authority's certificate.
use crate::help::{self, Own, within};
use cluster::{Client, ClusterError, Config};
use opensearch::http::Method;
use search::conformance::random::{self, Rng};
use search::engine::{SearchEngine, Select};
use serde_json::json;
use std::collections::BTreeMap;

const PASSWORD: &str = "Zq7-quiet-otters-walk-42";

/// Somebody who may make users; `None`, and a printed line, where there is no such OpenSearch.
#[expect(clippy::disallowed_methods, reason = "a test's setting")]
fn administrator() -> Option<Config> {
    let var = |name: &str| std::env::var(format!("EVENTSEC_TEST_SEARCH_SECURE_{name}")).ok();
    let Some(url) = var("URL").filter(|u| u.starts_with("https")) else {
        println!(
            "skipped: EVENTSEC_TEST_SEARCH_SECURE_URL names no OpenSearch with TLS (scripts/services opensearch start --security)"
        );
        return None;
    };
    let mut config = Config::at(&url);
    config.prefix = help::prefix();
    config.replicas = 0;
    let user = var("USER").unwrap_or_else(|| "admin".into());
    config.login = Some((user, var("PASSWORD").expect("a password beside the address")));
    config.ca = var("CA").map(|path| std::fs::read(path).expect("the authority's certificate"));
    Some(config)
}

/// The role of OPERATIONS.md.
fn role(client: &Client) -> serde_json::Value {
    let names = [
        "host-events-*",
        "network-events-*",
        "raw-events-*",
        "events-v1",
        "alerts-000001",
        "alerts-v1",
        "dlq-events-*",
    ];
    json!({
        "cluster_permissions": ["cluster_monitor", "cluster_manage_index_templates", "cluster_composite_ops"],
        "index_permissions": [{
            "index_patterns": names.map(|name| client.named(name)),
            "allowed_actions": ["indices_all"],
        }],
    })
}

#[tokio::test]
async fn the_rights_that_are_documented_are_enough() {
    let Some(mut config) = administrator() else { return };
    within(90, async {
        let admin = Client::new(config.clone()).unwrap();
        let name = admin.named("user");
        let api = |what: &str| format!("/_plugins/_security/api/{what}/{name}");
        for (what, body) in [
            ("roles", role(&admin)),
            ("internalusers", json!({"password": PASSWORD})),
            ("rolesmapping", json!({"users": [name]})),
        ] {
            admin.ask(Method::Put, &api(what), &[], Some(&body)).await.unwrap();
        }

        config.login = Some((name.clone(), PASSWORD.into()));
        let own = Own::with(config).await;
        let events = random::events(&mut Rng::seeded("secure"), 1, 40, "acme");
        assert_eq!(own.cluster.index(&events).await.unwrap().created, 40);
        assert_eq!(own.cluster.index(&events).await.unwrap().known, 40);
        own.cluster.client().refresh().await.unwrap();
        assert_eq!(own.cluster.count(&Select::all("acme")).await.unwrap(), 40);
        own.cluster.look().await.unwrap();
        assert_eq!(own.cluster.client().health().await.unwrap().drift, [""; 0]);
        let before: BTreeMap<_, _> =
            [(model::retention::DataClass::Events, "9999-12-31".to_owned())].into();
        let shares = own.cluster.shares(&before).await.unwrap();
        assert!(!shares.is_empty() && !own.cluster.let_go(&shares).await.unwrap().is_empty());

        drop(own);
        for what in ["rolesmapping", "internalusers", "roles"] {
            admin.ask(Method::Delete, &api(what), &[], None).await.unwrap();
        }
    })
    .await;
}

async fn status(config: &Config, change: fn(&mut Config)) -> Result<(String, i64), ClusterError> {
    let mut config = config.clone();
    change(&mut config);
    Client::new(config).unwrap().status().await
}

#[tokio::test]
async fn who_is_not_trusted_is_told_apart() {
    let Some(config) = administrator() else { return };
    let config = &config;
    within(60, async {
        assert!(status(config, |_| {}).await.is_ok());
        let told = status(config, |c| c.login = Some(("admin".into(), "wrong".into()))).await;
        assert!(matches!(told, Err(ClusterError::Refused { status: 401, .. })), "{told:?}");
        let told = status(config, |c| c.login = None).await;
        assert!(matches!(told, Err(ClusterError::Refused { status: 401, .. })), "{told:?}");
        // its authority is none of the system's
        let told = status(config, |c| c.ca = None).await;
        assert!(
            matches!(&told, Err(ClusterError::Away(why)) if why.contains("certificate")),
            "{told:?}"
        );
        assert!(status(config, |c| (c.ca, c.verify) = (None, false)).await.is_ok());
    })
    .await;
}
