//! Dynamic values: JSON, and the scalars that `pack` and aggregates put into it.
use super::{Value, text};
use rust_decimal::Decimal;
use std::{fmt::Write as _, sync::Arc};

#[derive(Clone, Debug, Default)]
pub enum Dyn {
    #[default]
    Null,
    Bool(bool),
    Long(i64),
    Real(f64),
    Str(Arc<str>),
    Array(Vec<Dyn>),
    /// In the order of insertion; a name is there once.
    Bag(Vec<(Arc<str>, Dyn)>),
    // what JSON has no word for: kept until it is written as text
    DateTime(i64),
    TimeSpan(i64),
    Guid(u128),
    Decimal(Decimal),
}

impl Dyn {
    pub fn str(text: impl AsRef<str>) -> Self {
        Self::Str(text.as_ref().into())
    }

    /// From JSON; `None` when the text is not JSON. Numbers without a fraction that fit are longs.
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str::<serde_json::Value>(json).ok().map(Self::from_json)
    }

    pub fn from_json(json: serde_json::Value) -> Self {
        use serde_json::Value as J;
        match json {
            J::Null => Self::Null,
            J::Bool(b) => Self::Bool(b),
            J::Number(n) => {
                n.as_i64().map_or_else(|| Self::Real(n.as_f64().unwrap_or(f64::NAN)), Self::Long)
            }
            J::String(s) => Self::Str(s.into()),
            J::Array(items) => Self::Array(items.into_iter().map(Self::from_json).collect()),
            J::Object(map) => Self::Bag(
                map.into_iter()
                    .map(|(name, value)| (name.into(), Self::from_json(value)))
                    .collect(),
            ),
        }
    }

    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Bag(entries) => {
                entries.iter().find(|(key, _)| **key == *name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// From the end when negative.
    pub fn at(&self, index: i64) -> Option<&Self> {
        let Self::Array(items) = self else { return None };
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let index = if index < 0 { index + length } else { index };
        usize::try_from(index).ok().and_then(|index| items.get(index))
    }

    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_bag(&self) -> Option<&[(Arc<str>, Self)]> {
        match self {
            Self::Bag(entries) => Some(entries),
            _ => None,
        }
    }

    /// The scalar in it, with the type it has; arrays and bags stay dynamic.
    pub fn into_scalar(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(b),
            Self::Long(n) => Value::Long(n),
            Self::Real(n) => Value::Real(n),
            Self::Str(s) => Value::Str(s),
            Self::DateTime(t) => Value::DateTime(t),
            Self::TimeSpan(t) => Value::TimeSpan(t),
            Self::Guid(g) => Value::Guid(g),
            Self::Decimal(d) => Value::Decimal(d),
            other => Value::Dynamic(Arc::new(other)),
        }
    }

    /// Compact JSON; times, spans and guids as texts.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Self::Long(n) => drop(write!(out, "{n}")),
            Self::Real(n) if n.is_finite() => out.push_str(&text::real(*n)),
            Self::Real(n) => quote(&text::real(*n), out),
            Self::Str(s) => quote(s, out),
            Self::DateTime(t) => quote(&super::time::datetime_text(*t), out),
            Self::TimeSpan(t) => quote(&super::time::timespan_text(*t), out),
            Self::Guid(g) => quote(&text::guid(*g), out),
            Self::Decimal(d) => quote(&d.to_string(), out),
            Self::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Bag(entries) => {
                out.push('{');
                for (at, (name, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    quote(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}
