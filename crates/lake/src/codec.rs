//! Lists, and the order of an event's fields, as text in dictionary columns.
//!
//! A list is a JSON array; whole and fractional numbers stay apart by their spelling (`5`, `5.0`). The shape of an event is the
//! JSON array of its field names in the order of the record: events of one class share it, so it costs next to nothing.
pub use columnar::name::SHAPE;
use model::event::Scalar;
use serde_json::value::RawValue;

pub fn list_text(items: &[Scalar], out: &mut String) {
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        match item {
            Scalar::Str(s) => push_string(s, out),
            Scalar::Int(i) => out.push_str(&i.to_string()),
            Scalar::Float(f) if f.is_finite() => {
                let text = format!("{f:?}");
                out.push_str(&text);
            }
            // JSON has no word for these; their text is what searches see
            Scalar::Float(f) => push_string(&f.to_string(), out),
            Scalar::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Scalar::List(l) => list_text(l, out),
        }
    }
    out.push(']');
}

/// A text that is no list gives no items.
pub fn list_items(text: &str) -> Vec<Scalar> {
    let parts: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
    parts.into_iter().filter_map(|p| item(p.get().trim())).collect()
}

fn item(json: &str) -> Option<Scalar> {
    Some(match json.as_bytes().first()? {
        b'"' => Scalar::Str(serde_json::from_str::<String>(json).ok()?.into()),
        b'[' => Scalar::List(list_items(json)),
        b't' => Scalar::Bool(true),
        b'f' => Scalar::Bool(false),
        _ if json.contains(['.', 'e', 'E']) => Scalar::Float(json.parse().ok()?),
        _ => Scalar::Int(json.parse().ok()?),
    })
}

pub fn shape_text<'a>(names: impl Iterator<Item = &'a str>, out: &mut String) {
    out.push('[');
    for (i, name) in names.enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_string(name, out);
    }
    out.push(']');
}

pub fn shape_names(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

fn push_string(s: &str, out: &mut String) {
    if s.bytes().all(|b| b >= b' ' && b != b'"' && b != b'\\') {
        out.push('"');
        out.push_str(s);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(s).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_with_their_types() {
        let list = vec![
            Scalar::Int(5),
            Scalar::Float(5.0),
            Scalar::Float(0.1 + 0.2),
            Scalar::Float(1e300),
            Scalar::from("a\"\n,]é"),
            Scalar::Bool(false),
            Scalar::List(vec![Scalar::List(vec![]), Scalar::Int(i64::MIN)]),
        ];
        let mut text = String::new();
        list_text(&list, &mut text);
        assert_eq!(list_items(&text), list);
        assert!(list_items("no list").is_empty());
    }

    #[test]
    fn shapes_keep_their_order() {
        let mut text = String::new();
        shape_text(["b", "a\"", ""].into_iter(), &mut text);
        assert_eq!(shape_names(&text), ["b", "a\"", ""]);
    }
}
