//! Working alerts.
use crate::support::{SOON, colleague, event, on_both, person, started, trail};
use model::live::Note;
use serde_json::{Value, json};
use testkit::Client;

async fn file(client: &Client, title: &str, severity: &str) -> Value {
    let new = json!({"title": title, "description": "d", "source": "tests", "category": "test", "severity": severity, "hostname": "ws-7"});
    let reply = client.post("/alerts", &new).await;
    assert_eq!(reply.status, 200, "the contract's creates answer 200: {}", reply.text());
    reply.json()
}

/// The rule's alert, once it counts `n` events.
async fn counting(client: &Client, rule: &Value, n: i64) -> i64 {
    testkit::wait_for("the rule's alert", SOON, async || {
        let items = client.get(&format!("/alerts?rule_id={}", rule["id"])).await.ok().page().items;
        let found = items.iter().find(|a| a["event_count"] == json!(n));
        found.and_then(|a| a["id"].as_i64()).ok_or(items.len())
    })
    .await
}

on_both! {
    async fn an_alert_lives_from_filing_to_closing(options) {
        let (server, admin) = started(options).await;
        let bea = person(&server, &admin, "bea", "analyst").await;
        let mut notes = bea.client.notes().await;
        let alert = file(&admin, "By hand", "high").await;
        let id = alert["id"].as_i64().expect("an id");
        assert_eq!((&alert["status"], &alert["severity"], &alert["assigned_to"]), (&json!("open"), &json!("high"), &json!(null)));
        let created = alert["created_at"].as_str().expect("a time");
        assert!(created.ends_with('Z') && created.len() == 27, "UTC with microseconds: {created}");
        notes.find("the alert", SOON, |n| matches!(n, Note::Alert { id: i, .. } if *i == id).then_some(())).await;

        // the whole team sees it, and works on it
        let path = format!("/alerts/{id}");
        assert_eq!(bea.client.get(&path).await.ok().json(), alert);
        let taken = bea.client.patch(&path, &json!({"status": "in_progress", "assigned_to": bea.id})).await.ok().json();
        assert_eq!((&taken["assigned_to"], &taken["assigned_name"]), (&json!(bea.id), &json!("Person bea")));
        notes.find("the change", SOON, |n| matches!(n, Note::AlertChanged { ids } if ids == &[id]).then_some(())).await;
        let bare = bea.client.patch(&path, &json!({"status": "closed"})).await;
        assert_eq!((bare.status, &bare.json()["errors"][0]["pointer"]), (422, &json!("/conclusion")), "closing needs a conclusion");
        let closed = bea.client.patch(&path, &json!({"status": "closed", "conclusion": "A test of ours"})).await.ok().json();
        assert_eq!((&closed["status"], &closed["conclusion"]), (&json!("closed"), &json!("A test of ours")));
        assert!(closed["closed_at"].is_string());

        let (rows, _) = trail(&admin).await;
        let row = &rows[0];
        assert_eq!((&row["action"], &row["actor"], &row["target_id"]), (&json!("alert.close"), &json!(bea.email), &json!(id.to_string())));
        assert_eq!((&row["before"]["status"], &row["after"]["status"]), (&json!("in_progress"), &json!("closed")));
        let history = admin.get(&format!("{path}/history")).await.ok().json();
        assert_eq!(history.as_array().map(Vec::len), Some(5), "created, taken (2), closed (2): {history}");

        let unassigned = admin.patch(&path, &json!({"assigned_to": null})).await.ok().json();
        assert_eq!((&unassigned["assigned_to"], &unassigned["status"]), (&json!(null), &json!("closed")), "null takes it away, what is not sent stays");
        let stranger = admin.patch(&path, &json!({"assigned_to": 999_999})).await;
        assert_eq!(stranger.status, 422, "{}", stranger.text());
        let gone = admin.delete(&path).await.ok();
        assert_eq!(gone.json()["detail"], json!(format!("Alert {id} deleted successfully")));
        for reply in [admin.get(&path).await, admin.patch(&path, &json!({})).await, admin.delete(&path).await] {
            assert_eq!((reply.status, &reply.json()["detail"]), (404, &json!("Alert not found")));
        }
    }

    async fn what_is_missing_or_wrong_is_said(options) {
        let (_server, admin) = started(options).await;
        for (new, status, detail) in [
            (json!({"title": " ", "source": "s", "description": "", "category": ""}), 400, "Title is required"),
            (json!({"title": "t", "source": "", "description": "", "category": ""}), 400, "Source is required"),
        ] {
            let reply = admin.post("/alerts", &new).await;
            assert_eq!((reply.status, &reply.json()["detail"]), (status, &json!(detail)));
        }
        for new in [
            json!({"title": "t", "source": "s", "severity": "info"}),
            json!({"title": "t", "source": "s", "severity": "dire"}),
            json!({"title": "t", "source": "s", "url": "javascript:alert(1)"}),
            json!({"title": "t".repeat(256), "source": "s"}),
            json!({"source": "s"}),
        ] {
            let reply = admin.post("/alerts", &new).await;
            assert_eq!(reply.status, 422, "{new}: {}", reply.text());
        }
        assert_eq!(admin.get("/alerts").await.ok().page().total, Some(0));
    }

    async fn lists_filter_sort_and_page(options) {
        let (server, admin) = started(options).await;
        for (n, severity) in ["low", "critical", "medium", "high", "low"].iter().enumerate() {
            file(&admin, &format!("Number {n}"), severity).await;
        }
        let ask = async |query: &str| admin.get(&format!("/alerts?{query}")).await.ok().page();
        let titles = |page: &testkit::client::Listed| -> Vec<String> {
            page.items.iter().map(|a| a["title"].as_str().expect("a title").to_owned()).collect()
        };
        let all = ask("").await;
        assert_eq!((all.total, titles(&all)[0].as_str()), (Some(5), "Number 4"), "newest first");
        assert_eq!(titles(&ask("sort=severity&limit=2").await), ["Number 1", "Number 3"]);
        assert_eq!(ask("severity=low,high").await.total, Some(3));
        assert_eq!(titles(&ask("text=number%203").await), ["Number 3"]);
        assert_eq!(ask("hostname=ws-7&status=open").await.total, Some(5));
        assert_eq!(ask("status=closed").await.total, Some(0));
        assert_eq!(ask("assigned=me").await.total, Some(0));
        assert_eq!(ask("assigned=none").await.total, Some(5));
        assert_eq!(ask("until=2000-01-01T00:00:00Z").await.total, Some(0));
        assert_eq!(ask("since=2000-01-01T00:00:00Z&until=2999-01-01T00:00:00Z").await.total, Some(5));
        assert_eq!(ask("closed_since=2000-01-01T00:00:00Z").await.total, Some(0), "none is closed");
        let (mut cursor, mut seen) = (String::new(), Vec::new());
        loop {
            let page = ask(&format!("limit=2&cursor={cursor}")).await;
            seen.extend(titles(&page));
            match page.next {
                Some(next) => cursor = testkit::client::encode(&[("c", &next)])[2..].to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, ["Number 4", "Number 3", "Number 2", "Number 1", "Number 0"]);
        for wrong in ["status=shut", "severity=red", "limit=0", "limit=501", "cursor=none", "sort=luck", "since=soon", "until=soon", "closed_since=soon", "assigned=you"] {
            let reply = admin.get(&format!("/alerts?{wrong}")).await;
            assert_eq!(reply.status, 422, "{wrong}: {}", reply.text());
        }
        drop(server);
    }

    async fn a_closed_alert_has_a_conclusion_whichever_way_it_was_closed(options) {
        let (_server, admin) = started(options).await;
        let id = file(&admin, "Closed", "low").await["id"].as_i64().expect("an id");
        let path = format!("/alerts/{id}");
        let restore = async |conclusion: &Value| {
            let state = json!([{"id": id, "status": "closed", "assigned_to": null, "conclusion": conclusion}]);
            admin.post("/alerts/restore", &state).await
        };
        for wrong in [json!(null), json!(" "), json!("a\u{0}b"), json!("x".repeat(10_001))] {
            let reply = restore(&wrong).await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["pointer"]), (422, &json!("/conclusion")), "{}", reply.text());
        }
        assert_eq!(admin.get(&path).await.ok().json()["status"], json!("open"));
        restore(&json!("Noise")).await.ok();
        let emptied = admin.patch(&path, &json!({"conclusion": ""})).await;
        assert_eq!((emptied.status, &emptied.json()["errors"][0]["pointer"]), (422, &json!("/conclusion")), "{}", emptied.text());
        let kept = admin.patch(&path, &json!({"assigned_to": null})).await.ok().json();
        assert_eq!((&kept["status"], &kept["conclusion"]), (&json!("closed"), &json!("Noise")));
        let open = admin.patch(&path, &json!({"status": "open", "conclusion": ""})).await.ok().json();
        assert_eq!((&open["status"], &open["conclusion"]), (&json!("open"), &json!(null)));
    }

    async fn a_further_match_hides_no_colleague_from_an_undo(options) {
        let (server, admin) = started(options).await;
        let bea = colleague(&server, &admin, "analyst").await;
        let rule = json!({"name": "Again", "severity": "high", "window_minutes": 60, "conditions": {"details.token": "again"}});
        let rule = admin.post("/rules/detections", &rule).await.ok().json();
        admin.post("/events", &event("t", "again")).await.ok();
        let id = counting(&admin, &rule, 1).await;
        let take = json!({"ids": [id], "change": {"status": "in_progress"}});
        // what only the program added is no reason to refuse
        let done = bea.post("/alerts/bulk", &take).await.ok().json();
        admin.post("/events", &event("t", "again")).await.ok();
        counting(&admin, &rule, 2).await;
        let undone = bea.post("/alerts/restore", &done["before"]).await.ok().json();
        assert_eq!(undone["changed"], json!([id]));
        // nor does it hide what a colleague did before it
        let done = bea.post("/alerts/bulk", &take).await.ok().json();
        admin.patch(&format!("/alerts/{id}"), &json!({"conclusion": "Looked at it"})).await.ok();
        admin.post("/events", &event("t", "again")).await.ok();
        counting(&admin, &rule, 3).await;
        let clash = bea.post("/alerts/restore", &done["before"]).await;
        assert_eq!(clash.status, 409, "{}", clash.text());
        assert_eq!(admin.get(&format!("/alerts/{id}")).await.ok().json()["conclusion"], json!("Looked at it"));
    }

    async fn many_are_closed_at_once_and_undone(options) {
        let (server, admin) = started(options).await;
        let bea = colleague(&server, &admin, "analyst").await;
        let mut ids = Vec::new();
        for n in 0..3 {
            ids.push(file(&admin, &format!("Bulk {n}"), "low").await["id"].as_i64().expect("an id"));
        }
        let close = json!({"ids": ids, "change": {"status": "closed", "conclusion": "Noise"}});
        let done = bea.post("/alerts/bulk", &close).await.ok().json();
        assert_eq!(done["changed"], json!(ids));
        assert_eq!(admin.get("/alerts?status=closed").await.ok().page().total, Some(3));
        let undone = bea.post("/alerts/restore", &done["before"]).await.ok().json();
        assert_eq!(undone["changed"], json!(ids));
        assert_eq!(admin.get("/alerts?status=open").await.ok().page().total, Some(3));

        // one that does not exist: none is changed
        let some = json!({"ids": [ids[0], 999_999], "change": {"status": "closed", "conclusion": "Noise"}});
        assert_eq!(bea.post("/alerts/bulk", &some).await.status, 404);
        assert_eq!(admin.get("/alerts?status=open").await.ok().page().total, Some(3), "all or none");
        // somebody else was there meanwhile: nothing is undone
        let done = bea.post("/alerts/bulk", &close).await.ok().json();
        admin.patch(&format!("/alerts/{}", ids[1]), &json!({"conclusion": "Looked at it"})).await.ok();
        let clash = bea.post("/alerts/restore", &done["before"]).await;
        assert_eq!(clash.status, 409, "{}", clash.text());
        assert_eq!(admin.get("/alerts?status=closed").await.ok().page().total, Some(3));
        for wrong in [json!({"ids": [], "change": {}}), json!({"ids": (0..1_001).collect::<Vec<i64>>(), "change": {}})] {
            assert_eq!(bea.post("/alerts/bulk", &wrong).await.status, 422);
        }
        // analysts work alerts and do not delete them
        assert_eq!(bea.delete(&format!("/alerts/{}", ids[0])).await.status, 403);
    }
}
