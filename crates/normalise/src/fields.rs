//! The fields of one event while it is read: each name once, within the limits.
use crate::json::Json;
use crate::names::{Name, Names};
use crate::scalar;
use model::event::{FieldName, MAX_FIELDS, MAX_VALUE, Scalar};
use std::sync::Arc;

/// Objects and arrays inside each other that are followed; what lies deeper stays in the record only.
const MAX_DEPTH: usize = 24;
/// Values in a list.
const MAX_LIST: usize = 256;
/// Leaves of one record that are looked at.
const MAX_LEAVES: usize = 8 * 1024;
/// Longest path of a field in bytes.
const MAX_PATH: usize = 192;

pub(crate) struct Fields<'n> {
    names: &'n mut Names,
    list: Vec<(FieldName, Scalar)>,
    leaves: usize,
    /// Counters that are zero say nothing and there may be hundreds: they are left out.
    pub skip_zeros: bool,
}

impl<'n> Fields<'n> {
    pub fn new(names: &'n mut Names) -> Self {
        let list = std::mem::take(&mut names.scratch);
        Self { names, list, leaves: 0, skip_zeros: false }
    }

    /// No larger than it must be: many events wait at a time.
    pub fn finish(mut self) -> Vec<(FieldName, Scalar)> {
        let list = self.list.drain(..).collect();
        self.names.scratch = self.list;
        list
    }

    /// A shared text.
    pub fn word(&mut self, text: &str) -> Arc<str> {
        self.names.word(text)
    }

    fn position(&self, name: &FieldName) -> Option<usize> {
        // names come from one cache, so the same name is nearly always the same place in memory
        self.list.iter().position(|(n, _)| n.is_same(name)).or_else(|| {
            self.names_overflow().then(|| self.list.iter().position(|(n, _)| n == name)).flatten()
        })
    }

    fn names_overflow(&self) -> bool {
        self.names.is_full()
    }

    fn push(&mut self, name: FieldName, value: Scalar) {
        if self.list.len() < MAX_FIELDS {
            self.list.push((name, value));
        }
    }

    pub fn get(&self, name: &str) -> Option<&Scalar> {
        self.list.iter().find(|(n, _)| &**n == name).map(|(_, v)| v)
    }

    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Scalar::as_str).filter(|s| !s.is_empty())
    }

    /// Under a canonical name, unless there is a value already.
    pub fn set(&mut self, name: &str, value: Scalar) {
        let name = self.names.name(name);
        if self.position(&name).is_none() {
            self.push(name, value);
        }
    }

    pub fn set_str(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.set(name, Scalar::Str(scalar::clean(value)));
        }
    }

    /// Like `set_str`, but wins over a value that is there.
    pub fn replace(&mut self, name: &str, value: &str) {
        let name = self.names.name(name);
        let value = Scalar::Str(scalar::clean(value));
        match self.position(&name) {
            Some(at) => self.list[at].1 = value,
            None => self.push(name, value),
        }
    }

    /// One JSON scalar under a prefixed path: into the column that the path maps to when it fits there and the column is
    /// free, else under the path itself.
    pub fn leaf(&mut self, path: &str, value: &Json) {
        self.put(path, value, false);
    }

    /// Like `leaf`, but further values of the same path make a list.
    pub fn add(&mut self, path: &str, value: &Json) {
        self.put(path, value, true);
    }

    fn put(&mut self, path: &str, value: &Json, merge: bool) {
        self.leaves += 1;
        if self.leaves > MAX_LEAVES
            || value.is_null()
            || (self.skip_zeros && value.as_i64() == Some(0))
        {
            return;
        }
        let name = self.names.path(path);
        if name.core {
            return;
        }
        let mapped = name.mapped;
        if self.place(name, value, merge) || !mapped {
            return;
        }
        let own = self.names.unmapped(path);
        self.place(own, value, merge);
    }

    /// Whether the value is in the column now, or need not be.
    fn place(&mut self, name: Name, value: &Json, merge: bool) -> bool {
        // Windows' word for "nothing" would lead every list of hosts and addresses
        if name.mapped && matches!(value.as_str(), Some("-")) {
            return true;
        }
        let Some(scalar) = scalar::coerce(name.kind, value) else { return false };
        match self.position(&name.name) {
            None => {
                self.push(name.name, scalar);
                true
            }
            Some(at) if merge => {
                join(&mut self.list[at].1, scalar);
                true
            }
            Some(at) => self.list[at].1 == scalar,
        }
    }

    /// Everything below `value`, each leaf under `path` and its keys.
    pub fn walk(&mut self, path: &mut String, value: &Json) {
        self.descend(path, value, 0, false);
    }

    /// One member of an object: its key is added to the path while it is read. A key that no column can be named after is
    /// left out.
    pub fn member(&mut self, path: &mut String, key: &str, value: &Json) {
        self.enter(path, key, value, 0, false);
    }

    fn enter(&mut self, path: &mut String, key: &str, value: &Json, depth: usize, merge: bool) {
        let length = path.len();
        if key.is_empty() || length + key.len() >= MAX_PATH || key.chars().any(char::is_control) {
            self.leaves += 1;
            return;
        }
        if !path.ends_with('.') && !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
        self.descend(path, value, depth, merge);
        path.truncate(length);
    }

    fn descend(&mut self, path: &mut String, value: &Json, depth: usize, merge: bool) {
        if depth > MAX_DEPTH || self.leaves > MAX_LEAVES {
            return;
        }
        match value {
            Json::Object(map) => {
                for (key, inner) in map.iter() {
                    self.enter(path, key, inner, depth + 1, merge);
                }
            }
            Json::Array(items) => items.iter().for_each(|i| self.descend(path, i, depth + 1, true)),
            leaf => self.put(path, leaf, merge),
        }
    }
}

