//! Every IDS log of the test data goes in through the contract's bulk route, and all of it comes out with its type.
use crate::support::{on_both, started, wait_events};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path};
use testkit::{
    Client,
    data::{self, Kind},
};

/// Events and bytes of one request, below the contract's limits (1,000 and 5,000,000).
const EVENTS: usize = 1_000;
const BYTES: usize = 4_500_000;

/// The type a record says it has, or that its file's name says.
fn kind_of(kind: Kind, record: &Value, path: &Path) -> String {
    let own = match kind {
        Kind::Suricata => record.get("event_type"),
        Kind::Zeek => record.get("_path"),
    };
    match own.and_then(Value::as_str) {
        Some(word) => word.to_lowercase(),
        None => path
            .file_name()
            .and_then(|n| n.to_str())
            .and_then(|n| n.split('.').next())
            .unwrap_or_default()
            .to_lowercase(),
    }
}

/// The records in requests that the route takes.
fn requests(records: Vec<Value>) -> Vec<Vec<Value>> {
    let mut out: Vec<Vec<Value>> = vec![Vec::new()];
    let mut size = 0;
    for record in records {
        let length = record.to_string().len();
        if out.last().is_some_and(|b| b.len() == EVENTS) || size + length > BYTES {
            out.push(Vec::new());
            size = 0;
        }
        size += length;
        if let Some(last) = out.last_mut() {
            last.push(record);
        }
    }
    out
}

/// Posts one file under a sensor of its own; answers its counts by type.
async fn post(client: &Client, kind: Kind, path: &Path, sensor: &str) -> BTreeMap<String, i64> {
    let lines = data::lines(path).expect("the log can be read");
    let records: Vec<Value> =
        lines.iter().map(|l| serde_json::from_str(l).expect("a log line is JSON")).collect();
    let mut counts = BTreeMap::new();
    for record in &records {
        *counts.entry(kind_of(kind, record, path)).or_default() += 1;
    }
    let file = path
        .file_name()
        .and_then(|n| n.to_str())
        .expect("a file has a name")
        .trim_end_matches(".gz")
        .to_owned();
    for events in requests(records) {
        let n = events.len() as i64;
        let body = json!({
            "source": kind.as_str(), "sensor": {"name": sensor, "kind": kind.as_str()}, "events": events, "meta": {"file": file},
        });
        let answer = client.post("/ingest/network/bulk", &body).await.ok().json();
        assert_eq!(
            (&answer["accepted"], &answer["rejected"]),
            (&json!(n), &json!(0)),
            "{}: {answer}",
            path.display()
        );
    }
    counts
}

on_both! {
    async fn every_file_is_taken_with_its_types(options) {
        let Some(dir) = testkit::data_dir() else { return };
        let (_server, admin) = started(options).await;
        let mut total = BTreeMap::<String, i64>::new();
        let logs = data::ids_logs(&dir).expect("the folder can be read");
        let mut sent = Vec::new();
        for (n, (kind, path)) in logs.iter().enumerate() {
            let sensor = format!("probe{n}");
            sent.push((sensor.clone(), path, post(&admin, *kind, path, &sensor).await));
        }
        for (sensor, path, counts) in &sent {
            let query = format!("observer.name:{sensor}");
            wait_events(&admin, &query, counts.values().sum()).await;
            let mut found = BTreeMap::<String, i64>::new();
            for event in admin.all("/events", &[("query", &query)]).await {
                *found.entry(event["event_type"].as_str().unwrap_or("none").to_owned()).or_default() += 1;
            }
            assert_eq!(&found, counts, "{}", path.display());
            for (kind, n) in found {
                *total.entry(kind).or_default() += n;
            }
        }
        let all: i64 = total.values().sum();
        assert!(all > 5_000, "{total:?}");
        println!("ids: {} files, {all} events, 0 rejected: {total:?}", logs.len());
        let sensors = admin.get("/network/sensors").await.ok().json();
        assert_eq!(sensors.as_array().map(Vec::len), Some(logs.len()), "each sensor is known");
    }
}
