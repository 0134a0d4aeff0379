//! Detection rules and the alerts they raise.
use crate::support::{SOON, event, on_both, started, wait_events};
use serde_json::{Value, json};
use testkit::Client;

fn rule(name: &str, conditions: Value) -> Value {
    json!({"name": name, "severity": "high", "window_minutes": 0, "conditions": conditions})
}

async fn alerts(client: &Client, rule: &Value, n: i64) -> Vec<Value> {
    testkit::wait_for("the rule's alerts", SOON, async || {
        let page = client.get(&format!("/alerts?rule_id={}", rule["id"])).await.ok().page();
        if page.total == Some(n) { Ok(page.items) } else { Err(page.total) }
    })
    .await
}

on_both! {
    async fn rules_are_added_changed_tested_and_deleted(options) {
        let (_server, admin) = started(options).await;
        let shipped = admin.get("/rules/detections").await.ok().json();
        assert!(shipped.as_array().is_some_and(|r| r.len() >= 10 && r.iter().all(|r| r["builtin"] == json!(true))), "{shipped}");
        let made = admin.post("/rules/detections", &json!({"name": "Mine", "conditions": {"details.token": "one"}})).await;
        assert_eq!(made.status, 201);
        let made = made.json();
        assert_eq!((&made["severity"], &made["enabled"], &made["create_incident"]), (&json!("medium"), &json!(true), &json!(false)));
        let path = format!("/rules/detections/{}", made["id"]);
        assert_eq!(admin.get(&path).await.ok().json(), made);
        assert_eq!(admin.get("/rules/detections").await.ok().json()[0]["id"], made["id"], "newest first");
        for (bad, pointer) in [
            (json!({"name": "x", "conditions": {}}), "/conditions"),
            (json!({"name": " ", "conditions": {"a": 1}}), "/name"),
            (json!({"name": "x", "conditions": {"a": {"cidr": "nowhere"}}}), "/conditions"),
            (json!({"name": "x", "severity": "info", "conditions": {"a": 1}}), "/severity"),
        ] {
            let reply = admin.post("/rules/detections", &bad).await;
            let body = reply.json();
            let found = body["errors"][0]["pointer"].as_str().unwrap_or_default();
            assert!(reply.status == 422 && found.starts_with(pointer), "{bad}: {}", reply.text());
        }
        admin.post("/events", &json!([event("t", "one"), event("t", "two"), event("t", "one")])).await.ok();
        wait_events(&admin, "", 3).await;
        // both matches of the saved rule are one alert; detection is over once it is there
        alerts(&admin, &made, 1).await;
        let before = admin.get("/alerts?limit=1").await.ok().page().total;
        let tried = admin.post("/rules/detections/test", &rule("Trial", json!({"details.token": ["one", "three"]}))).await.ok().json();
        assert_eq!((&tried["examined"], &tried["matched"]), (&json!(3), &json!(2)), "{tried}");
        assert_eq!(admin.get("/alerts?limit=1").await.ok().page().total, before, "a trial raises nothing");
        let changed = admin.patch(&path, &json!({"severity": "critical"})).await.ok().json();
        assert_eq!((&changed["severity"], &changed["conditions"]), (&json!("critical"), &made["conditions"]));
        admin.delete(&path).await.ok();
        assert_eq!((admin.get(&path).await.status, admin.delete(&path).await.status), (404, 404));
    }

    async fn conditions_are_strict_and_all_must_hold(options) {
        let (_server, admin) = started(options).await;
        let made = admin.post("/rules/detections", &rule("Port", json!({"event_type": "net", "details.port": [445, 139]}))).await.json();
        let net = |kind: &str, port: Value| json!({"event_type": kind, "severity": "low", "details": {"port": port, "hostname": "WS-1", "username": "ana"}});
        let hit = admin.post("/events", &net("net", json!(445))).await.ok().json()["id"].clone();
        for miss in [net("net", json!("445")), net("net", json!(80)), net("other", json!(445))] {
            admin.post("/events", &miss).await.ok();
        }
        let last = admin.post("/events", &net("net", json!(139))).await.ok().json()["id"].clone();
        let raised = alerts(&admin, &made, 2).await;
        assert_eq!((&raised[1]["event_ids"], &raised[0]["event_ids"]), (&json!([hit]), &json!([last])));
        assert_eq!((&raised[0]["title"], &raised[0]["source"]), (&json!("Port"), &json!("DetectionRule")));
        assert_eq!((&raised[0]["hostname"], &raised[0]["username"]), (&json!("WS-1"), &json!("ana")));
        let evidence = admin.get(&format!("/alerts/{}/events", raised[0]["id"])).await.ok().json();
        assert_eq!((evidence.as_array().map(Vec::len), &evidence[0]["id"]), (Some(1), &last));
    }

    async fn matches_within_a_window_are_one_alert(options) {
        let (_server, admin) = started(options).await;
        let mut new = rule("Often", json!({"details.token": "again"}));
        new["window_minutes"] = json!(60);
        let made = admin.post("/rules/detections", &new).await.json();
        let on = |host: &str| json!({"event_type": "t", "severity": "low", "details": {"token": "again", "hostname": host}});
        let batch: Vec<Value> = (0..10).map(|n| on(if n < 7 { "WS-1" } else { "WS-2" })).collect();
        admin.post("/events", &json!(batch)).await.ok();
        admin.post("/events", &on("WS-1")).await.ok();
        let raised = testkit::wait_for("two alerts of 8 and 3 events", SOON, async || {
            let items = admin.get(&format!("/alerts?rule_id={}", made["id"])).await.ok().page().items;
            let mut counts: Vec<i64> = items.iter().filter_map(|a| a["event_count"].as_i64()).collect();
            counts.sort_unstable();
            if counts == [3, 8] { Ok(items) } else { Err(counts) }
        })
        .await;
        assert!(raised.iter().all(|a| a["event_ids"].as_array().map(|e| e.len() as i64) == a["event_count"].as_i64()), "{raised:?}");
    }

    async fn a_saved_rule_applies_to_the_next_event(options) {
        let (_server, admin) = started(options).await;
        let made = admin.post("/rules/detections", &rule("Hot", json!({"details.token": "first"}))).await.json();
        let path = format!("/rules/detections/{}", made["id"]);
        admin.post("/events", &event("t", "first")).await.ok();
        alerts(&admin, &made, 1).await;
        // another condition: only the new one counts
        admin.patch(&path, &json!({"conditions": {"details.token": "second"}})).await.ok();
        admin.post("/events", &json!([event("t", "first"), event("t", "second")])).await.ok();
        alerts(&admin, &made, 2).await;
        // off: nothing; on again: again. A second rule shows that the road has passed
        let mark = admin.post("/rules/detections", &rule("Mark", json!({"details.token": "mark"}))).await.json();
        admin.patch(&path, &json!({"enabled": false})).await.ok();
        admin.post("/events", &json!([event("t", "second"), event("t", "mark")])).await.ok();
        alerts(&admin, &mark, 1).await;
        assert_eq!(alerts(&admin, &made, 2).await.len(), 2, "a rule that is off raises nothing");
        admin.patch(&path, &json!({"enabled": true})).await.ok();
        admin.post("/events", &event("t", "second")).await.ok();
        alerts(&admin, &made, 3).await;
        // deleted: its alerts stay
        admin.delete(&path).await.ok();
        admin.post("/events", &json!([event("t", "second"), event("t", "mark")])).await.ok();
        alerts(&admin, &mark, 2).await;
        let kept = admin.get("/alerts?text=hot").await.ok().page();
        assert_eq!(kept.total, Some(3));
    }
}
