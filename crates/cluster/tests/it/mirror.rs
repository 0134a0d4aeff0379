//! Copies of rows: older versions never replace newer ones, what is there is told in order, and what is gone stays gone.
use crate::help::{self, Own, within};
use cluster::mirror::{self, Kind};
use model::Micros;
use model::alert::Alert;
use model::dead_letter::{DeadLetter, INDEX_REFUSED};
use opensearch::http::Method;
use serde_json::{Value, json};

fn alert(id: i64, at: i64, title: &str) -> Alert {
    let time = "2026-01-01T00:00:00Z";
    let row = json!({
        "id": id, "title": title, "description": "", "source": "s", "category": "", "severity": "high", "status": "open",
        "url": null, "sender": null, "username": null, "hostname": "WS-01", "created_at": time, "updated_at": time,
        "assigned_to": null, "assigned_name": null, "conclusion": null, "closed_at": null, "rule_id": 7, "event_count": 2,
        "event_ids": [3, 4], "first_seen": time, "last_seen": time, "create_incident": false, "sample": false,
    });
    Alert { updated_at: Micros(at), ..serde_json::from_value(row).unwrap() }
}

fn letter(id: i64, received_at: &str, replays: i64) -> DeadLetter {
    serde_json::from_value(json!({
        "id": id, "received_at": received_at, "source": "zeek", "sensor": "edge", "batch_index": 1, "reason": INDEX_REFUSED,
        "pointer": "", "hint": "event 9: no", "raw": "secret", "replays": replays,
    }))
    .unwrap()
}

async fn source(own: &Own, readers: &str, id: i64) -> Option<Value> {
    let client = own.cluster.client();
    client.refresh().await.unwrap();
    let path = format!("/{}/_search", client.named(readers));
    let query = json!({"query": {"ids": {"values": [id.to_string()]}}});
    let answer = client.ask(Method::Post, &path, &[], Some(&query)).await.unwrap();
    answer["hits"]["hits"].get(0).map(|hit| hit["_source"].clone())
}

async fn seen(own: &Own, kind: Kind, after: i64, limit: usize) -> Vec<(i64, i64)> {
    own.cluster.client().refresh().await.unwrap();
    let seen = own.cluster.seen(kind, after, limit).await.unwrap();
    seen.iter().map(|s| (s.id, s.version)).collect()
}

