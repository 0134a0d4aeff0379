//! `POST /events`, and shapes made to hurt: nothing panics, limits hold, the same input gives the same event.
use crate::support::{NOW, api, check, envelope, read};
use model::{Severity, event::Scalar};
use normalise::{Hint, has_own_time, normalise, parse};
use serde_json::{Value, json};

#[test]
fn the_contracts_event_keeps_type_severity_category_and_details() {
    let e = api(&json!({"event_type": "edr.url_visit", "severity": "low", "category": "edr",
        "details": {"hostname": "PC1", "username": "ana", "url": "https://evil.test/x", "status": "offline", "nested": {"a": [1, 2]},
            "severity": 3, "message": "ana opened a page"}}).to_string()).unwrap();
    check(&e);
    assert_eq!(
        (&*e.dataset, &*e.event_type, &*e.category, e.severity),
        ("edr.events", "edr.url_visit", "edr", Severity::Low)
    );
    assert_eq!((&*e.message, e.time), ("ana opened a page", NOW));
    let get = |n: &str| e.get(n).map(|v| v.text().into_owned()).unwrap_or_default();
    assert_eq!(
        (get("host.name"), get("user.name"), get("url.original")),
        ("PC1".into(), "ana".into(), "https://evil.test/x".into())
    );
    assert_eq!(
        (get("details.status"), get("details.nested.a"), get("details.severity")),
        ("offline".into(), "1, 2".into(), "3".into())
    );
}

