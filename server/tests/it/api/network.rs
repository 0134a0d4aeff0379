//! Network sensors: their batches, and the contract's views of what they saw.
use crate::support::{on_both, started, wait_events};
use http::Method;
use serde_json::{Value, json};

fn alert() -> Value {
    json!({
        "timestamp": "2026-01-02T03:04:05.678901+0000", "event_type": "alert", "flow_id": 77, "src_ip": "192.0.2.1", "src_port": 50_000,
        "dest_ip": "198.51.100.2", "dest_port": 80, "proto": "TCP", "community_id": "1:x",
        "alert": {"signature": "ET TEST a \"quoted\" thing", "signature_id": 1, "severity": 1, "category": "Test"},
        "http": {"hostname": "evil.test", "url": "/a?b=c", "http_method": "GET", "status": 200},
    })
}

fn conn() -> Value {
    json!({"_path": "conn", "ts": 1_767_323_045.5, "uid": "C1", "id.orig_h": "192.0.2.1", "id.orig_p": 1234, "id.resp_h": "203.0.113.9", "id.resp_p": 443, "proto": "tcp"})
}

fn batch(source: &str, name: &str, events: Vec<Value>) -> Value {
    json!({"source": source, "sensor": {"name": name, "kind": source, "location": "Madrid"}, "events": events})
}

