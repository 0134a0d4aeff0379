//! The road an event takes, from the request to search, alert and push.
use crate::support::{SOON, colleague, event, on_both, started, wait_events};
use model::live::Note;
use serde_json::{Value, json};
use testkit::encode::Encoding;

/// Posts lines of JSON.
async fn post_lines(client: &testkit::Client, lines: &[String], headers: &[(&str, &str)]) -> Value {
    client.post_raw("/events", headers, lines.join("\n")).await.ok().json()
}

on_both! {
    async fn a_bad_event_leaves_its_neighbours(options) {
        let (_server, admin) = started(options).await;
        let batch = json!([
            event("test_a", "alphaone"),
            {"event_type": "test_b", "severity": "dire"},
            event("test_c", "alphatwo"),
            "not an object",
            {"severity": "low"},
        ]);
        let receipt = admin.post("/events", &batch).await.ok().json();
        assert_eq!((&receipt["accepted"], &receipt["rejected"]), (&json!(2), &json!(3)), "{receipt}");
        let errors: Vec<_> = receipt["errors"].as_array().expect("a list").iter()
            .map(|e| (e["index"].as_i64().unwrap_or(-1), e["reason"].as_str().unwrap_or(""), e["pointer"].as_str().unwrap_or("")))
            .collect();
        assert_eq!(errors, [(1, "invalid_severity", "/severity"), (3, "invalid_payload", ""), (4, "missing_event_type", "/event_type")]);
        wait_events(&admin, "alphaone", 1).await;
        wait_events(&admin, "alphatwo", 1).await;

        let letters = admin.get("/dead-letters").await.ok().page().items;
        assert_eq!(letters.len(), 3, "{letters:?}");
        let dire = letters.iter().find(|l| l["batch_index"] == 1).expect("the second event is kept");
        assert_eq!((&dire["reason"], &dire["pointer"]), (&json!("invalid_severity"), &json!("/severity")));
        assert!(dire["raw"].as_str().is_some_and(|raw| raw.contains("dire")), "{dire}");
    }

    async fn one_event_answers_with_its_id_and_keeps_its_details(options) {
        let (_server, admin) = started(options).await;
        let sent = json!({"event_type": "edr.process", "severity": "high", "category": "edr", "details": {"hostname": "WS-7", "n": 1.50, "deep": {"a": [1, null]}, "token": "betaone"}});
        let answer = admin.post("/events", &sent).await.ok().json();
        let id = answer["id"].as_i64().expect("the event has an id");
        assert_eq!((&answer["event_type"], &answer["severity"]), (&json!("edr.process"), &json!("high")));
        wait_events(&admin, "betaone", 1).await;
        let found = admin.query("/events", &[("query", "details.token:betaone")]).await.ok().page();
        assert_eq!(found.items.len(), 1, "{found:?}");
        assert_eq!(found.items[0]["event_id"], json!(id));
        assert_eq!(found.items[0]["details"], sent["details"], "details as sent");

        let refused = admin.post("/events", &json!({"event_type": "x", "severity": "dire", "details": {}})).await;
        assert_eq!((refused.status, &refused.json()["errors"][0]["pointer"]), (422, &json!("/severity")), "{}", refused.text());
        assert_eq!(admin.get("/dead-letters").await.ok().page().items.len(), 0, "a single sender keeps its event");
    }

    async fn a_batch_sent_again_is_stored_once(options) {
        let (_server, admin) = started(options).await;
        let timeless = [event("t", "gammaone").to_string(), event("t", "gammatwo").to_string()];
        let key = [("idempotency-key", "batch-1")];
        let first = post_lines(&admin, &timeless, &key).await;
        let second = post_lines(&admin, &timeless, &key).await;
        assert_eq!((first["repeated"].as_bool(), second["repeated"].as_bool()), (Some(false), Some(true)), "{first} {second}");
        assert_eq!(first["first_id"], second["first_id"]);
        wait_events(&admin, "gammaone", 1).await;
        // without a key and without times of their own, equal events may be meant twice
        post_lines(&admin, &timeless, &[]).await;
        wait_events(&admin, "gammaone", 2).await;

        let Some(dir) = testkit::data_dir() else { return };
        let events = testkit::data::windows_events(&dir).expect("the events can be read");
        let real: Vec<String> = events[..40].iter().enumerate().map(|(i, e)| testkit::stamp::mark(e, &format!("gammathree e{i}"))).collect();
        let first = post_lines(&admin, &real, &[]).await;
        let second = post_lines(&admin, &real, &[]).await;
        assert_eq!((&first["accepted"], &second["repeated"]), (&json!(40), &json!(true)), "{first} {second}");
        wait_events(&admin, "gammathree", 40).await;
    }

    async fn packed_bodies_are_unpacked(options) {
        let (_server, admin) = started(options).await;
        for encoding in Encoding::ALL {
            let token = format!("delta{}", encoding.as_str());
            let lines: Vec<String> = (0..50).map(|_| event("packed", &token).to_string()).collect();
            let body = encoding.pack(lines.join("\n").as_bytes());
            let answer = admin.post_raw("/events", &[("content-encoding", encoding.as_str())], body).await.ok().json();
            assert_eq!(answer["accepted"], json!(50), "{encoding:?}");
            wait_events(&admin, &token, 50).await;
        }
        let broken = admin.post_raw("/events", &[("content-encoding", "gzip")], "not gzip").await;
        assert_eq!(broken.status, 400, "{}", broken.text());
        let unknown = admin.post_raw("/events", &[("content-encoding", "snappy")], "x").await;
        assert_eq!(unknown.status, 415, "{}", unknown.text());
    }

    async fn what_is_too_large_is_refused_whole(options) {
        let (_server, admin) = started(options).await;
        let network = |events: Vec<Value>| json!({"source": "suricata", "sensor": {"name": "edge", "kind": "suricata"}, "events": events});
        let flow = json!({"timestamp": "2026-01-02T03:04:05.000000+0000", "event_type": "flow", "src_ip": "192.0.2.1", "dest_ip": "192.0.2.2", "proto": "TCP"});
        let many = admin.post("/ingest/network/bulk", &network(vec![flow.clone(); 1_001])).await;
        assert_eq!((many.status, &many.json()["detail"]), (413, &json!("Too many events in batch")));
        // 17 MiB as sent
        let mut fat = flow.clone();
        fat["payload"] = json!("A".repeat(174_000));
        let large = admin.post("/ingest/network/bulk", &network(vec![fat; 100])).await;
        assert_eq!((large.status, &large.json()["code"]), (413, &json!("too_large")), "{}", large.text());

        let lines: Vec<String> = (0..10_001).map(|_| "{\"event_type\":\"t\",\"severity\":\"low\"}".to_owned()).collect();
        let many = admin.post_raw("/events", &[], lines.join("\n")).await;
        assert_eq!(many.status, 413, "{}", many.text());
        // 80 MB of blanks in a few kilobytes
        let bomb = Encoding::Gzip.pack(&vec![b' '; 80 << 20]);
        let unpacked = admin.post_raw("/events", &[("content-encoding", "gzip")], bomb).await;
        assert_eq!(unpacked.status, 413, "{}", unpacked.text());
        assert_eq!(admin.count("").await, 0, "nothing of it is stored");
        let ok = admin.post("/ingest/network/bulk", &network(vec![flow; 1_000])).await.ok().json();
        assert_eq!(ok["accepted"], json!(1_000));
    }

    async fn lines_are_read_one_by_one(options) {
        let (_server, admin) = started(options).await;
        let lines = [event("l", "epsilonone").to_string(), "{\"event_type\":\"l\",".into(), String::new(), event("l", "epsilontwo").to_string()];
        let answer = post_lines(&admin, &lines, &[("content-type", "application/x-ndjson")]).await;
        assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(2), &json!(1)), "{answer}");
        assert_eq!((&answer["errors"][0]["index"], &answer["errors"][0]["reason"]), (&json!(1), &json!("invalid_json")));
        wait_events(&admin, "epsilonone OR epsilontwo", 2).await;
        let letters = admin.get("/dead-letters").await.ok().page().items;
        assert_eq!(letters[0]["raw"], json!("{\"event_type\":\"l\","));
    }

    async fn an_alert_reaches_the_whole_team_at_once(options) {
        let (server, admin) = started(options).await;
        let bea = colleague(&server, &admin, "analyst").await;
        let rule = json!({"name": "Zeta was said", "severity": "high", "window_minutes": 0, "conditions": {"details.token": "zetaone"}});
        let rule = admin.post("/rules/detections", &rule).await.ok().json();
        let mut notes = bea.notes().await;
        let event_id = admin.post("/events", &event("say", "zetaone")).await.ok().json()["id"].clone();
        let id = notes.find("the alert", SOON, |n| match n {
            Note::Alert { id, title, .. } if title == "Zeta was said" => Some(*id),
            _ => None,
        }).await;
        let alert = bea.get(&format!("/alerts/{id}")).await.ok().json();
        assert_eq!((&alert["rule_id"], &alert["severity"], &alert["status"]), (&rule["id"], &json!("high"), &json!("open")), "{alert}");
        assert_eq!(alert["event_ids"], json!([event_id]));
        let listed = bea.get("/alerts").await.ok().page();
        assert!(listed.items.iter().any(|a| a["id"] == json!(id)), "{listed:?}");
        wait_events(&bea, "zetaone", 1).await;

        // a rule that is switched off raises nothing: the next alert that comes is the other rule's
        admin.patch(&format!("/rules/detections/{}", rule["id"]), &json!({"enabled": false})).await.ok();
        let other = json!({"name": "Eta was said", "severity": "low", "window_minutes": 0, "conditions": {"details.token": "etaone"}});
        admin.post("/rules/detections", &other).await.ok();
        admin.post("/events", &event("say", "zetaone")).await.ok();
        admin.post("/events", &event("say", "etaone")).await.ok();
        let next = notes.find("an alert", SOON, |n| match n {
            Note::Alert { title, .. } => Some(title.clone()),
            _ => None,
        }).await;
        assert_eq!(next, "Eta was said");
    }

    async fn what_was_acknowledged_survives_sigterm_and_kill(options) {
        let (mut server, admin) = started(options).await;
        admin.post("/events", &event("stay", "thetaone")).await.ok();
        assert!(server.terminate().await.success());
        server.restart().await;
        wait_events(&admin, "thetaone", 1).await;
        admin.post("/events", &event("stay", "thetatwo")).await.ok();
        server.kill();
        server.restart().await;
        wait_events(&admin, "thetaone OR thetatwo", 2).await;
    }

    async fn sample_data_says_that_it_is(options) {
        let (_server, admin) = started(options).await;
        admin.post_raw("/events", &[("x-eventsec-sample", "1")], event("s", "iotaone").to_string()).await.ok();
        admin.post("/events", &event("s", "iotatwo")).await.ok();
        wait_events(&admin, "iotaone OR iotatwo", 2).await;
        for (token, sample) in [("iotaone", true), ("iotatwo", false)] {
            let found = admin.query("/events", &[("query", token)]).await.ok().page().items;
            assert_eq!(found[0]["sample"], json!(sample), "{}", found[0]);
        }
    }
}
