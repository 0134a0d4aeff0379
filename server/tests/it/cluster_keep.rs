//! What the leading process does in OpenSearch beside storing events: days past their time go, and alerts and dead letters are
//! copied for people who read it themselves.
use crate::support::SOON;
use ::cluster::{Cluster, Config};
use http::Method;
use model::{Micros, event::Event, retention::RetentionPolicy, time::DAY};
use search::conformance::random::{self, Rng};
use serde_json::{Value, json};
use std::time::Duration;
use store::{AuditRow, Pools, Store, Target};
use testkit::{Client, fleet::Fleet, wait_for};

/// Ten events of the tenant, received so many days ago, past the program.
async fn fill(fleet: &Fleet, first: i64, tenant: &str, source: &str, age: i64) {
    let mut config = Config::at(fleet.search_url());
    config.prefix = fleet.prefix().into();
    let cluster = Cluster::new(config).expect("an address");
    let now = platform::clock::now();
    let mut events: Vec<Event> = random::events(&mut Rng::seeded("kept"), first, 10, tenant);
    for e in &mut events {
        e.source = source.into();
        e.received_at = Micros(now.0 - age * DAY);
    }
    let done = cluster.index(&events).await.expect("OpenSearch takes events");
    assert_eq!(done.created, 10, "{done:?}");
}

async fn put(admin: &Client, policy: &Value) -> Value {
    let request = admin.request(Method::PUT, "/admin/retention").json(policy);
    admin.send(request).await.ok().json()
}

