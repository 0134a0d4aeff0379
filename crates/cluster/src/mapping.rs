//! The index template: settings, analysis, and a mapping made from the field map.
//!
//! `dynamic: strict`: what is not meant to be searched is not sent as a field, so nothing grows by itself.
use crate::config::Config;
use crate::names::{EVENTS, HOST, NETWORK, WORDS};
use model::fieldmap::{self, Kind};
use serde_json::{Map, Value, json};

/// A run of what belongs to no term; the same split as `search::terms`.
const BETWEEN_TERMS: &str = r"[^\p{IsAlphabetic}\p{N}\x{307}]+";

/// The template that every events index is made from.
pub fn template(config: &Config) -> Value {
    let p = &config.prefix;
    let template = json!({
        "index_patterns": [format!("{p}{NETWORK}*"), format!("{p}{HOST}*")],
        "priority": 500,
        "template": {
            "settings": settings(config),
            "mappings": {"dynamic": "strict", "properties": properties()},
            "aliases": {format!("{p}{EVENTS}"): {}},
        },
    });
    stamped(config, template)
}

/// A template with what it is known by: a change of the mapping shows in every index that has another, and whose it is.
pub fn stamped(config: &Config, mut template: Value) -> Value {
    let hash = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(template.to_string().as_bytes()));
    let meta = json!({"written_by": "eventsec", "hash": hash, "version": config.version});
    template["_meta"] = meta.clone();
    template["template"]["mappings"]["_meta"] = meta;
    template
}

/// What stands in OpenSearch beside what this program would write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The same.
    Same,
    /// Something else, of a newer program: it stays.
    Newer,
    /// Something else.
    Other,
}

fn version(meta: &Value) -> i64 {
    meta["version"].as_i64().unwrap_or(0)
}

/// What a template or an index is known by, for people.
pub fn told(meta: &Value) -> String {
    format!("{} of {}", meta["hash"].as_str().unwrap_or("unknown"), version(meta))
}

/// Compares what a template or an index of OpenSearch is known by (`_meta`) with this template.
pub fn compare(meta: &Value, template: &Value) -> Beside {
    let own = &template["_meta"];
    if meta["hash"] == own["hash"] {
        Beside::Same
    } else if version(meta) > version(own) {
        Beside::Newer
    } else {
        Beside::Other
    }
}

fn settings(config: &Config) -> Value {
    json!({
        "index": {
            "number_of_shards": 1,
            "auto_expand_replicas": format!("0-{}", config.replicas),
            "refresh_interval": "1s",
            "codec": "best_compression",
            "mapping.total_fields.limit": 2000,
            // an acknowledged event leaves the journal for this index: it is on disk by then
            "translog.durability": "request",
            "max_result_window": 10_000,
            "analysis": {
                "normalizer": {"folded": {"type": "custom", "filter": ["lowercase"]}},
                "tokenizer": {"between_terms": {"type": "pattern", "pattern": BETWEEN_TERMS}},
                "analyzer": {"terms": {"type": "custom", "tokenizer": "between_terms", "filter": ["lowercase"]}},
            },
        },
    })
}

/// Counted by its own text, found by the text in lower case.
fn keyword(words: bool) -> Value {
    let mut field = json!({
        "type": "keyword", "index": false,
        "fields": {"ci": {"type": "keyword", "normalizer": "folded", "doc_values": false}},
    });
    if words {
        field["copy_to"] = WORDS.into();
    }
    field
}

fn typed(kind: Kind) -> Value {
    match kind {
        Kind::Keyword => keyword(true),
        Kind::Long => json!({"type": "long", "copy_to": WORDS}),
        Kind::Bool => json!({"type": "boolean", "copy_to": WORDS}),
        Kind::Ip => json!({"type": "ip", "copy_to": WORDS,
            "fields": {"text": {"type": "keyword", "doc_values": false}}}),
        Kind::Date => {
            json!({"type": "date", "format": "strict_date_optional_time", "copy_to": WORDS})
        }
        Kind::Text => {
            json!({"type": "text", "analyzer": "terms", "norms": false, "copy_to": WORDS})
        }
        Kind::Double => json!({"type": "keyword", "index": false, "doc_values": false}),
    }
}

fn properties() -> Value {
    let plain = json!({"type": "keyword"});
    let mut root = Map::new();
    for field in fieldmap::all() {
        let mapping = match field.name {
            fieldmap::TIME | fieldmap::RECEIVED => {
                json!({"type": "date", "format": "strict_date_optional_time"})
            }
            fieldmap::ID => json!({"type": "long"}),
            fieldmap::SEVERITY => plain.clone(),
            fieldmap::SAMPLE => json!({"type": "boolean"}),
            // indexed in its own case too: data sets are selected by it
            fieldmap::DATASET => {
                let mut f = keyword(true);
                f["index"] = true.into();
                f
            }
            fieldmap::RAW => json!({"type": "keyword", "index": false, "doc_values": false}),
            _ => typed(field.kind),
        };
        put(&mut root, field.name, mapping);
    }
    root.insert(
        "eventsec".into(),
        json!({"properties": {
            "tenant": plain, "time": {"type": "long"}, "received": {"type": "long"},
            "names": plain, "kv": {"type": "keyword", "doc_values": false},
            "values": {"type": "keyword", "index": false}, "odd": plain,
            "words": {"type": "text", "analyzer": "terms", "norms": false, "index_options": "docs"},
            "x": {"type": "object", "enabled": false},
        }}),
    );
    Value::Object(root)
}

/// `a.b.c` as objects within each other.
fn put(root: &mut Map<String, Value>, name: &str, mapping: Value) {
    match name.split_once('.') {
        None => {
            root.insert(name.into(), mapping);
        }
        Some((head, rest)) => {
            let object = root.entry(head).or_insert_with(|| json!({"properties": {}}));
            if let Some(inner) = object["properties"].as_object_mut() {
                put(inner, rest, mapping);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_lies_inside_another() {
        let names: Vec<&str> = fieldmap::all().iter().map(|f| f.name).collect();
        for a in &names {
            let within = format!("{a}.");
            assert!(!names.iter().any(|b| b.starts_with(&within)), "{a} is a field and an object");
        }
    }

    #[test]
    fn what_a_template_is_known_by_follows_the_mapping() {
        let a = template(&Config::at("http://x"));
        let beside = |change: fn(&mut Config)| {
            let mut config = Config::at("http://y");
            change(&mut config);
            compare(&template(&config)["_meta"], &a)
        };
        assert_eq!(beside(|_| {}), Beside::Same);
        assert_eq!(beside(|c| c.version += 1), Beside::Same, "only what differs is of an age");
        assert_eq!(beside(|c| c.replicas = 2), Beside::Other);
        assert_eq!(beside(|c| (c.replicas, c.version) = (2, 0)), Beside::Other);
        assert_eq!(beside(|c| (c.replicas, c.version) = (2, i64::MAX)), Beside::Newer);
        assert_eq!(compare(&json!({"hash": "of a time without versions"}), &a), Beside::Other);
        assert_eq!(compare(&Value::Null, &a), Beside::Other);
        let kind = &a["template"]["mappings"]["properties"]["source"]["properties"]["ip"]["type"];
        assert_eq!(kind, "ip");
    }
}
