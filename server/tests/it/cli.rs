//! The other commands of the program, on the data of a server that has stopped.
use crate::support::{on_both, signed_in, started};
use serde_json::json;
use std::process::Output;
use testkit::TestServer;

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// Runs a command that must succeed; answers what it said.
async fn must(server: &TestServer, arguments: &[&str]) -> String {
    let out = server.run(arguments).await;
    assert!(out.status.success(), "{arguments:?}: {}", said(&out));
    said(&out)
}

/// The one-time password: the last word of 20 letters and digits.
fn one_time(text: &str) -> String {
    let mut words = text
        .split_whitespace()
        .filter(|w| w.len() == 20 && w.bytes().all(|b| b.is_ascii_alphanumeric()));
    words.next_back().unwrap_or_else(|| panic!("no password in {text}")).to_owned()
}

on_both! {
    async fn a_trial_may_begin_with_any_password(options) {
        let options = options.env("EVENTSEC_ADMIN_EMAIL", "Admin@Example.com").env("EVENTSEC_ADMIN_PASSWORD", "Admin123!");
        let server = TestServer::start(options).await;
        let admin = server.anonymous().login("admin@example.com", "Admin123!").await.expect("signs in");
        assert_eq!(admin.get("/me").await.ok().json()["email"], json!("admin@example.com"));
        assert!(server.log().contains("production would refuse it"), "{}", server.log());
        // everybody else's password is held to the rules
        let new = json!({"full_name": "Ana", "role": "analyst", "email": "ana@example.com", "password": "Admin123!"});
        assert_eq!(admin.post("/users", &new).await.status, 422);
    }

    async fn people_are_added_and_reset_without_a_browser(options) {
        let (mut server, _admin) = started(options).await;
        server.terminate().await;
        let text = must(&server, &["user", "add", "--email", "Ana@Example.org", "--name", "Ana Gil", "--role", "team_lead"]).await;
        let first = one_time(&text);
        let again = server.run(&["user", "add", "--email", "ana@example.org"]).await;
        assert_eq!(again.status.code(), Some(1), "{}", said(&again));
        let all = must(&server, &["user", "list"]).await;
        assert!(all.contains("ana@example.org") && all.contains("team_lead"), "{all}");
        let second = one_time(&must(&server, &["user", "reset", "--email", "ana@example.org"]).await);
        for check in [["db", "check"], ["audit", "verify"], ["lake", "check"]] {
            must(&server, &check).await;
        }

        server.restart().await;
        let refused = server.anonymous().login("ana@example.org", &first).await.err().map(|r| r.status);
        assert_eq!(refused, Some(401), "the first password was replaced");
        let ana = signed_in(&server, "ana@example.org", &second).await;
        let me = ana.get("/me").await.ok().json();
        assert_eq!((&me["role"], &me["must_change_password"]), (&json!("team_lead"), &json!(true)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_understood_ends_with_2_and_names_the_key() {
    let (mut server, _admin) = started(crate::support::sqlite()).await;
    server.terminate().await;
    for (name, value, key, fine) in [
        ("EVENTSEC_LISTEN", "here", "listen", "127.0.0.1:0"),
        ("EVENTSEC_LIMITS_BODY", "much", "limits.body", "1MiB"),
        ("EVENTSEC_COOKIE_SAMESITE", "perhaps", "cookie.samesite", "lax"),
        ("EVENTSEC_ROLE", "web", "role", "all"),
    ] {
        server.set_env(name, value);
        let out = server.run(&["serve"]).await;
        let text = said(&out);
        assert_eq!(out.status.code(), Some(2), "{name}={value}: {text}");
        assert!(text.contains(key) && text.contains(name), "{text}");
        server.set_env(name, fine);
    }
    assert_eq!(server.run(&["serve", "--no-such-flag"]).await.status.code(), Some(2));
    assert!(said(&server.run(&["version"]).await).starts_with("eventsec "));
}

on_both! {
    async fn an_installation_has_one_process(options) {
        let (mut server, admin) = started(options).await;
        for arguments in [vec!["check"], vec!["lake", "check"], vec!["lake", "compact"], vec!["serve", "--listen", "127.0.0.1:0"]] {
            let out = server.run(&arguments).await;
            assert_eq!(out.status.code(), Some(1), "{arguments:?}: {}", said(&out));
            assert!(said(&out).contains("in use by another eventsec"), "{arguments:?}: {}", said(&out));
        }
        admin.get("/me").await.ok();
        // what a killed server held is free again
        server.kill();
        server.restart().await;
        server.terminate().await;
        must(&server, &["lake", "check"]).await;
    }
}
