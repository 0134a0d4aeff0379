//! Searching stored events.
use crate::support::{event, on_both, started, wait_events};
use serde_json::{Value, json};
use testkit::Client;

/// Ten events, an hour apart, two hosts, all severities.
async fn filled(admin: &Client) {
    let severities = ["info", "low", "medium", "high", "critical"];
    let events: Vec<Value> = (0..10)
        .map(|n| {
            json!({
                "event_type": if n % 2 == 0 { "edr.process" } else { "login" }, "severity": severities[n % 5], "category": "test",
                "timestamp": format!("2026-01-02T{n:02}:00:00Z"),
                "details": {"hostname": format!("WS-{}", n % 2), "n": n, "message": format!("number {n} of the quick brown fox")},
            })
        })
        .collect();
    let answer = admin.post("/events", &json!(events)).await.ok().json();
    assert_eq!(answer["accepted"], json!(10), "{answer}");
    wait_events(admin, "", 10).await;
}

on_both! {
    async fn the_query_language_finds_what_it_names(options) {
        let (_server, admin) = started(options).await;
        filled(&admin).await;
        for (query, n) in [
            ("*", 10), ("fox", 10), ("\"quick brown\"", 10), ("\"brown quick\"", 0), ("host.name:WS-1", 5), ("hostname:WS-1", 5),
            ("host.name:ws*", 10), ("details.n:[3 TO 5]", 3), ("details.n:>7", 2), ("event_type:login AND NOT severity:high", 4),
            ("(event_type:login OR event_type:edr.process) AND severity:critical", 2), ("_exists_:host.name", 10),
            ("_exists_:user.name", 0), ("number", 10), ("nosuchword", 0), ("event.category:test", 10),
        ] {
            assert_eq!(admin.count(query).await, n, "{query}");
        }
        for query in ["(fox", "details.n:[3 TO", "\"open", "AND"] {
            let reply = admin.query("/events", &[("query", query)]).await;
            assert_eq!((reply.status, &reply.json()["code"]), (400, &json!("bad_query")), "{query}: {}", reply.text());
            assert!(reply.json()["detail"].as_str().is_some_and(|d| !d.is_empty()));
        }
    }

    async fn an_event_sent_again_is_answered_as_the_first_time(options) {
        let (_server, admin) = started(options).await;
        let mut timed = event("t", "timedone");
        timed["timestamp"] = json!("2026-01-02T03:04:05Z");
        let keyed = event("t", "keyedone");
        for (sent, headers, token) in [(timed, vec![], "timedone"), (keyed.clone(), vec![("idempotency-key", "mine-1")], "keyedone")] {
            let first = admin.post_raw("/events", &headers, sent.to_string()).await.ok();
            wait_events(&admin, token, 1).await;
            let second = admin.post_raw("/events", &headers, sent.to_string()).await.ok();
            assert_eq!(second.json(), first.json(), "with its id and the time it was stored");
            assert_eq!((first.header("idempotent-replay"), second.header("idempotent-replay")), (None, Some("true")));
        }
        // under a key that was another event's, the answer is about that event
        let other = admin.post_raw("/events", &[("idempotency-key", "mine-1")], event("t", "another").to_string()).await.ok();
        assert_eq!((other.header("idempotent-replay"), &other.json()["details"]), (Some("true"), &keyed["details"]));
        // a key that was a whole batch's gives that batch's answer
        let batch = json!([event("t", "batchone"), event("t", "batchtwo")]).to_string();
        let key = [("idempotency-key", "mine-2")];
        let first = admin.post_raw("/events", &key, batch).await.ok().json();
        let single = admin.post_raw("/events", &key, event("t", "batchone").to_string()).await.ok().json();
        assert_eq!((&single["first_id"], &single["repeated"]), (&first["first_id"], &json!(true)), "{single}");
        wait_events(&admin, "", 4).await;
    }

    async fn a_key_that_cannot_be_read_is_refused(options) {
        let (_server, admin) = started(options).await;
        for key in ["lote-ñ", "", &"k".repeat(201)] {
            let reply = admin.post_raw("/events", &[("idempotency-key", key)], event("t", "none").to_string()).await;
            assert_eq!((reply.status, &reply.json()["code"]), (400, &json!("bad_request")), "{key:?}: {}", reply.text());
        }
        assert_eq!(admin.count("").await, 0);
    }

    async fn pages_are_stable_while_events_arrive(options) {
        let (_server, admin) = started(options).await;
        filled(&admin).await;
        let first = admin.get("/events?size=4").await.ok().page();
        assert_eq!((first.items.len(), first.total), (4, Some(10)));
        assert_eq!(first.items[0]["timestamp"], json!("2026-01-02T09:00:00.000000Z"), "newest first");
        // these are newer than all of the first page
        admin.post("/events", &json!([event("late", "lateone"), event("late", "latetwo")])).await.ok();
        wait_events(&admin, "", 12).await;
        let (mut seen, mut cursor) = (first.items.clone(), first.next.clone());
        while let Some(next) = cursor {
            let page = admin.query("/events", &[("size", "4"), ("cursor", &next)]).await.ok().page();
            seen.extend(page.items);
            cursor = page.next;
        }
        let numbers: Vec<i64> = seen.iter().map(|e| e["details"]["n"].as_i64().expect("one of the ten")).collect();
        assert_eq!(numbers, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
        let bad = admin.get("/events?cursor=none").await;
        assert!(matches!(bad.status, 400 | 422), "{} {}", bad.status, bad.text());
    }

    async fn bounds_severities_and_sums_agree(options) {
        let (_server, admin) = started(options).await;
        filled(&admin).await;
        let total = async |query: &str| admin.get(&format!("/events?{query}")).await.ok().page().total;
        assert_eq!(total("severity=high").await, Some(2));
        assert_eq!(total("severity=high,low").await, Some(4));
        assert_eq!(total("from=2026-01-02T03:00:00Z&to=2026-01-02T05:00:00Z").await, Some(2), "half open");
        assert_eq!(total("last=24h").await, Some(0), "they are old");
        assert_eq!(total("dataset=edr.*").await, Some(5));
        for wrong in ["severity=dire", "size=0", "size=501", "from=soon", "last=5y"] {
            assert_eq!(admin.get(&format!("/events?{wrong}")).await.status, 422, "{wrong}");
        }
        let h = admin.get("/events/histogram?from=2026-01-02T00:00:00Z&to=2026-01-02T10:00:00Z&buckets=10").await.ok().json();
        let sum: i64 = h["buckets"].as_array().expect("buckets").iter()
            .flat_map(|b| b["counts"].as_array().expect("five").iter().filter_map(Value::as_i64)).sum();
        assert_eq!((sum, &h["total"]), (10, &json!(10)));
        let top = admin.get("/events/top?field=host.name").await.ok().json();
        assert_eq!(top["values"], json!([["WS-0", 5], ["WS-1", 5]]), "{top}");
        let fields = admin.get("/events/fields").await.ok().json();
        assert!(fields.as_array().expect("a list").iter().any(|f| f["name"] == "host.name"), "{fields}");
    }

    async fn one_event_and_the_older_views_of_it(options) {
        let (_server, admin) = started(options).await;
        filled(&admin).await;
        let listed = admin.query("/events", &[("query", "details.n:4")]).await.ok().page().items;
        let one = admin.get(&format!("/events/{}", listed[0]["event_id"])).await.ok().json();
        assert_eq!(one["id"], listed[0]["event_id"]);
        assert!(one["raw"].as_str().is_some_and(|r| r.contains("number 4")), "the record as sent");
        let none = admin.get("/events/999999999").await;
        assert_eq!(none.status, 404);

        let edr = admin.get("/edr/events").await.ok().json();
        let edr = edr.as_array().expect("a list");
        assert_eq!((edr.len(), &edr[0]["event_type"], &edr[0]["hostname"]), (5, &json!("edr.process"), &json!("WS-0")));
        assert_eq!(edr[0]["details"]["n"], json!(8), "details as sent");
        let siem = admin.get("/siem/events?q=fox&severity=critical").await.ok().json();
        assert_eq!(siem.as_array().map(Vec::len), Some(2));
        assert_eq!((&siem[0]["host"], &siem[0]["message"]), (&json!("WS-1"), &json!("number 9 of the quick brown fox")));
        for range in ["5y", "soon", "-1h"] {
            let all = admin.query("/siem/events", &[("time_range", range)]).await.ok().json();
            assert_eq!(all.as_array().map(Vec::len), Some(10), "{range} counts as none");
        }
        assert_eq!(admin.get("/siem/events?time_range=24h").await.ok().json(), json!([]), "they are old");
        let since = admin.get("/siem/events?since_ms=1767344400000").await.ok().json();
        assert_eq!(since.as_array().map(Vec::len), Some(1), "from 09:00 on");
        for (path, word) in [("/siem/events", "SIEM"), ("/edr/events", "EDR")] {
            let reply = admin.delete(path).await;
            let text = format!("Clearing {word} history is disabled; use Clear view in the UI.");
            assert_eq!((reply.status, &reply.json()["detail"]), (405, &json!(text)));
        }
    }
}
