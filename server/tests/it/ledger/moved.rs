//! The read half of the ledger, before and after the installation moved to another database.
use super::{
    entries, name, recipes,
    world::{World, settings},
};
use crate::support::sqlite;
use http::Method;
use platform::{Entry, ledger::Kind};
use serde_json::{Value, json};
use std::{collections::BTreeMap, process::Output};
use testkit::{Client, PgDatabase, TestServer};

/// What has no end, or tells of this process and not of what is stored.
const NOT_ASKED: [&str; 2] = ["/stream", "/metrics"];
/// Members of answers that depend on the moment or the request.
const PASSING: [&str; 6] = ["request_id", "took_ms", "disk", "range", "series", "lag"];

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

fn lasting(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(k, _)| !PASSING.contains(&k.as_str()));
            Value::Object(kept.map(|(k, v)| (k, lasting(v))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(lasting).collect()),
        other => other,
    }
}

/// The addresses of a route: one, or one for each of the first things of its list.
async fn addresses(admin: &Client, entry: &Entry) -> Vec<String> {
    let required = entry.query.iter().filter(|q| q.required);
    let query: Vec<String> = required
        .map(|q| format!("{}={}", q.name, if q.name == "field" { "event.dataset" } else { "1" }))
        .collect();
    let mark = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let Some((list, rest)) = entry.path.split_once("/{id}") else {
        return vec![format!("{}{mark}", entry.path)];
    };
    let listed = admin.get(list).await;
    let Ok(Value::Array(items)) = serde_json::from_slice(&listed.body) else { return Vec::new() };
    let ids = items.iter().filter_map(|i| i["id"].as_i64().or_else(|| i["event_id"].as_i64()));
    ids.take(5).map(|id| format!("{list}/{id}{rest}{mark}")).collect()
}

/// What every route that reads answers the administrator, by its address.
async fn read_half(admin: &Client) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for entry in entries().await {
        let reads = entry.method == Method::GET && entry.kind == Kind::Api;
        if !reads || NOT_ASKED.contains(&entry.path) {
            continue;
        }
        for path in addresses(admin, entry).await {
            let reply = admin.get(&path).await;
            let body = serde_json::from_slice(&reply.body).unwrap_or_else(|_| json!(reply.text()));
            let (total, next) = (reply.header("x-total-count"), reply.header("x-next-cursor"));
            let answer = json!({"status": reply.status, "total": total, "next": next, "body": lasting(body)});
            all.insert(path, answer);
        }
    }
    all
}

/// Addresses that answer otherwise, with both answers.
fn differences(before: &BTreeMap<String, Value>, after: &BTreeMap<String, Value>) -> Vec<String> {
    let paths = before.keys().chain(after.keys().filter(|p| !before.contains_key(*p)));
    let differ = paths.filter(|p| before.get(*p) != after.get(*p));
    let none = json!("not asked");
    differ
        .map(|p| {
            let of = |m: &BTreeMap<String, Value>| m.get(p).unwrap_or(&none).to_string();
            format!("{p}\n  before {}\n  after  {}", of(before), of(after))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_database_answers_the_same() {
    let Some(database) = PgDatabase::fresh().await else { return };
    let url = database.url();
    let mut world = World::new(sqlite()).await;
    // something of every kind
    for (n, entry) in entries().await.iter().enumerate() {
        let reads = entry.method == Method::GET || (entry.kind == Kind::ServerFn && !entry.audited);
        if !reads && let Some(call) = recipes::prepare(&world, &name(entry), n).await {
            call.send().await;
        }
    }
    let before = read_half(&world.admin).await;
    assert!(before.len() > 40, "{:?}", before.keys());

    let data = world.server.data().display().to_string();
    let (here, there) = (format!("sqlite:{data}"), format!("postgres:{url}"));
    let refused = world.server.run(&["migrate-store", "--from", &here, "--to", &there]).await;
    assert_eq!(refused.status.code(), Some(1), "the server is running: {}", said(&refused));
    assert!(said(&refused).contains("in use by another eventsec"), "{}", said(&refused));
    world.server.terminate().await;
    let moved = world.server.run(&["migrate-store", "--from", &here, "--to", &there]).await;
    assert!(moved.status.success(), "{}", said(&moved));
    println!("{}", said(&moved));
    world.server.set_env("EVENTSEC_DATABASE_URL", &url);
    world.server.restart().await;
    let on_postgres = differences(&before, &read_half(&world.admin).await);
    assert!(on_postgres.is_empty(), "{} differ:\n{}", on_postgres.len(), on_postgres.join("\n"));

    // and back, into another folder, with the parts
    world.server.terminate().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let other = folder.path().join("data");
    let (back, beside) = (format!("sqlite:{}", other.display()), other.display().to_string());
    let half = world.server.run(&["migrate-store", "--from", &there, "--to", &back]).await;
    assert!(said(&half).contains("--data-to"), "the parts would stay behind: {}", said(&half));
    let arguments = ["migrate-store", "--from", "postgres", "--to", &back, "--data-to", &beside];
    let moved = world.server.run(&arguments).await;
    assert!(moved.status.success(), "{}", said(&moved));
    let twice = world.server.run(&arguments).await;
    assert!(said(&twice).contains("not empty"), "{}", said(&twice));
    let mut server = TestServer::start(settings(sqlite().data(&other))).await;
    let admin = server.anonymous().with_token(world.admin.token().expect("signed in"));
    let on_sqlite = differences(&before, &read_half(&admin).await);
    assert!(on_sqlite.is_empty(), "{} differ:\n{}", on_sqlite.len(), on_sqlite.join("\n"));
    server.terminate().await;
    for check in [["audit", "verify"], ["lake", "check"]] {
        let out = server.run(&check).await;
        assert!(out.status.success(), "{check:?}: {}", said(&out));
    }
}
