//! Sign-in and sign-out.
use crate::support::{OWN, SOON, event, on_both, person, signed_in, started};
use http::Method;
use model::Micros;
use serde_json::json;
use soc::auth::password::Passwords;
use std::time::Duration;
use store::{Pools, Store, Target};
use testkit::{Reply, TestServer, db::TestDb, server::ADMIN};

fn cookie(reply: &Reply, name: &str) -> Option<String> {
    let all = reply.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
    all.into_iter().find(|v| v.starts_with(&format!("{name}="))).map(str::to_owned)
}

async fn login(server: &TestServer, email: &str, password: &str) -> Reply {
    server.anonymous().post("/auth/login", &json!({"email": email, "password": password})).await
}

/// The server's database, opened behind its back.
async fn behind(server: &TestServer, url: Option<String>) -> TestDb {
    let target = url.map_or_else(|| Target::Sqlite { dir: server.data().into() }, Target::Postgres);
    let store = Store::open(&target, Pools { read: 1, postgres: 1 }).await.expect("opens");
    TestDb { store, target }
}

/// Makes every further `UPDATE` of the table fail.
async fn freeze(db: &TestDb, table: &str) {
    let trigger = format!("CREATE TRIGGER frozen_{table} BEFORE UPDATE ON {table}");
    if db.is_postgres() {
        let body = "LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'frozen'; END $$";
        db.raw(&format!("CREATE FUNCTION frozen_{table}() RETURNS trigger {body}")).await;
        db.raw(&format!("{trigger} FOR EACH ROW EXECUTE FUNCTION frozen_{table}()")).await;
    } else {
        db.raw(&format!("{trigger} BEGIN SELECT RAISE(ABORT, 'frozen'); END")).await;
    }
}

