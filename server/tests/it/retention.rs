//! Retention over HTTP: what the policy says goes from the files, and the page shows the same as the routes.
use crate::support::{SOON, on_both, started, wait_events};
use model::{Micros, time::DAY};
use serde_json::{Value, json};
use testkit::{Client, wait_for};

fn policy(events: Option<i64>) -> Value {
    json!({"events": events, "network": null, "alerts": null, "dead_letters": null, "hold": false})
}

async fn put(admin: &Client, policy: &Value) -> testkit::Reply {
    admin.send(admin.request(http::Method::PUT, "/admin/retention").json(policy)).await
}

/// An event that happened so many days ago.
fn past(token: &str, days: i64) -> Value {
    let now = platform::clock::now();
    let at = now.plus(-days * DAY).rfc3339();
    json!({"event_type": "past", "severity": "low", "timestamp": at, "details": {"message": format!("say {token}")}})
}

on_both! {
    async fn events_past_their_time_go_and_others_stay(options) {
        let options = options.env("EVENTSEC_LIMITS_HEAD_AGE", "1s").env("EVENTSEC_RETENTION_FREE_PERCENT", "0");
        let (mut server, admin) = started(options).await;
        let old = past("oldone", 90);
        admin.post("/events", &json!([old, past("newone", 5)])).await.ok();
        wait_events(&admin, "oldone OR newone", 2).await;
        let fresh = admin.get("/admin/retention").await.ok().json();
        assert_eq!((&fresh["policy"], &fresh["updated_at"]), (&policy(None), &json!(null)));
        assert!(fresh["disk"]["total"].as_i64() > Some(0), "{fresh}");

        for bad in [json!({}), json!({"events": 30}), policy(Some(0))] {
            assert_eq!(put(&admin, &bad).await.status, 422, "{bad}");
        }
        let set = put(&admin, &policy(Some(30))).await.ok().json();
        assert_eq!(set["policy"], policy(Some(30)));
        // what is in no part yet is not old, whatever its time
        let preview = wait_for("the old event in a part", SOON, async || {
            let seen = admin.get("/admin/retention/preview").await.ok().json();
            if seen["classes"][0]["events"] == json!(1) { Ok(seen) } else { Err(seen) }
        })
        .await;
        let row = &preview["classes"][0];
        let day = Micros::parse(old["timestamp"].as_str().unwrap_or_default()).map(Micros::date);
        assert_eq!((&row["class"], row["oldest"].as_str()), (&json!("events"), day.as_deref()));
        assert_eq!(admin.post("/admin/retention/run", &json!({})).await.ok().json(), preview);
        wait_events(&admin, "oldone", 0).await;
        wait_events(&admin, "newone", 1).await;
        let told = admin.query("/audit", &[("action", "retention.run")]).await.ok().page().items;
        assert_eq!((told.len(), &told[0]["after"]), (1, &preview));

        server.terminate().await;
        for check in [["lake", "check"], ["audit", "verify"]] {
            assert!(server.run(&check).await.status.success(), "{check:?}");
        }
        server.restart().await;
        wait_events(&admin, "oldone OR newone", 1).await;
        let page = admin.bare(http::Method::GET, "/admin/retention").header("accept", "text/html").bearer_auth(admin.token().unwrap_or_default());
        let page = admin.send(page).await;
        assert!(page.status == 200 && page.text().contains("value=\"30\""), "{} {}", page.status, page.text());
    }
}
