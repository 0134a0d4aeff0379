//! Refused events: found by what is known of them, and replayed as what they would have been.
use crate::support::{on_both, started, wait_events};
use serde_json::json;
use store::{Append, NewDeadLetter, Pools, Store, Target};

/// A line of Zeek's dns.log without `_path`: only the file's name says what it is.
fn line(token: &str, ts: f64) -> String {
    json!({
        "ts": ts, "uid": "CHhAvVGS1DHFjwGM9", "id.orig_h": "192.0.2.7", "id.orig_p": 53124, "id.resp_h": "192.0.2.53",
        "id.resp_p": 53, "proto": "udp", "query": format!("{token}.example"), "qtype_name": "A"
    })
    .to_string()
}

fn letter(reason: &str, sensor: &str, raw: String) -> NewDeadLetter {
    NewDeadLetter {
        source: "zeek".into(),
        sensor: Some(sensor.into()),
        file: Some("dns.log".into()),
        agent: None,
        sample: true,
        batch_index: 0,
        reason: reason.into(),
        pointer: String::new(),
        hint: String::new(),
        raw,
    }
}

on_both! {
    async fn a_replay_makes_the_event_that_it_would_have_been(options) {
        let url = options.database_url();
        let (server, admin) = started(options).await;
        let target = url.map_or_else(|| Target::Sqlite { dir: server.data().into() }, Target::Postgres);
        let store = Store::open(&target, Pools::default()).await.expect("the server's databases open");
        // as an earlier program may have refused it: today's can read it
        let letters = vec![
            ("default".into(), letter("missing_timestamp", "edge", line("thetaone", 1_700_000_000.5))),
            ("default".into(), letter("invalid_json", "core", "{".into())),
        ];
        let came = model::Micros(1_700_000_001_000_000);
        store.journal_append(&Append { dead_letters: letters, ..Default::default() }, came).await.expect("kept");

        let of = async |sensor: &str| admin.query("/dead-letters", &[("sensor", sensor)]).await.ok().page().items;
        let (edge, core) = (of("edge").await, of("core").await);
        assert_eq!((edge.len(), core.len(), of("nobody").await.len()), (1, 1, 0));
        assert_eq!((&edge[0]["file"], &edge[0]["sample"]), (&json!("dns.log"), &json!(true)));

        let ids = json!({"ids": [edge[0]["id"], core[0]["id"]]});
        let done = admin.post("/dead-letters/replay", &ids).await.ok().json();
        assert_eq!(done, json!({"stored": 1, "failed": 1}));
        wait_events(&admin, "thetaone", 1).await;
        let event = &admin.query("/events", &[("query", "thetaone")]).await.ok().page().items[0];
        assert_eq!((&event["event_type"], &event["sample"]), (&json!("dns"), &json!(true)), "{event}");
        assert!(of("edge").await.is_empty(), "what is stored is no letter any more");
        assert_eq!(of("core").await[0]["replays"], json!(1));
    }
}