#[tokio::test]
async fn the_newest_version_of_an_alert_stays() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    within(60, async {
        assert!(seen(&own, Kind::Alerts, 0, 10).await.is_empty(), "before there is an index");
        let copy = async |id, at, title: &str| {
            let refused =
                own.cluster.mirror(&[mirror::alert("acme", &alert(id, at, title))]).await.unwrap();
            assert!(refused.is_empty(), "{refused:?}");
        };
        for (id, at) in [(9, 100), (100, 50), (10, 7)] {
            copy(id, at, "first").await;
        }
        copy(9, 101, "second").await;
        copy(9, 99, "late").await;
        copy(9, 101, "second").await;
        let doc = source(&own, "alerts-v1", 9).await.unwrap();
        assert_eq!(
            (&doc["title"], &doc["alert_id"], &doc["tenant_id"]),
            (&json!("second"), &json!("9"), &json!("acme"))
        );
        assert_eq!(
            (&doc["severity"], &doc["status"], &doc["event_ids"]),
            (&json!("high"), &json!("open"), &json!([3, 4]))
        );
        assert_eq!(
            seen(&own, Kind::Alerts, 0, 2).await,
            [(9, 101), (10, 7)],
            "by number, not by text"
        );
        assert_eq!(seen(&own, Kind::Alerts, 10, 2).await, [(100, 50)]);

        let gone = own.cluster.seen(Kind::Alerts, 9, 10).await.unwrap();
        for _ in 0..2 {
            own.cluster.unmirror(&gone).await.unwrap();
        }
        assert_eq!(seen(&own, Kind::Alerts, 0, 10).await, [(9, 101)]);
        assert_eq!(own.cluster.client().health().await.unwrap().drift, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn dead_letters_lie_in_their_days_without_their_records() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    within(60, async {
        let letters = [
            letter(1, "2026-01-01T23:59:59Z", 0),
            letter(2, "2026-01-02T00:00:00Z", 0),
            letter(1, "2026-01-01T23:59:59Z", 1),
        ];
        let copies: Vec<_> = letters.iter().map(|l| mirror::letter("acme", l)).collect();
        assert!(own.cluster.mirror(&copies).await.unwrap().is_empty());
        let doc = source(&own, "dlq-events-2026.01.01", 1).await.unwrap();
        assert_eq!(
            (&doc["dlq_id"], &doc["replay_count"], &doc["raw_ref"]),
            (&json!("1"), &json!(1), &json!("dead_letters/1"))
        );
        assert_eq!(
            (&doc["error_stage"], &doc["error_code"], &doc["error_detail"]),
            (&json!("index"), &json!(INDEX_REFUSED), &json!("event 9: no"))
        );
        assert!(!doc.to_string().contains("secret"), "{doc}");
        assert_eq!(seen(&own, Kind::Letters, 0, 10).await, [(1, 2), (2, 1)]);
        assert_eq!(own.cluster.client().health().await.unwrap().drift, [""; 0]);

        // days that are empty go, and only they
        let all = own.cluster.seen(Kind::Letters, 0, 10).await.unwrap();
        own.cluster.unmirror(&all[..1]).await.unwrap();
        own.cluster.client().refresh().await.unwrap();
        own.cluster.drop_empty_letters("2026-01-01").await.unwrap();
        let client = own.cluster.client();
        let there = async || {
            let all =
                client.ask(Method::Get, &format!("/{}", client.copies()), &[], None).await.unwrap();
            all.as_object().unwrap().len()
        };
        assert_eq!(there().await, 2, "it is not over");
        own.cluster.drop_empty_letters("2026-01-03").await.unwrap();
        assert_eq!(there().await, 1);
        assert_eq!(seen(&own, Kind::Letters, 0, 10).await, [(2, 1)]);
        // its cursor was not told: the day comes back with what is written to it
        assert!(own.cluster.mirror(&copies[..1]).await.unwrap().is_empty());
        assert_eq!(seen(&own, Kind::Letters, 0, 10).await, [(1, 1), (2, 1)]);
        assert_eq!(own.cluster.client().health().await.unwrap().drift, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_does_not_fit_is_named_and_the_others_are_written() {
    let Some(url) = help::url() else { return };
    let own = Own::at(&url).await;
    within(60, async {
        // somebody deleted the template and made the index by hand
        let client = own.cluster.client();
        let template = format!("/_index_template/{}", client.named("eventsec-alerts"));
        client.ask(Method::Delete, &template, &[], None).await.unwrap();
        let wrong = json!({"mappings": {"properties": {"hostname": {"type": "long"}}}});
        client
            .ask(Method::Put, &format!("/{}", client.named("alerts-000001")), &[], Some(&wrong))
            .await
            .unwrap();
        let drift = client.health().await.unwrap().drift;
        for word in
            ["eventsec-alerts is missing", "alerts-000001 was not made", "alerts-000001 is not in"]
        {
            assert!(drift.iter().any(|d| d.contains(word)), "{word}: {drift:?}");
        }
        let mut fits = alert(2, 5, "fits");
        fits.hostname = None;
        let copies =
            [mirror::alert("acme", &alert(1, 5, "does not")), mirror::alert("acme", &fits)];
        let refused = own.cluster.mirror(&copies).await.unwrap();
        assert_eq!(refused.iter().map(|p| p.id).collect::<Vec<_>>(), [1], "{refused:?}");
    })
    .await;
}
