//! What every reader of a record shares: adding fields, finding them, giving them Sigma's names.
use super::{Event, Logsource, Scalar};
use serde_json::Value;
use std::borrow::Cow;

/// Deeper objects become JSON text: no rule names fields so deep, and recursion stays bounded.
const DEPTH: usize = 32;
/// A longer path is cut to its last name: else long keys above many children multiply a record's size.
const LONGEST: usize = 256;

/// A number, a truth or a text; an object or a list as JSON text.
pub(super) fn scalar(value: &Value) -> Scalar<'_> {
    match value {
        Value::Null => Scalar::Null,
        Value::Bool(b) => Scalar::Bool(*b),
        Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => Scalar::Int(i),
            (None, Some(f)) => Scalar::Float(f),
            (None, None) => Scalar::Str(Cow::Owned(n.to_string())),
        },
        Value::String(s) => Scalar::Str(Cow::Borrowed(s)),
        Value::Array(_) | Value::Object(_) => {
            Scalar::Str(Cow::Owned(serde_json::to_string(value).unwrap_or_default()))
        }
    }
}

impl<'a> Event<'a> {
    pub(super) fn push(&mut self, name: impl Into<Cow<'a, str>>, value: Scalar<'a>) {
        self.fields.push((name.into(), value));
    }

    /// Adds a text.
    pub(super) fn say(&mut self, name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) {
        self.push(name, Scalar::Str(text.into()));
    }

    pub(super) fn first(&self, name: &str) -> Option<&Scalar<'a>> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    pub(super) fn any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }

    /// The field's first value when it is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.first(name) {
            Some(Scalar::Str(s)) => Some(s),
            _ => None,
        }
    }

    pub(super) fn int(&self, name: &str) -> Option<i64> {
        match self.first(name)? {
            Scalar::Int(i) => Some(*i),
            Scalar::Str(s) => s.trim().parse().ok(),
            _ => None,
        }
    }

    /// The first of these fields that is text.
    pub(super) fn any_text(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.text(name))
    }

    /// Gives the values of `from` under the name `to` as well, unless the record has that name itself.
    pub(super) fn alias(&mut self, from: &str, to: &'static str) {
        if !self.has(from) || self.has(to) {
            return;
        }
        let values: Vec<_> = self.values(from).cloned().collect();
        self.fields.extend(values.into_iter().map(|v| (Cow::Borrowed(to), v)));
    }

    pub(super) fn aliases(&mut self, table: &[(&str, &'static str)]) {
        table.iter().for_each(|(from, to)| self.alias(from, to));
    }

    /// Gives every field below `prefix` under the rest of its name as well; says whether there was one.
    pub(super) fn strip(&mut self, prefix: &str) -> bool {
        let count = self.fields.len();
        for at in 0..count {
            let (name, value) = &self.fields[at];
            let rest: Cow<'a, str> = match name {
                Cow::Borrowed(name) => match name.strip_prefix(prefix) {
                    Some(rest) => Cow::Borrowed(rest),
                    None => continue,
                },
                Cow::Owned(name) => match name.strip_prefix(prefix) {
                    Some(rest) => Cow::Owned(rest.to_owned()),
                    None => continue,
                },
            };
            if !rest.is_empty() {
                let value = value.clone();
                self.fields.push((rest, value));
            }
        }
        self.fields.len() > count
    }

    /// Adds every leaf of `value`: `a.b.c` for nested objects, several values for lists.
    pub(super) fn flatten(&mut self, name: Cow<'a, str>, value: &'a Value, depth: usize) {
        match value {
            Value::Object(map) if depth < DEPTH => {
                for (key, inner) in map {
                    let path = if name.is_empty() || name.len() + key.len() > LONGEST {
                        Cow::Borrowed(key.as_str())
                    } else {
                        Cow::Owned(format!("{name}.{key}"))
                    };
                    self.flatten(path, inner, depth + 1);
                }
            }
            Value::Array(list) if depth < DEPTH => {
                for inner in list {
                    self.flatten(name.clone(), inner, depth + 1);
                }
            }
            leaf => self.push(name, scalar(leaf)),
        }
    }

    /// Adds the list or object at `path` as JSON text under its own name: some rules search all of it.
    pub(super) fn whole(&mut self, record: &'a Value, paths: &[&'static str]) {
        for path in paths {
            let found = path.split('.').try_fold(record, |value, key| value.get(key));
            if let Some(value @ (Value::Object(_) | Value::Array(_))) = found {
                self.push(*path, scalar(value));
            }
        }
    }

    pub(super) fn kind(&mut self, product: &str, category: &str, service: &str) {
        let said = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        let kind =
            Logsource { product: said(product), category: said(category), service: said(service) };
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }

    /// Every category with every service, so that a rule that asks for both meets one kind that says both.
    pub(super) fn kinds_of(&mut self, product: &str, categories: &[&str], services: &[&str]) {
        let none = [""];
        let categories = if categories.is_empty() { &none } else { categories };
        let services = if services.is_empty() { &none } else { services };
        for category in categories {
            for service in services {
                self.kind(product, category, service);
            }
        }
    }
}
