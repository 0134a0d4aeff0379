//! Events from records, real and hand-made.
use model::event::Event;
use model::rule::{DetectionRule, NewRule};
use model::{Micros, Severity};
use normalise::{Envelope, Hint, normalise, parse};
use serde_json::{Map, Value};

pub fn event(hint: Hint, raw: &str) -> Event {
    let env = Envelope::new("default", Micros(1_800_000_000_000_000), hint);
    normalise(&env, raw, &parse(raw).unwrap()).unwrap_or_else(|r| panic!("{r}: {raw}"))
}

pub fn api(record: &Value) -> Event {
    event(Hint::Api, &record.to_string())
}

pub fn eve(record: &Value) -> Event {
    let mut record = record.clone();
    record["timestamp"] = "2024-01-01T00:00:00Z".into();
    event(Hint::Suricata, &record.to_string())
}

pub fn zeek(log: &str, record: &Value) -> Event {
    let mut record = record.clone();
    record["ts"] = 1_700_000_000.into();
    record["_path"] = log.into();
    event(Hint::Zeek { file: None }, &record.to_string())
}

pub fn rule(id: i64, conditions: Map<String, Value>) -> DetectionRule {
    DetectionRule {
        id,
        name: format!("rule {id}"),
        severity: Severity::High,
        enabled: true,
        conditions,
        window_minutes: 60,
        ..Default::default()
    }
}

pub fn stored(id: i64, new: NewRule) -> DetectionRule {
    DetectionRule {
        name: new.name,
        description: new.description,
        severity: new.severity,
        create_incident: new.create_incident,
        window_minutes: new.window_minutes,
        techniques: new.techniques,
        builtin: true,
        ..rule(id, new.conditions)
    }
}
