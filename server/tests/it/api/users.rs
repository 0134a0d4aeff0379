//! People.
use crate::support::{OWN, on_both, person, started, trail};
use serde_json::{Value, json};
use testkit::server::ADMIN;

fn new(email: &str, role: &str) -> Value {
    json!({"full_name": "Ana Gil", "role": role, "email": email, "password": "a-first-password-of-ana"})
}

on_both! {
    async fn people_are_added_changed_and_listed(options) {
        let (_server, admin) = started(options).await;
        let made = admin.post("/users", &new("Ana.Gil@Example.ORG", "senior_analyst")).await;
        assert_eq!(made.status, 200, "the contract's creates answer 200: {}", made.text());
        let made = made.json();
        assert_eq!((&made["email"], &made["timezone"]), (&json!("ana.gil@example.org"), &json!("Europe/Madrid")));
        assert_eq!((&made["is_active"], &made["must_change_password"]), (&json!(true), &json!(true)));
        assert!(made.get("password").is_none() && made.get("password_hash").is_none());

        let twice = admin.post("/users", &new("ana.gil@example.org", "analyst")).await;
        assert_eq!((twice.status, &twice.json()["detail"]), (400, &json!("Email already registered")));
        let changed = admin.patch(&format!("/users/{}", made["id"]), &json!({"team": "Night", "unknown": 1})).await.ok().json();
        assert_eq!((&changed["team"], &changed["full_name"]), (&json!("Night"), &json!("Ana Gil")));
        let clash = admin.patch(&format!("/users/{}", made["id"]), &json!({"email": ADMIN.0})).await;
        assert_eq!((clash.status, &clash.json()["detail"]), (400, &json!("Email already registered")));
        let nobody = admin.patch("/users/999999", &json!({"team": "Night"})).await;
        assert_eq!((nobody.status, &nobody.json()["detail"]), (404, &json!("User not found")));

        let all = admin.get("/users").await.ok().json();
        let ids: Vec<i64> = all.as_array().expect("a list").iter().filter_map(|u| u["id"].as_i64()).collect();
        assert!(ids.len() == 2 && ids.is_sorted(), "{ids:?}");
        let (rows, _) = trail(&admin).await;
        let update = rows.iter().find(|r| r["action"] == "user.update").expect("a row of the change");
        assert_eq!((&update["before"]["team"], &update["after"]["team"]), (&json!(null), &json!("Night")), "{update}");
        assert_eq!((&update["actor"], &update["target_id"]), (&json!(ADMIN.0), &json!(made["id"].to_string())));
    }

    async fn every_wrong_field_is_named(options) {
        let (_server, admin) = started(options).await;
        let bad = json!({"full_name": " ", "role": "root", "email": "nobody", "password": "short"});
        let reply = admin.post("/users", &bad).await;
        let body = reply.json();
        let mut pointers: Vec<&str> = body["errors"].as_array().expect("errors").iter().filter_map(|e| e["pointer"].as_str()).collect();
        pointers.sort_unstable();
        assert_eq!((reply.status, pointers), (422, vec!["/email", "/full_name", "/password", "/role"]));
        let missing = admin.post("/users", &json!({"email": "a@b.org"})).await;
        assert_eq!(missing.status, 422, "{}", missing.text());
        assert_eq!(admin.get("/users").await.json().as_array().map(Vec::len), Some(1));
    }

    async fn the_last_administrator_stays(options) {
        let (server, admin) = started(options).await;
        let me = admin.get("/me").await.ok().json()["id"].clone();
        let path = format!("/users/{me}");
        for change in [json!({"role": "analyst"}), json!({"is_active": false})] {
            let reply = admin.patch(&path, &change).await;
            assert_eq!(reply.status, 409, "{change}: {}", reply.text());
        }
        assert_eq!(admin.get("/me").await.json()["role"], json!("admin"));
        let other = person(&server, &admin, "other", "admin").await;
        admin.patch(&path, &json!({"role": "analyst"})).await.ok();
        let alone = other.client.patch(&format!("/users/{}", other.id), &json!({"is_active": false})).await;
        assert_eq!(alone.status, 409, "now the other one is the last");
    }

    async fn only_administrators_manage_people(options) {
        let (server, admin) = started(options).await;
        let lead = person(&server, &admin, "lead", "team_lead").await;
        let refused = lead.client.post("/users", &new("x@example.org", "admin")).await;
        assert_eq!((refused.status, &refused.json()["detail"]), (403, &json!("Not enough permissions")));
        let raise = lead.client.patch(&format!("/users/{}", lead.id), &json!({"role": "admin"})).await;
        assert_eq!(raise.status, 403);
        assert_eq!(lead.client.get("/users").await.status, 200, "names are known, for assigning");
        assert_eq!(lead.client.get("/audit").await.status, 403);
        // one's own time zone, through the profile page, and nothing else
        let form = |body: &str| {
            let request = lead.client.request(http::Method::POST, "/app/server_fns/profile/change_timezone");
            request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned())
        };
        let set = lead.client.send(form("timezone=Europe%2FLisbon&role=admin")).await;
        assert_eq!(set.status, 200, "{}", set.text());
        let me = lead.client.get("/me").await.json();
        assert_eq!((&me["timezone"], &me["role"]), (&json!("Europe/Lisbon"), &json!("team_lead")));
        assert!(server.anonymous().login(&lead.email, OWN).await.is_ok());
    }
}
