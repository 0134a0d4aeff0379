//! Real Windows event logs, flat and nested, go in through `POST /events` and come out with their class.
use crate::support::{on_both, started, wait_events};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testkit::{Client, data};

/// Events of one request.
const BATCH: usize = 500;

/// Posts lines in batches, each whole.
async fn post(client: &Client, lines: &[String]) {
    for batch in lines.chunks(BATCH) {
        let n = batch.len() as i64;
        let answer = client
            .post_raw("/events", &[("content-type", "application/x-ndjson")], batch.join("\n"))
            .await
            .ok()
            .json();
        // one line alone is one event, and answers as such
        if n > 1 {
            assert_eq!(
                (&answer["accepted"], &answer["rejected"]),
                (&json!(n), &json!(0)),
                "{answer}"
            );
        }
    }
}

/// Counts by data set, as the server tells them.
async fn datasets(client: &Client) -> BTreeMap<String, i64> {
    let top = client.get("/events/top?field=event.dataset&values=100").await.ok().json();
    let values = top["values"].as_array().expect("a list").clone();
    values
        .iter()
        .map(|v| (v[0].as_str().expect("a name").to_owned(), v[1].as_i64().expect("a count")))
        .collect()
}

on_both! {
    async fn every_event_of_a_lab_is_taken(options) {
        let Some(dir) = testkit::data_dir() else { return };
        let lines = data::windows_events(&dir).expect("the events can be read");
        let (server, admin) = started(options).await;
        post(&admin, &lines).await;
        wait_events(&admin, "", lines.len() as i64).await;
        let sets = datasets(&admin).await;
        assert_eq!(sets.values().sum::<i64>(), lines.len() as i64);
        assert!(sets.keys().all(|d| d.starts_with("windows.")), "{sets:?}");
        // the same question asked of the records and of the server
        let id = |n: i64| move |e: &&Value| e["EventID"].as_i64() == Some(n) || e["EventID"].as_str() == Some(&n.to_string());
        let records: Vec<Value> = lines.iter().map(|l| serde_json::from_str(l).expect("JSON")).collect();
        for code in [1, 10, 4624, 4688] {
            let there = records.iter().filter(id(code)).count() as i64;
            assert_eq!(admin.count(&format!("event.code:{code}")).await, there, "event id {code}");
        }
        println!("windows: {} events, 0 rejected: {sets:?}; {} alerts", lines.len(), admin.get("/alerts?limit=1").await.ok().page().total.unwrap_or(0));
        drop(server);
    }

    async fn nested_events_keep_their_class_and_raise_alerts(options) {
        let Some(dir) = testkit::data_dir() else { return };
        let cases = data::lines(&dir.join("sigma/regression.dev.jsonl")).expect("the cases can be read");
        let mut lines = Vec::new();
        for case in &cases {
            let case: Value = serde_json::from_str(case).expect("JSON");
            lines.extend(case["events"].as_array().expect("a case has events").iter().map(Value::to_string));
        }
        let (_server, admin) = started(options).await;
        post(&admin, &lines).await;
        // equal events of two cases are meant twice: each batch is another one
        wait_events(&admin, "", lines.len() as i64).await;
        let sets = datasets(&admin).await;
        assert!(sets.contains_key("windows.sysmon") && sets.keys().all(|d| d.starts_with("windows.")), "{sets:?}");
        assert_eq!(admin.count("winlog.channel:\"Microsoft-Windows-Sysmon/Operational\"").await, sets["windows.sysmon"]);
        println!("windows, nested: {} events of {} cases, 0 rejected: {sets:?}", lines.len(), cases.len());
    }
}
