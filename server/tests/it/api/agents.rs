//! Agents: enrolment, keys, the shared token.
use crate::support::{event, on_both, sqlite, started, trail, wait_events};
use http::Method;
use serde_json::{Value, json};
use testkit::{Reply, TestServer, server::ADMIN};

const NOBODY: &str =
    "Invalid authentication credentials. Provide user JWT, X-Agent-Token, or X-Agent-Key header.";

async fn send(server: &TestServer, headers: &[(&str, &str)], body: &Value) -> Reply {
    let client = server.anonymous();
    let request = client.bare(Method::POST, "/events").json(body);
    client.send(headers.iter().fold(request, |r, (k, v)| r.header(*k, *v))).await
}

async fn enroll(server: &TestServer, name: &str, key: &str) -> Reply {
    let body = json!({"name": name, "os": "Windows 11", "ip_address": "192.0.2.5", "version": "1.0", "enrollment_key": key});
    server.anonymous().post("/agents/enroll", &body).await
}

on_both! {
    async fn an_agent_enrols_once_and_sends_under_its_own_name(options) {
        let (server, admin) = started(options.env("EVENTSEC_ENROLLMENT_KEY", "enrol-me-please")).await;
        let wrong = enroll(&server, "ws-1", "guess").await;
        assert_eq!(wrong.status, 401);
        let made = enroll(&server, "WS-1", "enrol-me-please").await.ok();
        let (rows, _) = trail(&admin).await;
        assert_eq!((&rows[0]["action"], rows[0]["request_id"].as_str()), (&json!("agent.enroll"), made.header("x-request-id")), "{}", rows[0]);
        let made = made.json();
        let key = made["api_key"].as_str().expect("a key");
        let again = enroll(&server, "WS-1", "enrol-me-please").await;
        assert_eq!((again.status, &again.json()["detail"]), (400, &json!("Agent name already registered")));

        let taken = send(&server, &[("x-agent-key", key)], &event("edr.process", "keyed")).await.ok().json();
        assert_eq!(taken["agent_id"], made["agent_id"]);
        wait_events(&admin, "keyed", 1).await;
        let stored = admin.query("/events", &[("query", "keyed")]).await.ok().page().items;
        assert_eq!((&stored[0]["agent_id"], &stored[0]["fields"]["agent.name"]), (&made["agent_id"], &json!("ws-1")), "{}", stored[0]);
        let wrong = send(&server, &[("x-agent-key", "guess")], &event("x", "y")).await;
        assert_eq!((wrong.status, &wrong.json()["detail"]), (401, &json!(NOBODY)));
        // a key opens the ingest routes and nothing else
        let client = server.anonymous();
        let reading = client.send(client.bare(Method::GET, "/events").header("x-agent-key", key)).await;
        let short = json!("Invalid authentication credentials");
        assert_eq!((reading.status, &reading.json()["detail"]), (401, &short));
        // elsewhere a wrong key is answered like a wrong token: there is nothing else to send
        for (method, path) in [(Method::GET, "/events"), (Method::GET, "/me"), (Method::POST, "/alerts"), (Method::POST, "/rules/detections")] {
            for header in ["x-agent-key", "x-agent-token"] {
                let reply = client.send(client.bare(method.clone(), path).header(header, "guess").json(&json!({}))).await;
                assert_eq!((reply.status, &reply.json()["detail"]), (401, &short), "{method} {path} {header}");
            }
        }
        // a person's token wins over the agent's key
        let both = admin.send(admin.request(Method::POST, "/events").header("x-agent-key", key).json(&event("x", "both"))).await;
        assert_eq!(both.ok().json()["agent_id"], json!(null));
    }

    async fn the_shared_token_sends_and_files_alerts(options) {
        let (server, admin) = started(options.env("EVENTSEC_AGENT_TOKEN", "shared-123")).await;
        let taken = send(&server, &[("x-agent-token", "shared-123")], &event("x", "shared")).await.ok().json();
        assert_eq!(taken["agent_id"], json!(null));
        assert_eq!(send(&server, &[("x-agent-token", "shared-12")], &event("x", "y")).await.status, 401);
        let client = server.anonymous();
        let alert = client.bare(Method::POST, "/alerts").header("x-agent-token", "shared-123").header("x-request-id", "integration-0001");
        // its source is its own word: here somebody else's address
        let alert = client.send(alert.json(&json!({"title": "From outside", "source": ADMIN.0}))).await.ok().json();
        assert_eq!(admin.get(&format!("/alerts/{}", alert["id"])).await.ok().json()["title"], json!("From outside"));
        let (rows, _) = trail(&admin).await;
        let row = &rows[0];
        assert_eq!((&row["action"], &row["actor"], &row["user_id"]), (&json!("alert.create"), &json!("shared agent token"), &json!(null)));
        assert_eq!((&row["ip"], &row["request_id"]), (&json!("127.0.0.1"), &json!("integration-0001")));
        let history = admin.get(&format!("/alerts/{}/history", alert["id"])).await.ok().json();
        assert_eq!(history[0]["who"], json!("shared agent token"));
    }

    async fn without_a_shared_token_none_is_right(options) {
        let (server, _admin) = started(options).await;
        for token in ["", "shared-123", "None"] {
            let reply = send(&server, &[("x-agent-token", token)], &event("x", "y")).await;
            assert_eq!((reply.status, &reply.json()["detail"]), (401, &json!(NOBODY)), "{token:?}");
        }
        assert_eq!(enroll(&server, "ws-1", "").await.status, 401, "enrolment is closed without a key");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn production_refuses_the_shared_token_and_weak_secrets() {
    let production = || {
        sqlite()
            .env("EVENTSEC_ENV", "production")
            .env("EVENTSEC_PUBLIC_URL", "https://soc.example.org")
            .env("EVENTSEC_JWT_SECRET", "0123456789abcdef0123456789abcdef-tests")
    };
    let server = TestServer::start(
        production().env("EVENTSEC_AGENT_TOKEN", "a-long-shared-token-of-the-tests-0123456789"),
    )
    .await;
    let token = [("x-agent-token", "a-long-shared-token-of-the-tests-0123456789")];
    let reply = send(&server, &token, &event("x", "y")).await;
    let text = "Shared agent token authentication is disabled in production.";
    assert_eq!((reply.status, &reply.json()["detail"]), (403, &json!(text)));
    // said where the token could be used, and nowhere else
    let client = server.anonymous();
    let ask = async |method: Method, path: &str| {
        let request = client.bare(method, path).header(token[0].0, token[0].1).json(&json!({}));
        client.send(request).await
    };
    let filing = ask(Method::POST, "/alerts").await;
    assert_eq!((filing.status, &filing.json()["detail"]), (403, &json!(text)));
    let reading = ask(Method::GET, "/alerts").await;
    let short = json!("Invalid authentication credentials");
    assert_eq!((reading.status, &reading.json()["detail"]), (401, &short));
    let login = server.anonymous().login(ADMIN.0, ADMIN.1).await;
    assert!(login.is_ok());
    for (name, weak) in [
        ("EVENTSEC_JWT_SECRET", "short"),
        ("EVENTSEC_JWT_SECRET", "eventsec-dev-secret"),
        ("EVENTSEC_ENROLLMENT_KEY", "eventsec-enroll"),
    ] {
        let said = TestServer::try_start(production().env(name, weak))
            .await
            .err()
            .expect("it does not start")
            .to_string();
        assert!(said.contains(&name["EVENTSEC_".len()..].to_lowercase()), "names the key: {said}");
        assert!(!said.contains(weak) || weak == "short", "does not tell the secret: {said}");
    }
}
