//! Dead letters: what was refused, tried again, thrown away.
use crate::support::{event, on_both, started, trail, wait_events};
use serde_json::{Value, json};

on_both! {
    async fn a_letter_is_kept_until_it_is_deleted(options) {
        let (_server, admin) = started(options).await;
        let batch = json!([event("a", "x"), {"event_type": "b", "severity": "dire"}, {"severity": "low"}, 7]);
        admin.post("/events", &batch).await.ok();
        let listed = admin.get("/dead-letters").await.ok().page();
        assert_eq!(listed.total, Some(3));
        let ids: Vec<i64> = listed.items.iter().filter_map(|l| l["id"].as_i64()).collect();
        assert!(listed.items.iter().all(|l| l["source"] == "events" && l["hint"].as_str().is_some_and(|h| !h.is_empty())), "{:?}", listed.items);
        let some = admin.get("/dead-letters?reason=invalid_severity").await.ok().page();
        assert_eq!((some.total, &some.items[0]["batch_index"]), (Some(1), &json!(1)));

        // nothing has changed, so they fail again and stay
        let tried = admin.post("/dead-letters/replay", &json!({"ids": ids})).await.ok().json();
        assert_eq!((&tried["stored"], &tried["failed"]), (&json!(0), &json!(3)));
        let after = admin.get("/dead-letters").await.ok().page();
        assert!(after.total == Some(3) && after.items.iter().all(|l| l["replays"] == json!(1)), "{:?}", after.items);

        let deleted = admin.post("/dead-letters/delete", &json!({"ids": [ids[0], ids[1], 999_999]})).await.ok().json();
        assert_eq!(deleted["deleted"], json!(2));
        assert_eq!(admin.get("/dead-letters").await.ok().page().total, Some(1));
        let (rows, _) = trail(&admin).await;
        let actions: Vec<&Value> = rows.iter().map(|r| &r["action"]).take(2).collect();
        assert_eq!(actions, [&json!("dead_letter.delete"), &json!("dead_letter.replay")]);
        for wrong in [json!({"ids": []}), json!({"ids": (0..501).collect::<Vec<i64>>()}), json!({})] {
            for path in ["/dead-letters/replay", "/dead-letters/delete"] {
                assert_eq!(admin.post(path, &wrong).await.status, 422, "{path} {wrong}");
            }
        }
        wait_events(&admin, "", 1).await;
    }

    async fn an_event_that_is_too_large_is_refused_alone(options) {
        let (_server, admin) = started(options).await;
        let mut large = event("big", "largeone");
        large["details"]["payload"] = json!("x".repeat(300 << 10));
        let answer = admin.post("/events", &json!([event("a", "smallone"), large, event("a", "smalltwo")])).await.ok().json();
        assert_eq!((&answer["accepted"], &answer["errors"][0]["reason"], &answer["errors"][0]["index"]), (&json!(2), &json!("too_large"), &json!(1)));
        wait_events(&admin, "smallone OR smalltwo OR largeone", 2).await;
        let letter = &admin.get("/dead-letters").await.ok().page().items[0];
        let kept = letter["raw"].as_str().map_or(0, str::len);
        assert!((200 << 10..=256 << 10).contains(&kept), "its beginning is kept: {kept} bytes");
    }

    async fn a_line_that_is_too_large_is_not_read(options) {
        let (_server, admin) = started(options).await;
        let lines = [event("a", "whole").to_string(), "x".repeat(300 << 10), "x".into()].join("\n");
        let answer = admin.post_raw("/events", &[], lines).await.ok().json();
        let reasons: Vec<&Value> = answer["errors"].as_array().into_iter().flatten().map(|e| &e["reason"]).collect();
        assert_eq!(reasons, [&json!("too_large"), &json!("invalid_json")], "{}", answer["accepted"]);
    }
}
