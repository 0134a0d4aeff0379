//! What belongs to another tenant does not exist.
use crate::support::{event, on_both, signed_in, started, wait_events};
use model::Micros;
use serde_json::{Value, json};
use soc::auth::password::Passwords;
use store::{Pools, Store, Target};
use testkit::{Options, TestServer};

const EMAIL: &str = "eve@other.org";
const PASSWORD: &str = "a-password-of-the-other";

/// An administrator of another tenant, put there as an operator's script would: the API makes none.
async fn stranger(server: &TestServer, target: Target) {
    let store = Store::open(&target, Pools { read: 1, postgres: 1 }).await.expect("opens");
    let new: model::user::NewUser = serde_json::from_value(json!({
        "full_name": "Eve", "role": "admin", "email": EMAIL, "password": PASSWORD,
    }))
    .expect("a user");
    let new = new.check().expect("valid");
    let hash = Passwords::default().hash(PASSWORD).await.expect("hashes");
    let mut tx = store.begin().await.expect("begins");
    tx.ensure_tenant("other", "Other", Micros(1)).await.expect("a tenant");
    tx.insert_user("other", &new, &hash, false, Micros(1)).await.expect("a user");
    tx.commit().await.expect("commits");
    store.close().await;
    assert!(server.pid().is_some());
}

fn target(server: &TestServer, url: Option<String>) -> Target {
    url.map_or_else(|| Target::Sqlite { dir: server.data().to_owned() }, Target::Postgres)
}

on_both! {
    async fn nothing_of_one_tenant_shows_in_another(options) {
        let url = Options::database_url(&options);
        let (server, admin) = started(options).await;
        stranger(&server, target(&server, url)).await;
        let eve = signed_in(&server, EMAIL, PASSWORD).await;

        let rule = admin.post("/rules/detections", &json!({"name": "Ours", "window_minutes": 0, "conditions": {"details.token": "ours"}})).await.ok().json();
        let mut notes = eve.notes().await;
        let id = admin.post("/events", &event("x", "ours")).await.ok().json()["id"].clone();
        admin.post("/events", &json!([{"bad": 1}])).await.ok();
        let view = admin.post("/views", &json!({"page": "alerts", "name": "Ours", "query": "", "shared": true})).await.ok().json();
        let alert = testkit::wait_for("the alert", crate::support::SOON, async || {
            let items = admin.get(&format!("/alerts?rule_id={}", rule["id"])).await.ok().page().items;
            items.first().cloned().ok_or("none")
        })
        .await;
        let user = admin.get("/me").await.ok().json();

        for list in ["/alerts", "/events", "/dead-letters", "/views", "/siem/events", "/edr/events", "/network/events", "/network/sensors", "/rules/detections"] {
            assert_eq!(eve.get(list).await.ok().json(), json!([]), "{list}");
        }
        let arrived = eve.get("/pipeline").await.ok().json();
        assert_eq!((&arrived["sources"], &arrived["total"]["received"]), (&json!([]), &json!(0)), "{arrived}");
        assert_eq!(eve.get("/users").await.ok().json().as_array().map(Vec::len), Some(1), "herself");
        let audit = eve.get("/audit?limit=500").await.ok().page().items;
        assert!(audit.iter().all(|r| r["actor"] == json!(EMAIL)), "{audit:?}");
        let unseen = [
            format!("/alerts/{}", alert["id"]), format!("/alerts/{}/history", alert["id"]), format!("/alerts/{}/events", alert["id"]),
            format!("/events/{id}"), format!("/rules/detections/{}", rule["id"]), format!("/users/{}", user["id"]),
        ];
        for path in &unseen {
            assert_eq!(eve.get(path).await.status, 404, "GET {path}");
        }
        let close = json!({"status": "closed", "conclusion": "Mine now"});
        let changes: [(String, Value); 3] = [
            (format!("/alerts/{}", alert["id"]), close.clone()),
            (format!("/rules/detections/{}", rule["id"]), json!({"enabled": false})),
            (format!("/users/{}", user["id"]), json!({"is_active": false})),
        ];
        for (path, change) in &changes {
            assert_eq!(eve.patch(path, change).await.status, 404, "PATCH {path}");
        }
        assert_eq!(eve.post("/alerts/bulk", &json!({"ids": [alert["id"]], "change": close})).await.status, 404);
        assert_eq!(eve.post(&format!("/users/{}/reset-password", user["id"]), &json!({})).await.status, 404);
        for path in [&unseen[0], &unseen[4], &format!("/views/{}", view["id"])] {
            assert_eq!(eve.delete(path).await.status, 404, "DELETE {path}");
        }
        assert_eq!(eve.post("/dead-letters/delete", &json!({"ids": (1..100).collect::<Vec<i64>>()})).await.ok().json()["deleted"], json!(0));
        assert_eq!(admin.get("/dead-letters").await.ok().page().total, Some(1));
        assert_eq!(admin.get(&unseen[0]).await.ok().json()["status"], json!("open"));

        // what she sends is hers, and the first thing her stream tells is her own
        eve.post("/rules/detections", &json!({"name": "Hers", "window_minutes": 0, "conditions": {"details.token": "hers"}})).await.ok();
        eve.post("/events", &event("x", "hers")).await.ok();
        wait_events(&eve, "", 1).await;
        wait_events(&admin, "", 1).await;
        let first = notes.find("an alert", crate::support::SOON, |n| match n {
            model::live::Note::Alert { title, .. } => Some(title.clone()),
            _ => None,
        })
        .await;
        assert_eq!(first, "Hers");
        drop(server);
    }
}
