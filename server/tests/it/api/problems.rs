//! Errors: one shape everywhere, with the contract's `detail`.
use crate::support::{on_both, started};
use http::Method;
use serde_json::{Value, json};
use testkit::Reply;

fn problem(reply: &Reply, status: u16) -> Value {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{}", reply.text());
    let body = reply.json();
    for key in ["type", "title", "detail", "code", "request_id"] {
        assert!(body[key].as_str().is_some_and(|t| !t.is_empty()), "{key} in {body}");
    }
    assert_eq!(body["status"], json!(status));
    body
}

on_both! {
    async fn every_error_is_a_problem(options) {
        let (server, admin) = started(options).await;
        let client = server.anonymous();
        let p = problem(&client.get("/no/such/thing").await, 404);
        assert_eq!(p["detail"], json!("Not Found"));
        let p = problem(&admin.send(admin.request(Method::PUT, "/alerts")).await, 405);
        assert_eq!(p["detail"], json!("Method Not Allowed"));
        problem(&client.get("/alerts").await, 401);
        problem(&admin.get("/alerts/999999").await, 404);
        problem(&admin.post_raw("/alerts", &[], "[]").await, 422);
        problem(&admin.post_raw("/alerts", &[], vec![b'"', 0xff, b'"']).await, 400);
        problem(&admin.get("/alerts?limit=many").await, 422);
        let p = problem(&admin.post_raw("/alerts", &[], vec![b' '; (1 << 20) + 1]).await, 413);
        assert_eq!((&p["detail"], &p["errors"][0]["message"]), (&json!("Payload too large"), &json!("The body may have 1MiB as sent")));
        problem(&admin.post_raw("/events", &[("content-encoding", "gzip")], "not gzip").await, 400);
        problem(&admin.post_raw("/events", &[("content-encoding", "lzma")], "x").await, 415);
        // server functions fail with the same object and its own status
        let function = |client: &testkit::Client| client.request(Method::POST, "/app/server_fns/alerts/fetch_alert").json(&json!({"id": 999_999}));
        problem(&admin.send(function(&admin)).await, 404);
        problem(&client.send(function(&client)).await, 401);
    }

    async fn what_is_no_json_and_what_is_no_number_are_422_with_their_place(options) {
        let (server, admin) = started(options).await;
        for path in ["/alerts", "/events", "/ingest/network/bulk", "/auth/login"] {
            for body in ["{", "{\"a\":", ""] {
                let p = problem(&admin.post_raw(path, &[], body).await, 422);
                let error = &p["errors"][0];
                assert_eq!((&p["code"], &error["code"], &error["pointer"]), (&json!("invalid_input"), &json!("invalid_json"), &json!("")), "{path} {body:?}");
            }
        }
        for path in ["/alerts/abc", "/alerts/abc/history", "/events/1.5", "/rules/detections/99999999999999999999", "/users/me"] {
            let p = problem(&admin.get(path).await, 422);
            assert_eq!((&p["errors"][0]["pointer"], &p["detail"]), (&json!("/id"), &json!("id must be a whole number")), "{path}");
        }
        problem(&admin.patch("/alerts/abc", &json!({})).await, 422);
        problem(&admin.delete("/views/abc").await, 422);
        // a stranger learns nothing of what is wrong
        problem(&server.anonymous().get("/alerts/abc").await, 401);
    }

    async fn every_answer_is_guarded(options) {
        let (server, admin) = started(options).await;
        let client = server.anonymous();
        let html = client.send(client.bare(Method::GET, "/login").header("accept", "text/html")).await.ok();
        for reply in [client.get("/healthz").await, client.get("/alerts").await, admin.get("/alerts").await, client.get("/none").await, html.clone()] {
            for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "same-origin")] {
                assert_eq!(reply.header(name), Some(value), "{} {}", reply.status, reply.text());
            }
            let policy = reply.header("content-security-policy").expect("a policy");
            assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert_eq!(reply.header("cache-control"), Some("no-store"));
            assert!(reply.header("x-request-id").is_some());
            assert_eq!(reply.header("server"), None);
        }
        // each inline script of a page carries this answer's nonce
        let policy = html.header("content-security-policy").expect("a policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|r| r.split('\'').next()).expect("a nonce");
        let text = html.text();
        let inline = text.split("<script").skip(1).filter_map(|s| s.split('>').next()).filter(|tag| !tag.contains("src="));
        for tag in inline {
            assert!(tag.contains(nonce), "<script{tag}> has no nonce");
        }
        let mine = client.send(client.bare(Method::GET, "/healthz").header("x-request-id", "mine-123")).await;
        assert_eq!(mine.header("x-request-id"), Some("mine-123"));
        let odd = client.send(client.bare(Method::GET, "/healthz").header("x-request-id", "a b<script>")).await;
        assert_ne!(odd.header("x-request-id"), Some("a b<script>"));
    }
}
