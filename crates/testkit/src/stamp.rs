//! Marks in real records, so that each copy can be told from all others.
use serde_json::Value;

/// Field that holds a record's mark; a single token for a text search.
pub const MARK: &str = "es_mark";

/// The record (a JSON object as text) with one more field at its end. `value` is JSON text.
///
/// # Panics
/// When the record is not a JSON object.
pub fn with_field(record: &str, name: &str, value: &str) -> String {
    let record = record.trim_end();
    let open = record.strip_suffix('}').unwrap_or_else(|| panic!("not a JSON object: {record}"));
    let comma = if open.trim_end().ends_with('{') { "" } else { "," };
    format!("{open}{comma}\"{name}\":{value}}}")
}

/// The record with `mark`.
pub fn mark(record: &str, mark: &str) -> String {
    with_field(record, MARK, &format!("\"{mark}\""))
}

/// The mark of an event as the API answers it, wherever the API keeps the record's own fields.
pub fn mark_of(event: &Value) -> Option<&str> {
    match event {
        Value::Object(map) => {
            map.get(MARK).and_then(Value::as_str).or_else(|| map.values().find_map(mark_of))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_mark_is_added_and_found() {
        let marked = mark("{\"a\":{\"b\":1}}\n", "m1");
        let parsed: Value = serde_json::from_str(&marked).unwrap();
        assert_eq!(parsed, json!({"a": {"b": 1}, MARK: "m1"}));
        assert_eq!(mark_of(&json!({"event_id": 3, "details": parsed})), Some("m1"));
        assert_eq!(mark_of(&json!({"details": {"a": []}})), None);
        assert_eq!(with_field("{ }", "x", "2"), "{ \"x\":2}");
    }
}
