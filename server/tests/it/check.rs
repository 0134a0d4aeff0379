//! `eventsec check`: a sound installation passes, and what is wrong with another one is named.
use crate::support::{SOON, event, on_both, started};
use serde_json::{Value, json};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};
use testkit::TestServer;

/// Status, and what was said.
async fn check(server: &TestServer, more: &[&str]) -> (Option<i32>, String) {
    let out = server.run(&[&["check"][..], more].concat()).await;
    let text = [out.stdout, out.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
    (out.status.code(), text)
}

fn parts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => found.extend(parts(&path)),
            false if path.extension().is_some_and(|e| e == "parquet") => found.push(path),
            false => {}
        }
    }
    found
}

on_both! {
    async fn what_was_acknowledged_is_there_and_what_is_not_is_named(options) {
        let (mut server, admin) = started(options.env("EVENTSEC_LIMITS_HEAD_AGE", "1s")).await;
        let mut list = String::new();
        let lines: Vec<String> = (0..20).map(|i| event("c", &format!("kappa-{i}")).to_string()).collect();
        let first = admin.post_raw("/events", &[], lines.join("\n")).await.ok().json()["first_id"].as_i64().expect("an id");
        for i in 0..20 {
            writeln!(list, "{} kappa-{i}", first + i).expect("a text grows");
        }
        let lake = server.data().join("lake");
        testkit::wait_for("a part", SOON, async || match parts(&lake).len() {
            0 => Err("none yet"),
            _ => Ok(()),
        }).await;
        let one = admin.post("/events", &event("c", "lambda")).await.ok().json()["id"].as_i64().expect("an id");
        writeln!(list, "{one} lambda").expect("a text grows");
        let file = server.data().join("acked");
        std::fs::write(&file, &list).expect("the list is written");
        let named = file.display().to_string();
        let acked = ["--acked", named.as_str()];

        let (status, text) = check(&server, &acked).await;
        assert!(status == Some(1) && text.contains("in use by another eventsec"), "{text}");
        server.terminate().await;
        let (status, text) = check(&server, &acked).await;
        assert!(status == Some(0) && text.contains("checked: 21 acknowledged, 21 stored, 0 lost, 0 doubled, 0 faults"), "{text}");
        let (_, text) = check(&server, &["--json"]).await;
        let json = text.lines().find_map(|l| serde_json::from_str::<Value>(l).ok()).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((&json["stored"], &json["acknowledged"], &json["lost"]["count"]), (&json!(21), &json!(0), &json!(0)));

        std::fs::write(&file, format!("{list}999 mu\n{first} nu\n")).expect("the list is written");
        let (status, text) = check(&server, &acked).await;
        assert!(status == Some(1) && text.contains("lost: event 999 (mu)") && text.contains("for two events"), "{text}");
        std::fs::write(&file, &list).expect("the list is written");
        let part = parts(&lake).remove(0);
        let mut bytes = std::fs::read(&part).expect("the part is read");
        bytes[100] ^= 1;
        std::fs::write(&part, bytes).expect("the part is written");
        let (status, text) = check(&server, &acked).await;
        assert!(status == Some(1) && text.contains("checksum") && text.contains("lost: event"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_is_nothing_is_made() {
    let (mut server, _admin) = started(crate::support::sqlite()).await;
    server.terminate().await;
    let nowhere = server.data().join("nowhere");
    let (status, text) = check(&server, &["--data", &nowhere.display().to_string()]).await;
    assert!(status == Some(1) && text.contains("there is no installation"), "{text}");
    assert!(!nowhere.exists());
    let (status, text) = check(&server, &["--acked", "/nowhere/at/all"]).await;
    assert!(status == Some(1) && text.contains("cannot be read"), "{text}");
}
