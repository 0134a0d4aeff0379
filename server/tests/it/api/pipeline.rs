//! The ledger of arrivals over HTTP: what was posted adds up, by source, and survives a stop.
use crate::support::{SOON, event, on_both, started};
use http::Method;
use serde_json::{Value, json};
use testkit::Client;

fn flow() -> Value {
    json!({"timestamp": "2026-01-02T03:04:05.000000+0000", "event_type": "flow", "src_ip": "192.0.2.1", "dest_ip": "192.0.2.2"})
}

fn number(v: &Value, name: &str) -> i64 {
    v[name].as_i64().unwrap_or_else(|| panic!("no number {name} in {v}"))
}

/// Stored, rejected, refused, repeated.
fn sums(v: &Value) -> [i64; 4] {
    let sums = ["stored", "rejected", "refused", "repeated"].map(|n| number(v, n));
    assert_eq!(number(v, "received"), sums[0] + sums[1] + sums[2], "{v}");
    sums
}

fn sources(view: &Value) -> Vec<(String, [i64; 4])> {
    let all = view["sources"].as_array().expect("a list");
    all.iter().map(|s| (s["id"].as_str().unwrap_or_default().to_owned(), sums(s))).collect()
}

/// The view, as soon as so many were received: what was refused is written down every few seconds.
async fn received(client: &Client, query: &str, n: i64) -> Value {
    testkit::wait_for(&format!("{n} received"), SOON, async || {
        let view = client.get(&format!("/pipeline{query}")).await.ok().json();
        if number(&view["total"], "received") == n { Ok(view) } else { Err(view["total"].clone()) }
    })
    .await
}

on_both! {
    async fn what_was_posted_adds_up(options) {
        let (mut server, admin) = started(options).await;
        let empty = admin.get("/pipeline").await.ok().json();
        assert_eq!((&empty["sources"], &empty["gaps"], sums(&empty["total"])), (&json!([]), &json!([]), [0; 4]));

        let batch = json!([event("a", "one"), {"event_type": "b", "severity": "dire"}, event("c", "two"), 7]);
        admin.post("/events", &batch).await.ok();
        assert_eq!(admin.post("/events", &json!({"event_type": "b", "severity": "dire"})).await.status, 422);
        let lines: Vec<String> = (0..3).map(|n| event("k", &format!("k{n}")).to_string()).collect();
        for _ in 0..2 {
            admin.post_raw("/events", &[("idempotency-key", "k1")], lines.join("\n")).await.ok();
        }
        admin.post_raw("/events", &[("x-eventsec-sample", "1")], json!([event("s", "x"), event("s", "y")]).to_string()).await.ok();
        let network = json!({"source": "suricata", "sensor": {"name": "edge", "kind": "suricata"}, "events": [flow(), {"event_type": "dns"}]});
        admin.post("/ingest/network/bulk", &network).await.ok();

        let view = received(&admin, "", 12).await;
        let mut found = sources(&view);
        found.sort();
        let wanted = [("api", [5, 2, 1, 3]), ("sample:api", [2, 0, 0, 0]), ("suricata:edge", [1, 1, 0, 0])];
        assert_eq!(found, wanted.map(|(id, sums)| (id.to_owned(), sums)));
        assert_eq!(sums(&view["total"]), [8, 3, 1, 3]);
        let bytes: i64 = view["sources"].as_array().expect("a list").iter().map(|s| number(s, "bytes")).sum();
        assert!(bytes > 500 && number(&view["total"], "bytes") == bytes, "{view}");
        for s in view["sources"].as_array().expect("a list") {
            let drawn: i64 = s["series"].as_array().expect("a list").iter().map(|p| number(p, "received")).sum();
            assert_eq!((drawn, s["series"].as_array().map(Vec::len)), (number(s, "received"), Some(60)), "{s}");
            assert_eq!((&s["expected_per_minute"], &s["silent_for_minutes"]), (&json!(null), &json!(null)), "nothing is known yet");
        }
        assert_eq!((&view["step"], number(&view["journal"], "quota")), (&json!("1m"), 8 << 30), "{view}");
        assert!(number(&view["disk"], "total") > 0 && number(&view["disk"], "free") > 0, "{view}");
        assert!(number(&view["lag"], "index_ms") >= 0 && number(&view["engine"], "quarantined") == 0, "{view}");

        let wide = admin.get("/pipeline?last=24h&step=1h&source=suricata:edge").await.ok().json();
        let lengths: Vec<Option<usize>> = wide["sources"].as_array().expect("a list").iter().map(|s| s["series"].as_array().map(Vec::len)).collect();
        assert_eq!(lengths.iter().filter(|l| **l == Some(24)).count(), 1, "one was asked for: {lengths:?}");
        assert_eq!((sums(&wide["total"]), &wide["step"]), ([8, 3, 1, 3], &json!("1h")));
        assert_eq!(sums(&admin.get("/pipeline?to=2020-01-01T00:00:00Z").await.ok().json()["total"]), [0; 4]);

        // a rejected record that is tried in vain is received no second time
        let letter = &admin.get("/dead-letters?source=suricata").await.ok().page().items[0];
        admin.post("/dead-letters/replay", &json!({"ids": [letter["id"]]})).await.ok();
        // what was refused in the last moment is there after a stop, as is all else
        admin.post("/events", &json!({"severity": "low"})).await;
        assert!(server.terminate().await.success());
        server.restart().await;
        let after = admin.get("/pipeline").await.ok().json();
        assert_eq!(sums(&after["total"]), [8, 3, 2, 3], "{after}");
    }

    async fn a_question_that_makes_no_sense_names_its_field(options) {
        let (_server, admin) = started(options).await;
        for (query, field) in [
            ("step=2m", "/step"),
            ("step=1m&last=7d", "/step"),
            ("last=soon", "/last"),
            ("last=0m", "/last"),
            ("from=soon", "/from"),
            ("to=soon", "/to"),
            ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "/from"),
        ] {
            let reply = admin.get(&format!("/pipeline?{query}")).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!(field)), "{query}: {}", reply.text());
        }
    }

    async fn the_page_shows_the_same_numbers(options) {
        let (server, admin) = started(options).await;
        admin.post("/ingest/network/bulk", &json!({"source": "suricata", "sensor": {"name": "edge-7", "kind": "suricata"}, "events": vec![flow(); 37]})).await.ok();
        received(&admin, "", 37).await;
        let bearer = format!("Bearer {}", admin.token().expect("signed in"));
        let client = server.anonymous();
        let page = client.bare(Method::GET, "/pipeline?last=15m").header("accept", "text/html").header("authorization", bearer);
        let page = client.send(page).await.ok().text();
        assert!(page.contains("edge-7") && page.contains(">37<"), "{page}");
    }
}
