//! Mappings of the copies. Strict, as that of events: a field that is not named here is not sent.
use crate::config::Config;
use crate::mapping::stamped;
use crate::names::{ALERTS, ALERTS_INDEX, LETTERS};
use serde_json::{Map, Value, json};

/// Longest value that is a keyword, in characters: four bytes each at most, and OpenSearch takes 32,766 bytes.
const LONGEST: u32 = 8191;

fn keyword() -> Value {
    json!({"type": "keyword", "ignore_above": LONGEST})
}

/// Found by its words, and counted as a whole.
fn text() -> Value {
    json!({"type": "text", "fields": {"raw": keyword()}})
}

/// Found by its text; walked by its number.
fn id() -> Value {
    json!({"type": "keyword", "fields": {"number": {"type": "long"}}})
}

/// Blank-separated names of each kind.
fn properties(
    id_name: &str,
    keywords: &str,
    texts: &str,
    dates: &str,
    longs: &str,
    flags: &str,
) -> Value {
    let mut all = Map::new();
    all.insert(id_name.into(), id());
    let mut add = |names: &str, mapping: Value| {
        for name in names.split_whitespace() {
            all.insert(name.into(), mapping.clone());
        }
    };
    add(keywords, keyword());
    add(texts, text());
    add(dates, json!({"type": "date", "format": "strict_date_optional_time"}));
    add(longs, json!({"type": "long"}));
    add(flags, json!({"type": "boolean"}));
    Value::Object(all)
}

fn settings(config: &Config) -> Value {
    json!({"index": {
        "number_of_shards": 1,
        "auto_expand_replicas": format!("0-{}", config.replicas),
        "refresh_interval": "1s",
    }})
}

pub fn alerts(config: &Config) -> Value {
    let p = &config.prefix;
    let fields = properties(
        "alert_id",
        "tenant_id severity status category source url sender hostname username",
        "title description conclusion",
        "timestamp updated_at closed_at first_seen last_seen",
        "assigned_to rule_id event_count event_ids",
        "create_incident sample",
    );
    let template = json!({
        "index_patterns": [format!("{p}{ALERTS_INDEX}")],
        "priority": 500,
        "template": {
            "settings": settings(config),
            "mappings": {"dynamic": "strict", "properties": fields},
            "aliases": {format!("{p}{ALERTS}"): {}},
        },
    });
    stamped(config, template)
}

pub fn letters(config: &Config) -> Value {
    let p = &config.prefix;
    let fields = properties(
        "dlq_id",
        "tenant_id source sensor raw_ref error_stage error_code error_pointer",
        "error_detail",
        "time",
        "agent_id batch_index replay_count",
        "sample",
    );
    let template = json!({
        "index_patterns": [format!("{p}{LETTERS}*")],
        "priority": 500,
        "template": {
            "settings": settings(config),
            "mappings": {"dynamic": "strict", "properties": fields},
        },
    });
    stamped(config, template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mirror;
    use model::alert::Alert;
    use model::dead_letter::DeadLetter;

    /// Each member of a document has its field and each field its member.
    fn alike(body: &Value, template: &Value) {
        let mut sent: Vec<&String> = body.as_object().unwrap().keys().collect();
        let fields = &template["template"]["mappings"]["properties"];
        let mut mapped: Vec<&String> = fields.as_object().unwrap().keys().collect();
        sent.sort();
        mapped.sort();
        assert_eq!(sent, mapped);
    }

    #[test]
    fn documents_and_mappings_name_the_same_fields() {
        let config = Config::at("http://x");
        let row: Alert = serde_json::from_value(json!({
            "id": 1, "title": "t", "description": "", "source": "s", "category": "", "severity": "low", "status": "open",
            "url": null, "sender": null, "username": null, "hostname": null, "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z", "assigned_to": null, "assigned_name": null, "conclusion": null,
            "closed_at": null, "rule_id": null, "event_count": 0, "event_ids": [], "first_seen": "2026-01-01T00:00:00Z",
            "last_seen": "2026-01-01T00:00:00Z", "create_incident": false, "sample": false,
        }))
        .unwrap();
        alike(&mirror::alert("acme", &row).body, &alerts(&config));
        let row: DeadLetter = serde_json::from_value(json!({
            "id": 1, "received_at": "2026-01-01T00:00:00Z", "source": "zeek", "sensor": null, "batch_index": 0,
            "reason": "r", "pointer": "", "hint": "", "raw": "", "replays": 0,
        }))
        .unwrap();
        alike(&mirror::letter("acme", &row).body, &letters(&config));
    }
}