on_both! {
    async fn a_batch_is_taken_and_seen_in_the_contracts_shape(options) {
        let (_server, admin) = started(options.env("EVENTSEC_AGENT_TOKEN", "shared-123")).await;
        let nobody = admin.bare(Method::POST, "/ingest/network/bulk").json(&batch("suricata", "edge", vec![alert()]));
        let refused = admin.send(nobody).await;
        let text = "Invalid authentication credentials. Provide user JWT, X-Agent-Token, or X-Agent-Key header.";
        assert_eq!((refused.status, &refused.json()["detail"]), (401, &json!(text)));
        assert_eq!(refused.header("www-authenticate"), None);

        let shared = admin.bare(Method::POST, "/ingest/network/bulk").header("x-agent-token", "shared-123");
        let first = admin.send(shared.json(&batch("suricata", "edge", vec![alert()]))).await.ok().json();
        assert_eq!((&first["accepted"], &first["rejected"], &first["errors"]), (&json!(1), &json!(0), &json!([])));
        assert!(first["created_sensor_id"].is_i64(), "a new sensor is told: {first}");
        let bad = json!({"event_type": "flow", "src_ip": "192.0.2.1"});
        let second = admin.post("/ingest/network/bulk", &batch("zeek", "inner", vec![conn(), json!(7)])).await.ok().json();
        assert_eq!((&second["accepted"], &second["rejected"], &second["errors"][0]["index"]), (&json!(1), &json!(1), &json!(1)), "{second}");
        let third = admin.post("/ingest/network/bulk", &batch("suricata", "edge", vec![bad])).await.ok().json();
        assert_eq!((&third["rejected"], &third["errors"][0]["reason"]), (&json!(1), &json!("missing_timestamp")));
        assert_eq!(third["created_sensor_id"], json!(null), "known by now");
        wait_events(&admin, "", 2).await;

        let all = admin.get("/network/events").await.ok().json();
        assert_eq!(all.as_array().map(Vec::len), Some(2));
        let found = admin.get("/network/events?source=suricata&event_type=alert&dst_port=80&src_ip=192.0.2.1").await.ok().json();
        let e = &found[0];
        assert_eq!((&e["signature"], &e["src_port"], &e["dst_ip"]), (&json!("ET TEST a \"quoted\" thing"), &json!(50_000), &json!("198.51.100.2")));
        assert_eq!((&e["http_host"], &e["http_method"], &e["http_status"]), (&json!("evil.test"), &json!("GET"), &json!(200)), "{e}");
        assert_eq!((&e["sensor_name"], &e["flow_id"], &e["ts"]), (&json!("edge"), &json!("77"), &json!("2026-01-02T03:04:05.678901Z")));
        assert_eq!(e["raw"], alert(), "the record as sent");
        assert_eq!((&e["tenant_id"], &e["sensor_id"]), (&json!("default"), &first["created_sensor_id"]), "{e}");
        assert_eq!(admin.get("/network/events?event_type=flow").await.ok().json(), json!([]));
        assert_eq!(admin.get("/network/events?offset=1").await.ok().json().as_array().map(Vec::len), Some(1));
        for wrong in ["severity=11", "src_port=70000", "size=0", "size=501", "offset=-1", "start_time=soon"] {
            assert_eq!(admin.get(&format!("/network/events?{wrong}")).await.status, 422, "{wrong}");
        }

        let sensors = admin.get("/network/sensors").await.ok().json();
        let names: Vec<&str> = sensors.as_array().expect("a list").iter().filter_map(|s| s["name"].as_str()).collect();
        assert_eq!(names, ["edge", "inner"]);
        assert_eq!((&sensors[0]["status"], &sensors[0]["error_count"], &sensors[0]["location"]), (&json!("healthy"), &json!(1), &json!("Madrid")), "{sensors}");
        let stats = admin.get("/network/stats").await.ok().json();
        assert_eq!(stats["total_events"], json!(2), "{stats}");
    }

    async fn a_batch_that_is_too_large_is_told_in_the_contracts_words(options) {
        let (_server, admin) = started(options.env("EVENTSEC_LIMITS_INGEST_BODY", "64KiB")).await;
        let large = admin.post_raw("/ingest/network/bulk", &[], vec![b' '; (64 << 10) + 1]).await;
        let p = large.json();
        assert_eq!((large.status, &p["detail"]), (413, &json!("Payload too large")), "{p}");
        assert_eq!(p["errors"][0]["message"], json!("The body may have 64KiB as sent"));
    }

    async fn a_batch_sent_again_says_so_in_a_header(options) {
        let (_server, admin) = started(options).await;
        let again = "idempotent-replay";
        let first = admin.post("/ingest/network/bulk", &batch("suricata", "edge", vec![alert()])).await.ok();
        let second = admin.post("/ingest/network/bulk", &batch("suricata", "edge", vec![alert()])).await.ok();
        assert_eq!((first.header(again), second.header(again)), (None, Some("true")));
        assert_eq!((&first.json()["first_id"], &second.json()["repeated"]), (&second.json()["first_id"], &json!(true)));
    }

    async fn a_batch_of_the_wrong_form_is_refused_whole(options) {
        let (_server, admin) = started(options).await;
        for (body, status) in [
            (json!({"source": "snort", "sensor": {"name": "a", "kind": "suricata"}, "events": []}), 422),
            (json!({"source": "zeek", "events": []}), 422),
            (json!({"source": "zeek", "sensor": {"name": " ", "kind": "zeek"}, "events": []}), 422),
            (json!({"source": "zeek", "sensor": {"name": "a", "kind": "zeek"}, "events": {}}), 422),
        ] {
            let reply = admin.post("/ingest/network/bulk", &body).await;
            assert_eq!(reply.status, status, "{body}: {}", reply.text());
        }
        let broken = admin.post_raw("/ingest/network/bulk", &[], "{\"source\":").await;
        assert_eq!(broken.status, 422);
        assert_eq!(admin.count("").await, 0);
        // wrong types in one record cost that record at most, and usually nothing
        let odd = json!({"timestamp": "2026-01-02T03:04:05.000000+0000", "event_type": "http", "src_port": "fifty", "http": {"url": "x".repeat(4_000), "status": "many"}});
        let taken = admin.post("/ingest/network/bulk", &batch("suricata", "edge", vec![odd, alert()])).await.ok().json();
        assert_eq!((&taken["accepted"], &taken["rejected"]), (&json!(2), &json!(0)), "{taken}");
    }
}
