//! Health addresses, metrics, the API's own document.
use crate::support::{event, on_both, started, wait_events};
use http::Method;
use serde_json::{Value, json};

on_both! {
    async fn the_program_says_how_it_is(options) {
        let (server, admin) = started(options).await;
        let client = server.anonymous();
        assert_eq!(client.get("/healthz").await.ok().json(), json!({"ok": true}));
        assert_eq!(client.get("/").await.ok().json()["status"], json!("ok"));
        let ready = client.get("/readyz").await.ok().json();
        assert_eq!((&ready["ok"], &ready["db"], &ready["opensearch_required"]), (&json!(true), &json!("ok"), &json!(false)), "{ready}");
        assert_eq!(client.get("/health/db").await.ok().json(), json!({"ok": true}));
        let head = client.send(client.bare(Method::HEAD, "/health/db")).await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        let search = client.get("/health/opensearch").await.ok().json();
        assert!(["enabled", "required", "url_set", "connected"].iter().all(|k| search.get(*k).is_some_and(Value::is_boolean)), "{search}");

        admin.post("/events", &json!([event("x", "y"), {"bad": 1}])).await.ok();
        admin.query("/events", &[("query", "(")]).await;
        wait_events(&admin, "", 1).await;
        let metrics = client.get("/metrics").await.ok();
        assert!(metrics.header("content-type").is_some_and(|t| t.starts_with("text/plain")));
        let text = metrics.text();
        for series in ["eventsec_events_received_total", "eventsec_parse_success_total", "eventsec_parse_fail_total", "eventsec_query_duration_seconds", "eventsec_ingest_to_index_seconds"] {
            assert!(text.contains(series), "{series} in\n{text}");
        }
        assert!(!text.contains("test_"), "no label holds what a sender wrote");
    }

    async fn the_document_is_served_with_its_reader(options) {
        let (server, _admin) = started(options).await;
        let client = server.anonymous();
        let one = client.get("/openapi.json").await.ok().json();
        assert_eq!(one, client.get("/api/openapi.json").await.ok().json());
        let secured = &one["paths"]["/alerts"]["get"];
        assert!(secured["security"].as_array().is_some_and(|s| !s.is_empty()) && secured["responses"].get("default").is_some(), "{secured}");
        let page = client.send(client.bare(Method::GET, "/api/docs/ui").header("accept", "text/html")).await.ok();
        assert!(page.text().contains("swagger-ui") && page.header("content-security-policy").is_some());
    }
}
