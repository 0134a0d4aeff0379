//! `eventsec check` where OpenSearch holds the events: what was acknowledged is there, once, and what is not is named.
use crate::support::{SOON, event};
use serde_json::{Value, json};
use std::{fmt::Write, time::Duration};
use testkit::{TestServer, fleet::Fleet, wait_for};

/// Status, and what was said.
async fn check(server: &TestServer, file: &str) -> (Option<i32>, String) {
    let out = server.run(&["check", "--acked", file]).await;
    let text = [out.stdout, out.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
    (out.status.code(), text)
}

/// Index and content of an event's document.
async fn document(fleet: &Fleet, id: i64) -> (String, Value) {
    let path = format!("/{}events-v1/_search", fleet.prefix());
    let query = json!({"query": {"ids": {"values": [id.to_string()]}}});
    let answer = fleet.ask(reqwest::Method::POST, &path, Some(&query)).await;
    let hit = &answer["hits"]["hits"][0];
    (hit["_index"].as_str().expect("an index").to_owned(), hit["_source"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_in_opensearch_once() {
    let Some(mut fleet) = Fleet::start(&["all"], None).await else { return };
    let test = async {
        let admin = fleet.admin().await;
        let lines: Vec<String> =
            (0..30).map(|i| event("c", &format!("kappa-{i}")).to_string()).collect();
        let answer = admin.post_raw("/events", &[], lines.join("\n")).await.ok().json();
        let first = answer["first_id"].as_i64().expect("an id");
        let mut list = String::new();
        for i in 0..30 {
            writeln!(list, "{} kappa-{i}", first + i).expect("a text grows");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("acked");
        std::fs::write(&file, &list).expect("the list is written");
        let file = file.display().to_string();
        wait_for("an empty journal", SOON, async || {
            let view = admin.get("/pipeline").await.ok().json();
            if view["journal"]["bytes"] == json!(0) { Ok(()) } else { Err(view) }
        })
        .await;
        fleet.refresh().await;

        let (status, text) = check(&fleet.members[0].1, &file).await;
        assert!(status == Some(1) && text.contains("in use by another eventsec"), "{text}");
        fleet.members[0].1.terminate().await;
        let (status, text) = check(&fleet.members[0].1, &file).await;
        let sound = "checked: 30 acknowledged, 30 stored, 0 lost, 0 doubled, 0 faults";
        assert!(status == Some(0) && text.contains(sound), "{text}");

        // one is gone, one is there twice, and one is nobody's
        let (index, _) = document(&fleet, first).await;
        let (put, delete) = (reqwest::Method::PUT, reqwest::Method::DELETE);
        let path = format!("/{index}/_doc/{first}?refresh=true");
        fleet.ask(delete, &path, None).await;
        let (_, copy) = document(&fleet, first + 1).await;
        let other = format!("{}host-events-2020.01.01", fleet.prefix());
        let path = format!("/{other}/_doc/{}?refresh=true", first + 1);
        fleet.ask(put.clone(), &path, Some(&copy)).await;
        let path = format!("/{other}/_doc/strange?refresh=true");
        fleet.ask(put, &path, Some(&json!({"message": "whose am I"}))).await;
        let (status, text) = check(&fleet.members[0].1, &file).await;
        assert_eq!(status, Some(1), "{text}");
        for said in [
            format!("lost: event {first} (kappa-0)"),
            format!("doubled: event {} is in index {index} and in another one", first + 1),
            format!("index {other}: 1 documents are no events of ours"),
            "checked: 30 acknowledged, 29 stored, 1 lost, 1 doubled, 1 faults".to_owned(),
        ] {
            assert!(text.contains(&said), "{said:?} in {text}");
        }
    };
    tokio::time::timeout(Duration::from_secs(60), test).await.expect("in time");
}
