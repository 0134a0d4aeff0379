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

    async fn the_document_tells_what_routes_really_take_and_give(options) {
        let (server, _admin) = started(options).await;
        let one = server.anonymous().get("/api/openapi.json").await.ok().json();
        let told = |path: &str, method: &str| one["paths"][path][method].clone();
        let parameter = |operation: &Value, name: &str| {
            let all = operation["parameters"].as_array().cloned().unwrap_or_default();
            all.into_iter().find(|p| p["name"] == json!(name)).unwrap_or_else(|| panic!("{name} in {operation}"))
        };
        let schema = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let taken = |operation: &Value| operation["requestBody"]["content"]["application/json"]["schema"].clone();
        let given = |operation: &Value| operation["responses"]["200"]["content"]["application/json"]["schema"].clone();

        let alerts = told("/alerts", "get");
        for name in ["until", "closed_since"] {
            assert_eq!(parameter(&alerts, name)["required"], json!(false));
        }
        let sent = &alerts["responses"]["200"]["headers"];
        assert!(sent["X-Total-Count"].is_object() && sent["X-Next-Cursor"].is_object(), "{alerts}");
        assert!(alerts["responses"]["503"]["headers"]["Retry-After"].is_object(), "{alerts}");
        assert_eq!(parameter(&told("/events/top", "get"), "field")["required"], json!(true));

        for path in ["/events", "/ingest/network/bulk"] {
            let operation = told(path, "post");
            for name in ["Idempotency-Key", "X-EventSec-Sample"] {
                assert_eq!(parameter(&operation, name)["in"], json!("header"));
            }
            assert!(operation["responses"]["200"]["headers"]["Idempotent-Replay"].is_object(), "{operation}");
        }
        let events = told("/events", "post");
        assert_eq!(taken(&events)["oneOf"].as_array().map(Vec::len), Some(2), "an object, or an array of them: {events}");
        assert!(events["requestBody"]["content"]["application/x-ndjson"].is_object(), "{events}");
        assert_eq!(given(&events), json!({"oneOf": [schema("SecurityEvent"), schema("Receipt")]}));
        assert_eq!(taken(&told("/ingest/network/bulk", "post")), schema("NetworkBatch"));
        let enroll = told("/agents/enroll", "post");
        assert_eq!((taken(&enroll), given(&enroll)), (schema("Enrolment"), schema("Enrolled")));
        assert!(told("/login", "post")["requestBody"]["content"]["application/x-www-form-urlencoded"].is_object());
        assert!(told("/auth/login", "post")["responses"]["429"]["headers"]["Retry-After"].is_object());
        for path in ["/", "/healthz", "/readyz", "/health/db", "/health/opensearch"] {
            assert!(given(&told(path, "get"))["$ref"].is_string(), "{path}");
        }
        for path in ["/siem/events", "/edr/events"] {
            let never = told(path, "delete");
            assert!(never["responses"].get("200").is_none(), "{never}");
            assert!(never["responses"]["405"]["content"]["application/problem+json"].is_object(), "{never}");
        }
        // every reference leads somewhere
        let text = one.to_string();
        for name in text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(one["components"]["schemas"].get(name).is_some(), "{name} is referred to and not there");
        }
    }
}