#[test]
fn what_the_contract_refuses_is_refused_with_its_place() {
    for (raw, reason, pointer) in [
        (r#"{"severity":"low"}"#, "missing_event_type", "/event_type"),
        (r#"{"event_type":" ","severity":"low"}"#, "missing_event_type", "/event_type"),
        (r#"{"event_type":"x"}"#, "missing_severity", "/severity"),
        (r#"{"event_type":"x","severity":"urgent"}"#, "invalid_severity", "/severity"),
        (r#"{"event_type":"x","severity":"low","details":[]}"#, "invalid_payload", "/details"),
        (r#""text""#, "invalid_payload", ""),
    ] {
        let r = api(raw).unwrap_err();
        assert_eq!((r.reason, &*r.pointer), (reason, pointer), "{raw}");
    }
    assert_eq!(api(r#"{"event_type":"x","severity":"info"}"#).unwrap().severity, Severity::Info);
}

#[test]
fn ecs_records_keep_their_names() {
    let e = api(&json!({"@timestamp": "2024-01-01T00:00:00Z", "message": "login ok", "host": {"name": "web1"}, "source.ip": "10.0.0.9",
        "event": {"action": "ssh_login", "category": ["authentication"], "dataset": "system.auth", "outcome": "success", "severity": 3}}).to_string()).unwrap();
    check(&e);
    assert_eq!(
        (&*e.dataset, &*e.event_type, &*e.category),
        ("system.auth", "ssh_login", "authentication")
    );
    assert_eq!(e.get("host.name"), Some(&Scalar::from("web1")));
    assert_eq!(e.get("source.ip"), Some(&Scalar::from("10.0.0.9")));
    assert_eq!(e.get("event.outcome"), Some(&Scalar::from("success")));
}

#[test]
fn own_time_is_seen_where_it_is() {
    let own = |hint: Hint, raw: &str| has_own_time(&envelope(hint), &parse(raw).unwrap());
    assert!(own(Hint::Api, r#"{"EventID":1,"Channel":"x","UtcTime":"2024-01-01 00:00:00.1"}"#));
    assert!(own(
        Hint::Api,
        r#"{"event_type":"x","severity":"low","details":{"timestamp":"2024-01-01T00:00:00Z"}}"#
    ));
    assert!(!own(Hint::Api, r#"{"event_type":"x","severity":"low","details":{"a":1}}"#));
    assert!(own(Hint::Zeek { file: None }, r#"{"ts":1}"#));
}

#[test]
fn the_time_by_which_a_record_is_known_again_is_the_events() {
    let at = model::Micros::parse("2024-01-01T00:00:00Z").unwrap();
    for raw in [
        r#"{"event_type":"x","severity":"low","ts":"2024-01-01T00:00:00Z"}"#,
        r#"{"event_type":"x","severity":"low","timestamp":"2024-01-01T00:00:00Z","details":{"EventID":1,"Channel":"x"}}"#,
        r#"{"@timestamp":"2024-01-01T00:00:00Z","Event":{"System":{"EventID":1,"Channel":"x"}}}"#,
    ] {
        let e = api(raw).unwrap();
        check(&e);
        assert_eq!(e.time, at, "{raw}");
    }
}

#[test]
fn no_event_is_without_a_type_or_a_message() {
    for (hint, raw) in [
        (Hint::Zeek { file: None }, r#"{"ts":1,"_path":"smb_files"}"#),
        (Hint::Api, r#"{"event_type":"\u0001","severity":"low","details":{"message":"\u0001"}}"#),
    ] {
        check(&read(hint, raw).unwrap());
    }
}

#[test]
fn wrong_types_and_sizes_cost_a_column_and_not_the_event() {
    let raw = json!({"timestamp": "2024-01-01T00:00:00Z", "event_type": "alert", "alert": "text", "src_port": "http", "dest_port": {"x": 1},
        "src_ip": 7, "http": {"url": "/".repeat(100_000), "status": "abc"}, "flow_id": 18_446_744_073_709_551_615u64, "a\u{0}b": 1,
        "host": "edge\u{0}"}).to_string();
    let e = read(Hint::Suricata, &raw).unwrap();
    check(&e);
    assert_eq!(e.severity, Severity::Medium);
    assert_eq!(e.get("suricata.eve.alert"), Some(&Scalar::from("text")));
    assert_eq!(e.get("suricata.eve.src_port"), Some(&Scalar::from("http")));
    assert_eq!(
        e.get("url.original").and_then(Scalar::as_str).map(str::len),
        Some(model::event::MAX_VALUE)
    );
    assert_eq!(e.get("observer.name"), Some(&Scalar::from("edge")));
    assert_eq!(&*e.raw, raw);
}

/// A small generator of JSON that no sender would send; printed seed, fixed run.
struct Wild(u64);

impl Wild {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn key(&mut self) -> String {
        const KEYS: &[&str] = &[
            "event_type",
            "timestamp",
            "ts",
            "alert",
            "severity",
            "signature",
            "src_ip",
            "dest_port",
            "http",
            "dns",
            "query",
            "details",
            "Event",
            "System",
            "EventID",
            "Channel",
            "EventData",
            "Data",
            "#attributes",
            "#text",
            "Name",
            "UserData",
            "Image",
            "User",
            "Hashes",
            "winlog",
            "event_data",
            "event",
            "@timestamp",
            "id.orig_h",
            "proto",
            "",
            "a.b",
            ".",
            "..",
            "\u{0}",
            "é\u{202e}",
            "Message",
            "TimeCreated",
            "UtcTime",
            "Provider",
            "duration",
            "conn_state",
            "answers",
            "tags",
            "message",
            "category",
            "host",
            "Level",
        ];
        KEYS[self.next(KEYS.len() as u64) as usize].to_owned()
    }

    fn value(&mut self, depth: u32) -> Value {
        match self.next(if depth > 6 { 7 } else { 11 }) {
            0 => Value::Null,
            1 => json!(self.next(2) == 0),
            2 => json!(self.next(u64::MAX)),
            3 => json!(-(self.next(1 << 40) as f64) / 3.0),
            4 => json!(
                [
                    "",
                    "-",
                    "2024-01-01T00:00:00Z",
                    "10.0.0.1",
                    "0x10",
                    "\u{0}\u{0}",
                    "a=b,c",
                    "X\\",
                    "alert",
                    "Security"
                ][self.next(10) as usize]
            ),
            5 => {
                json!("ß".repeat(
                    if self.next(8) == 0 { self.next(40_000) } else { self.next(40) } as usize
                ))
            }
            6 => json!(self.next(100)),
            7 | 8 => {
                let n = self.next(12);
                Value::Object((0..n).map(|_| (self.key(), self.value(depth + 1))).collect())
            }
            _ => {
                let n = self.next(8);
                Value::Array((0..n).map(|_| self.value(depth + 1)).collect())
            }
        }
    }
}

#[test]
fn hostile_json_never_breaks_an_invariant() {
    let seed = 0x5eed_cafe_f00d_0001;
    println!("seed {seed:#x}");
    let mut wild = Wild(seed);
    let (mut taken, mut refused) = (0, 0);
    for round in 0..800 {
        let mut record = wild.value(0);
        if let (Some(map), true) = (record.as_object_mut(), round % 2 == 0) {
            map.insert("timestamp".into(), json!("2024-01-01T00:00:00Z"));
            map.insert("ts".into(), json!(1_700_000_000));
            map.insert("event_type".into(), json!("alert"));
            map.insert("EventID".into(), json!(round));
            map.insert("Channel".into(), json!("Security"));
        }
        let raw = record.to_string();
        let parsed = parse(&raw).unwrap();
        for hint in [Hint::Suricata, Hint::Zeek { file: None }, Hint::Api] {
            let env = envelope(hint);
            let once = normalise(&env, raw.as_str(), &parsed);
            assert_eq!(
                once,
                normalise(&env, raw.as_str(), &parsed),
                "the same record gave two events: {raw}"
            );
            match once {
                Ok(e) => {
                    check(&e);
                    taken += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        taken > 200 && refused > 200,
        "{taken} taken, {refused} refused: the generator says nothing"
    );
}