/// OpenSearch may have merged meanwhile, so bytes differ.
fn without_bytes(report: &Value) -> Value {
    let mut report = report.clone();
    for class in report["classes"].as_array_mut().into_iter().flatten() {
        class["bytes"] = Value::Null;
    }
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_past_their_time_go_from_opensearch() {
    let Some(fleet) = Fleet::start(&["all"], None).await else { return };
    let test = tokio::time::timeout(Duration::from_secs(60), async {
        let admin = fleet.admin().await;
        for (first, tenant, source, age) in [
            (1_000_001, "default", "windows", 40),
            (1_000_011, "default", "windows", 20),
            (1_000_021, "default", "zeek", 20),
            (1_000_031, "somebody", "zeek", 20),
            (1_000_041, "default", "windows", 1),
        ] {
            fill(&fleet, first, tenant, source, age).await;
        }
        fleet.refresh().await;
        let policy =
            json!({"events": 30, "network": 7, "alerts": null, "dead_letters": null, "hold": true});
        let set = put(&admin, &policy).await;
        assert_eq!(
            (&set["disk"], &set["keep_free_percent"]),
            (&Value::Null, &json!(0)),
            "that disk is nobody's here"
        );
        let preview = async || admin.get("/admin/retention/preview").await.ok().json();
        let held = preview().await;
        assert!(
            held["classes"].as_array().expect("classes").iter().all(|c| c["events"] == json!(0)),
            "{held}"
        );

        let mut policy = policy;
        policy["hold"] = json!(false);
        put(&admin, &policy).await;
        let seen = preview().await;
        let told = |report: &Value| -> Vec<(i64, i64)> {
            let classes = report["classes"].as_array().cloned().unwrap_or_default();
            let number = |c: &Value, name: &str| c[name].as_i64().unwrap_or(-1);
            classes.iter().take(2).map(|c| (number(c, "parts"), number(c, "events"))).collect()
        };
        assert_eq!(told(&seen), [(1, 10), (1, 10)], "{seen}");
        let done = admin.post("/admin/retention/run", &json!({})).await.ok().json();
        assert_eq!(
            without_bytes(&done),
            without_bytes(&seen),
            "what was deleted is what was announced"
        );
        fleet.refresh().await;
        assert_eq!(admin.count("*").await, 20);
        assert_eq!(told(&preview().await), [(0, 0), (0, 0)]);
        // the other tenant's events of a day that is shared stay, and a day of one tenant alone is gone
        let indexes =
            fleet.ask(reqwest::Method::GET, &format!("/{}*-events-*", fleet.prefix()), None).await;
        let names: Vec<&String> = indexes.as_object().expect("indexes").keys().collect();
        let day = |age: i64| platform::clock::now().plus(-age * DAY).format("%Y.%m.%d");
        let has = |name: String| names.iter().any(|n| n.ends_with(&name));
        assert!(
            !has(format!("host-events-{}", day(40))) && has(format!("network-events-{}", day(20))),
            "{names:?}"
        );
        let query = json!({"query": {"term": {"eventsec.tenant": "somebody"}}});
        let path = format!("/{}events-v1/_count", fleet.prefix());
        let left = fleet.ask(reqwest::Method::POST, &path, Some(&query)).await;
        assert_eq!(left["count"], json!(10), "{left}");
        let told = admin.query("/audit", &[("action", "retention.run")]).await.ok().page().items;
        assert_eq!((told.len(), &told[0]["after"]), (1, &done));
    });
    test.await.expect("in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_another_process_sets_keeps_the_days_that_a_run_has_chosen() {
    let Some(fleet) = Fleet::start(&["all"], None).await else { return };
    let test = tokio::time::timeout(Duration::from_secs(60), async {
        let admin = fleet.admin().await;
        fill(&fleet, 1_000_001, "default", "windows", 40).await;
        // of a day that is shared events are deleted, of one tenant's own the index
        fill(&fleet, 1_000_011, "default", "zeek", 20).await;
        fill(&fleet, 1_000_021, "somebody", "zeek", 20).await;
        fleet.refresh().await;
        let policy = json!({"events": 30, "network": 7, "alerts": null, "dead_letters": null, "hold": false});
        put(&admin, &policy).await;
        let seen = admin.get("/admin/retention/preview").await.ok().json();
        assert_eq!(
            (&seen["classes"][0]["events"], &seen["classes"][1]["events"]),
            (&json!(10), &json!(10)),
            "{seen}"
        );

        // what the run waits for after it has chosen: its row in the audit trail
        let target = Target::Postgres(fleet.database_url());
        let other = Store::open(&target, Pools { read: 1, postgres: 3 }).await.expect("it opens");
        let now = platform::clock::now();
        let mut tx = other.begin().await.expect("it begins");
        let row = AuditRow {
            actor: "bea@x.org".into(),
            action: "retention.update".into(),
            ..Default::default()
        };
        tx.audit("default", &row, now).await.expect("a row is written");
        let nothing = json!({});
        let (run, ()) = tokio::join!(admin.post("/admin/retention/run", &nothing), async {
            // if this is too short, the run chooses nothing, and the rest holds all the same
            tokio::time::sleep(Duration::from_millis(500)).await;
            let held = RetentionPolicy {
                events: Some(30),
                network: Some(7),
                hold: true,
                ..Default::default()
            };
            tx.set_retention("default", &held, now).await.expect("it is set");
            tx.commit().await.expect("it is stored");
            other.deletions_ended().await.expect("nothing is being deleted");
        });
        assert!([200, 409].contains(&run.status), "{} {}", run.status, run.text());
        fleet.refresh().await;
        assert_eq!(admin.count("*").await, 20);

        put(&admin, &policy).await;
        admin.post("/admin/retention/run", &json!({})).await.ok();
        fleet.refresh().await;
        assert_eq!(admin.count("*").await, 0);
        other.close().await;
    });
    test.await.expect("in time");
}

/// Waits until OpenSearch's copy under these readers' name fits; `null`: there is none.
async fn copied(fleet: &Fleet, what: &str, readers: &str, id: i64, fits: impl Fn(&Value) -> bool) {
    let path = format!("/{}{readers}/_search?ignore_unavailable=true", fleet.prefix());
    let query = json!({"query": {"ids": {"values": [id.to_string()]}}});
    wait_for(what, SOON, async || {
        let answer = fleet.ask(reqwest::Method::POST, &path, Some(&query)).await;
        let hits = answer["hits"]["hits"].as_array().cloned().unwrap_or_default();
        let doc = hits.first().map_or(Value::Null, |hit| hit["_source"].clone());
        if hits.len() < 2 && fits(&doc) { Ok(()) } else { Err(answer) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alerts_and_dead_letters_are_copied_and_followed() {
    let Some(fleet) = Fleet::start(&["all"], None).await else { return };
    let test = tokio::time::timeout(Duration::from_secs(80), async {
        let admin = fleet.admin().await;
        let new =
            json!({"title": "Copied", "description": "d", "source": "test", "severity": "high"});
        let alert = admin.post("/alerts", &new).await.ok().json();
        let id = alert["id"].as_i64().expect("an alert has an id");
        copied(&fleet, "the alert's copy", "alerts-v1", id, |doc| {
            doc["title"] == json!("Copied")
                && doc["status"] == json!("open")
                && doc["tenant_id"] == json!("default")
        })
        .await;
        let change = json!({"status": "closed", "conclusion": "seen enough"});
        admin.patch(&format!("/alerts/{id}"), &change).await.ok();
        copied(&fleet, "the closed alert", "alerts-v1", id, |doc| {
            doc["status"] == json!("closed")
                && doc["conclusion"] == json!("seen enough")
                && doc["closed_at"].is_string()
        })
        .await;
        // somebody loses the whole index: it is filled anew
        let index = format!("/{}alerts-000001", fleet.prefix());
        fleet.ask(reqwest::Method::DELETE, &index, None).await;
        copied(&fleet, "the copy that was lost", "alerts-v1", id, |doc| {
            doc["status"] == json!("closed")
        })
        .await;
        admin.delete(&format!("/alerts/{id}")).await.ok();
        copied(&fleet, "no copy of a deleted alert", "alerts-v1", id, Value::is_null).await;

        admin.post("/events", &json!([{"event_type": "b", "severity": "dire"}, {"event_type": "a", "severity": "low"}])).await.ok();
        let letters = admin.get("/dead-letters").await.ok().page().items;
        let id = letters[0]["id"].as_i64().expect("a letter has an id");
        copied(&fleet, "the letter's copy", "dlq-events-*", id, |doc| {
            doc["error_code"] == json!("invalid_severity")
                && doc["error_stage"] == json!("intake")
                && doc["replay_count"] == json!(0)
        })
        .await;
        admin.post("/dead-letters/replay", &json!({"ids": [id]})).await.ok();
        copied(&fleet, "the replay", "dlq-events-*", id, |doc| doc["replay_count"] == json!(1))
            .await;
        admin.post("/dead-letters/delete", &json!({"ids": [id]})).await.ok();
        copied(&fleet, "no copy of a deleted letter", "dlq-events-*", id, Value::is_null).await;
        let health = admin.get("/health/opensearch").await.ok().json();
        assert_eq!(health["drift"], Value::Null, "{health}");
    });
    test.await.expect("in time");
}