/// Adds to a list, or makes one; a value that is in it is not added again.
fn join(into: &mut Scalar, value: Scalar) {
    if let Scalar::List(list) = into {
        let bytes: usize = list.iter().map(|v| v.as_str().map_or(8, str::len)).sum();
        if list.len() < MAX_LIST && bytes < MAX_VALUE && !list.contains(&value) {
            list.push(value);
        }
    } else if *into != value {
        let first = std::mem::replace(into, Scalar::Bool(false));
        *into = Scalar::List(vec![first, value]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{names, parse};
    use serde_json::{Value, json};

    fn walked(prefix: &str, value: Value) -> Vec<(String, Scalar)> {
        let text = value.to_string();
        names::with(|n| {
            let mut f = Fields::new(n);
            f.walk(&mut prefix.to_owned(), &parse(&text).unwrap());
            f.finish().into_iter().map(|(n, v)| (n.to_string(), v)).collect()
        })
    }

    #[test]
    fn arrays_of_objects_merge_path_by_path() {
        let got = walked(
            "suricata.eve.",
            json!({"x": [{"a": 1, "b": "p"}, {"a": 2, "b": "p"}, {"a": 3}], "y": [1, 2]}),
        );
        assert_eq!(
            got,
            [
                ("suricata.eve.x.a".into(), Scalar::List(vec![1.into(), 2.into(), 3.into()])),
                ("suricata.eve.x.b".into(), Scalar::from("p")),
                ("suricata.eve.y".into(), Scalar::List(vec![1.into(), 2.into()])),
            ]
        );
    }

    #[test]
    fn a_value_of_a_wrong_type_keeps_its_own_path() {
        let got = walked(
            "suricata.eve.",
            json!({"src_port": "many", "dest_port": "443", "src_ip": "nowhere"}),
        );
        assert_eq!(
            got,
            [
                ("suricata.eve.src_port".into(), Scalar::from("many")),
                ("destination.port".into(), Scalar::Int(443)),
                ("suricata.eve.src_ip".into(), Scalar::from("nowhere")),
            ]
        );
    }

    #[test]
    fn limits_hold_on_hostile_shapes() {
        let wide: Value = (0..20_000)
            .map(|i| (format!("k{i}"), json!(i)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        assert_eq!(walked("details.", wide).len(), MAX_FIELDS);
        let long =
            json!({"list": (0..9000).collect::<Vec<_>>(), "k".repeat(500): 1, "\n": 2, "": 3});
        let got = walked("details.", long);
        assert!(
            matches!(&got[..], [(n, Scalar::List(l))] if n == "details.list" && l.len() == MAX_LIST)
        );
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!({"d": deep});
        }
        assert!(walked("details.", deep).is_empty());
    }
}
