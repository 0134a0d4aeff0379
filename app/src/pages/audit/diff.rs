//! What differs between two JSON values, field by field.
use serde_json::Value;
use std::collections::BTreeMap;

/// One field that is not the same; `None` where it is absent or null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Names joined by dots.
    pub path: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

fn leaf(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(s) => Some(s.clone()),
        other => Some(other.to_string()),
    }
}

/// Objects are walked into; anything else, lists too, is one field.
fn flatten(
    value: &Value,
    path: &str,
    order: &mut Vec<String>,
    out: &mut BTreeMap<String, Option<String>>,
) {
    if let Value::Object(map) = value
        && !map.is_empty()
    {
        for (name, inner) in map {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            flatten(inner, &path, order, out);
        }
        return;
    }
    if !order.iter().any(|p| p == path) {
        order.push(path.to_owned());
    }
    out.insert(path.to_owned(), leaf(value));
}

/// The changed fields in the order of the objects, and how many are as they were.
pub(super) fn diff(before: Option<&Value>, after: Option<&Value>) -> (Vec<Change>, i64) {
    let (mut order, mut old, mut new) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    if let Some(v) = before {
        flatten(v, "", &mut order, &mut old);
    }
    if let Some(v) = after {
        flatten(v, "", &mut order, &mut new);
    }
    let mut same = 0;
    let mut changes = Vec::new();
    for path in order {
        let (before, after) = (old.remove(&path).flatten(), new.remove(&path).flatten());
        if before == after {
            same += i64::from(before.is_some());
        } else {
            changes.push(Change { path, before, after });
        }
    }
    (changes, same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_told() {
        let before = json!({"status": "open", "assigned_to": null, "meta": {"n": 1, "tags": ["a"]}, "title": "T"});
        let after = json!({"status": "closed", "assigned_to": 7, "meta": {"n": 1, "tags": ["a", "b"]}, "title": "T"});
        let (changes, same) = diff(Some(&before), Some(&after));
        let told: Vec<_> = changes
            .iter()
            .map(|c| (c.path.as_str(), c.before.as_deref(), c.after.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("status", Some("open"), Some("closed")),
                ("assigned_to", None, Some("7")),
                ("meta.tags", Some(r#"["a"]"#), Some(r#"["a","b"]"#))
            ]
        );
        assert_eq!(same, 2);
    }

    #[test]
    fn creation_and_deletion_fill_one_side() {
        let thing = json!({"id": 3, "note": null});
        let (changes, same) = diff(None, Some(&thing));
        assert_eq!(
            (changes.len(), same),
            (1, 0),
            "a field that is nothing on both sides is not told"
        );
        assert_eq!(changes[0], Change { path: "id".into(), before: None, after: Some("3".into()) });
        assert_eq!(diff(Some(&thing), None).0[0].before.as_deref(), Some("3"));
        assert_eq!(diff(None, None), (Vec::new(), 0));
    }

    #[test]
    fn a_field_that_becomes_an_object_is_told_whole() {
        let (changes, _) = diff(Some(&json!({"a": 1})), Some(&json!({"a": {"b": 2}})));
        let paths: Vec<_> = changes.iter().map(|c| c.path.as_str()).collect();
        assert_eq!(paths, ["a", "a.b"]);
    }
}
