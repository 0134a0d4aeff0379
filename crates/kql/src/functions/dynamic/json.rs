//! From JSON to dynamic values and back.
use super::support::{Outcome, aliased, dynamic, function, string};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use std::collections::HashSet;

pub(super) static FUNCTIONS: &[Function] = &[
    aliased(
        function("parse_json", 1, 1, dynamic, parse_json),
        &["parsejson", "todynamic", "toobject"],
    ),
    function("dynamic_to_json", 1, 1, string, dynamic_to_json),
    function("treepath", 1, 1, dynamic, treepath),
];

/// What is not JSON stays the text that it is; what is no text is taken as it is.
fn parse_json(_: &Context, a: &[Value]) -> Outcome {
    Ok(match &a[0] {
        Value::Str(text) if text.trim().is_empty() => Value::Null,
        Value::Str(text) => {
            Value::dynamic(Dyn::parse(text).unwrap_or_else(|| Dyn::Str(text.clone())))
        }
        other => other.to_dyn().map_or(Value::Null, Value::dynamic),
    })
}

/// The same text for equal values: the names of bags in order.
fn dynamic_to_json(_: &Context, a: &[Value]) -> Outcome {
    Ok(match &a[0] {
        Value::Null => Value::str("null"),
        Value::Dynamic(d) => Value::str(sorted(d).to_json()),
        scalar => Value::Str(scalar.to_text()),
    })
}

fn sorted(value: &Dyn) -> Dyn {
    match value {
        Dyn::Array(items) => Dyn::Array(items.iter().map(sorted).collect()),
        Dyn::Bag(entries) => {
            let mut entries: Vec<_> =
                entries.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Dyn::Bag(entries)
        }
        scalar => scalar.clone(),
    }
}

fn treepath(_: &Context, a: &[Value]) -> Outcome {
    let Value::Dynamic(root) = &a[0] else { return Ok(Value::Null) };
    let mut paths = Paths::default();
    paths.walk(root, &mut String::new());
    Ok(Value::dynamic(Dyn::Array(paths.found)))
}

/// Every path once: all the elements of an array go by `[0]`.
#[derive(Default)]
struct Paths {
    found: Vec<Dyn>,
    seen: HashSet<String>,
    /// Of all paths together; deep values would make many long ones.
    bytes: usize,
}

impl Paths {
    const MOST_BYTES: usize = 1 << 22;

    fn walk(&mut self, value: &Dyn, path: &mut String) {
        let before = path.len();
        match value {
            Dyn::Array(items) => {
                path.push_str("[0]");
                for item in items {
                    self.visit(item, path);
                }
                path.truncate(before);
            }
            Dyn::Bag(entries) => {
                for (name, value) in entries {
                    path.push_str("['");
                    path.push_str(name);
                    path.push_str("']");
                    self.visit(value, path);
                    path.truncate(before);
                }
            }
            _ => {}
        }
    }

    fn visit(&mut self, value: &Dyn, path: &mut String) {
        if self.bytes + path.len() <= Self::MOST_BYTES && self.seen.insert(path.clone()) {
            self.bytes += path.len();
            self.found.push(Dyn::str(&*path));
        }
        self.walk(value, path);
    }
}