on_both! {
    async fn a_session_opens_with_token_and_cookie(options) {
        let (server, _) = started(options).await;
        let reply = login(&server, ADMIN.0, ADMIN.1).await;
        assert_eq!(reply.status, 200);
        let body = reply.json();
        assert_eq!((&body["token_type"], &body["user"]["email"]), (&json!("bearer"), &json!(ADMIN.0)));
        let set = cookie(&reply, "access_token").expect("a cookie");
        for part in ["HttpOnly", "Path=/", "Max-Age=3600"] {
            assert!(set.contains(part), "{part} in {set}");
        }
        assert!(set.to_lowercase().contains("samesite=lax"), "{set}");
        let value = set.split(';').next().expect("a pair").to_owned();
        let token = body["access_token"].as_str().expect("a token").to_owned();

        // the three carriers, in the contract's order
        let anonymous = server.anonymous();
        let ask = async |headers: &[(&str, &str)]| {
            let bare = anonymous.bare(Method::GET, "/me");
            anonymous.send(headers.iter().fold(bare, |r, (k, v)| r.header(*k, *v))).await
        };
        let bearer = format!("bEaReR {token}");
        assert_eq!(ask(&[("authorization", &bearer)]).await.ok().json()["email"], json!(ADMIN.0));
        assert_eq!(ask(&[("x-auth-token", &token)]).await.ok().json()["email"], json!(ADMIN.0));
        assert_eq!(ask(&[("cookie", &value)]).await.ok().json()["email"], json!(ADMIN.0));
        let refused = ask(&[("authorization", "Bearer wrong"), ("cookie", &value)]).await;
        assert_eq!(refused.status, 401, "a wrong bearer token is not saved by a cookie");
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        assert_eq!(refused.json()["detail"], json!("Invalid authentication credentials"));
        assert_eq!(ask(&[]).await.status, 401);
    }

    async fn who_is_wrong_is_told_the_same_whatever_was_wrong(options) {
        let (server, admin) = started(options).await;
        let gone = person(&server, &admin, "gone", "analyst").await;
        admin.patch(&format!("/users/{}", gone.id), &json!({"is_active": false})).await.ok();
        let wrong = login(&server, ADMIN.0, "not the password").await;
        let unknown = login(&server, "nobody@example.org", "not the password").await;
        let disabled = login(&server, &gone.email, OWN).await;
        // 40,000 characters that cannot be packed: no address, and more than an index row of PostgreSQL holds
        let noise: String = (1..2_500u64).map(|n| format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        let endless = login(&server, &format!("{noise}@example.org"), "not the password").await;
        for reply in [&wrong, &unknown, &disabled, &endless] {
            assert_eq!((reply.status, &reply.json()["detail"]), (401, &json!("Incorrect email or password")));
            assert!(cookie(reply, "access_token").is_none());
        }
        let upper = login(&server, &format!(" {} ", ADMIN.0.to_uppercase()), ADMIN.1).await;
        assert_eq!(upper.status, 200, "an address has no case");
        assert_eq!(gone.client.get("/me").await.status, 401, "the token of before is worth nothing");
    }

    async fn guessing_is_slowed_down_for_the_guesser(options) {
        let (server, admin) = started(options).await;
        let victim = person(&server, &admin, "victim", "analyst").await;
        let mut statuses = Vec::new();
        for n in 0..8 {
            statuses.push(login(&server, &victim.email, &format!("guess number {n}")).await.status);
        }
        assert_eq!(statuses[..5], [401; 5], "{statuses:?}");
        assert!(statuses.contains(&429), "{statuses:?}");
        let later = testkit::wait_for("a refusal with a time to wait", crate::support::SOON, async || {
            let reply = login(&server, &victim.email, "one more guess").await;
            if reply.status == 429 { Ok(reply) } else { Err(reply.status) }
        })
        .await;
        let wait: u32 = later.header("retry-after").and_then(|w| w.parse().ok()).expect("seconds to wait");
        assert!((1..=900).contains(&wait), "{wait}");
        assert_eq!(victim.client.get("/me").await.status, 200, "whoever is in, stays in");
        signed_in(&server, ADMIN.0, ADMIN.1).await;
    }

    async fn guesses_at_once_are_worth_no_more_than_one_by_one(options) {
        let (server, admin) = started(options).await;
        let victim = person(&server, &admin, "victim", "analyst").await;
        let mut guesses = tokio::task::JoinSet::new();
        for n in 0..30 {
            let (client, email) = (server.anonymous(), victim.email.clone());
            guesses.spawn(async move {
                let guess = json!({"email": email, "password": format!("guess number {n}")});
                client.post("/auth/login", &guess).await.status
            });
        }
        let statuses = guesses.join_all().await;
        let checked = statuses.iter().filter(|s| **s == 401).count();
        // five are free; on a slow machine a second or two may pass, which opens the door once more
        assert!((5..10).contains(&checked), "{statuses:?}");
        assert!(statuses.iter().all(|s| [401, 429].contains(s)), "{statuses:?}");
    }

    async fn a_reset_during_a_sign_in_wins(options) {
        let url = options.database_url();
        let (server, admin) = started(options).await;
        let p = person(&server, &admin, "p", "analyst").await;
        let new = "the-password-of-the-reset";
        let hash = Passwords::default().hash(new).await.expect("hashes");
        let db = behind(&server, url).await;
        // the reset is written and not yet committed: the sign-in sees the old password, finds it right, and waits
        let mut tx = db.store.begin().await.expect("begins");
        tx.set_password("default", p.id, &hash, false, Micros(1)).await.expect("changes");
        let mut waits = Box::pin(login(&server, &p.email, OWN));
        let early = tokio::time::timeout(Duration::from_secs(2), &mut waits).await;
        assert!(early.is_err(), "a sign-in does not end before the reset: {early:?}");
        tx.commit().await.expect("commits");
        let reply = waits.await;
        assert_eq!((reply.status, &reply.json()["detail"]), (401, &json!("Incorrect email or password")));
        signed_in(&server, &p.email, new).await;
        db.store.close().await;
    }

    async fn a_note_that_cannot_be_written_stops_nobody(options) {
        let url = options.database_url();
        let (server, admin) = started(options.env("EVENTSEC_ENROLLMENT_KEY", "enrol-me-please")).await;
        let new = json!({"name": "ws-1", "os": "Debian", "ip_address": "192.0.2.5", "enrollment_key": "enrol-me-please"});
        let agent = server.anonymous().post("/agents/enroll", &new).await.ok().json();
        let db = behind(&server, url).await;
        // long enough ago for its use to be noted again
        db.raw("UPDATE sessions SET last_seen_at = last_seen_at - 120000000").await;
        for table in ["sessions", "agents"] {
            freeze(&db, table).await;
        }
        admin.get("/me").await.ok();
        let client = server.anonymous();
        let key = agent["api_key"].as_str().expect("a key");
        let sent = client.bare(Method::POST, "/events").header("x-agent-key", key).json(&event("x", "frozen"));
        client.send(sent).await.ok();
        testkit::wait_for("a warning of each", SOON, async || {
            let log = server.log();
            let both = ["a session's last use", "an agent's sign of life"].iter().all(|w| log.contains(w));
            if both { Ok(()) } else { Err(log) }
        })
        .await;
        db.store.close().await;
    }

    async fn a_session_ends_when_it_should(options) {
        let (server, admin) = started(options).await;
        let p = person(&server, &admin, "p", "analyst").await;
        // signing out ends this session and no other
        let (one, two) = (p.sign_in(&server).await, p.sign_in(&server).await);
        let out = one.post("/auth/logout", &json!({})).await.ok();
        assert_eq!(out.json()["detail"], json!("Logged out"));
        assert!(cookie(&out, "access_token").is_some_and(|c| c.contains("Max-Age=0")));
        assert_eq!((one.get("/me").await.status, two.get("/me").await.status), (401, 200));
        // a new password ends the others
        let new = json!({"current_password": OWN, "new_password": "a-third-password-of-p"});
        let three = p.sign_in(&server).await;
        three.post("/me/password", &new).await.ok();
        assert_eq!((two.get("/me").await.status, three.get("/me").await.status), (401, 200));
        let old = login(&server, &p.email, OWN).await;
        assert_eq!(old.status, 401);
        // another role ends all
        admin.patch(&format!("/users/{}", p.id), &json!({"role": "team_lead"})).await.ok();
        assert_eq!(three.get("/me").await.status, 401);
        // so does a reset, which gives a password for once
        let four = signed_in(&server, &p.email, "a-third-password-of-p").await;
        let once = admin.post(&format!("/users/{}/reset-password", p.id), &json!({})).await.ok().json();
        assert_eq!(four.get("/me").await.status, 401);
        let five = signed_in(&server, &p.email, once["password"].as_str().expect("a password")).await;
        assert_eq!(five.get("/alerts").await.json()["code"], "password_change_required");
    }

    async fn whoever_is_signed_out_already_is_told_the_same(options) {
        let (server, admin) = started(options.env("EVENTSEC_COOKIE_MAX_AGE", "1s")).await;
        let anonymous = server.anonymous();
        let ask = async |headers: &[(&str, &str)]| {
            let bare = anonymous.bare(Method::POST, "/auth/logout");
            anonymous.send(headers.iter().fold(bare, |r, (k, v)| r.header(*k, *v))).await
        };
        let ended = format!("Bearer {}", admin.token().expect("signed in"));
        // a token lives as long as its cookie
        testkit::wait_for("the token's end", crate::support::SOON, async || {
            match admin.get("/me").await.status {
                401 => Ok(()),
                other => Err(other),
            }
        })
        .await;
        let cookie_of_old = ended.replace("Bearer ", "access_token=");
        for headers in [vec![], vec![("authorization", ended.as_str())], vec![("authorization", "Bearer wrong")], vec![("cookie", cookie_of_old.as_str())]] {
            let reply = ask(&headers).await;
            assert_eq!((reply.status, &reply.json()["detail"]), (200, &json!("Logged out")), "{headers:?}");
            for name in ["access_token", "eventsec"] {
                assert!(cookie(&reply, name).is_some_and(|c| c.contains("Max-Age=0")), "{name} is removed, {headers:?}");
            }
        }
    }

    async fn a_poor_password_is_refused_with_its_reason(options) {
        let (_server, admin) = started(options).await;
        let ask = async |current: &str, new: &str| {
            admin.post("/me/password", &json!({"current_password": current, "new_password": new})).await
        };
        for (current, new, pointer, code) in [
            (ADMIN.1, "short", "/new_password", "too_short"),
            (ADMIN.1, "passwordpassword", "/new_password", "too_common"),
            (ADMIN.1, ADMIN.1, "/new_password", "same"),
            ("not this one", "a-good-new-password", "/current_password", "wrong"),
        ] {
            let reply = ask(current, new).await;
            let error = &reply.json()["errors"][0];
            assert_eq!((reply.status, &error["pointer"], &error["code"]), (422, &json!(pointer), &json!(code)), "{}", reply.text());
        }
        assert_eq!(admin.get("/me").await.status, 200);
    }
}
