//! The canonical event: what any record becomes, whoever sent it.
//!
//! A few core attributes that every event has, then ECS-named fields (see `fieldmap`), and the record exactly as sent.
//! Invariant: `fields` holds each name once, and no core attribute.
mod name;

use crate::{Micros, Severity};
use std::sync::Arc;

/// A field's value. Arrays of scalars become a `List`; arrays of objects are merged path by path.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    Str(Box<str>),
    Int(i64),
    Float(f64),
    Bool(bool),
    List(Vec<Scalar>),
}

impl Scalar {
    /// As text: how a person reads it and how a text search sees it. A list is joined by `, `.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Str(s) => (&**s).into(),
            Self::Int(i) => i.to_string().into(),
            Self::Float(f) => f.to_string().into(),
            Self::Bool(b) => (if *b { "true" } else { "false" }).into(),
            Self::List(l) => l.iter().map(|s| s.text()).collect::<Vec<_>>().join(", ").into(),
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(s) => Some(s),
            _ => None,
        }
    }

    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(i) => Some(*i),
            _ => None,
        }
    }
}

impl From<&str> for Scalar {
    fn from(s: &str) -> Self {
        Self::Str(s.into())
    }
}

impl From<i64> for Scalar {
    fn from(i: i64) -> Self {
        Self::Int(i)
    }
}

impl From<&Scalar> for serde_json::Value {
    fn from(s: &Scalar) -> Self {
        match s {
            Scalar::Str(s) => Self::from(&**s),
            Scalar::Int(i) => Self::from(*i),
            Scalar::Float(f) => Self::from(*f),
            Scalar::Bool(b) => Self::from(*b),
            Scalar::List(l) => Self::Array(l.iter().map(Self::from).collect()),
        }
    }
}

pub use name::FieldName;

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Given by the journal, increasing in the order of arrival, never reused; 0 before that. Below 2^53.
    pub id: i64,
    pub tenant: Arc<str>,
    /// When it happened, by the source's clock.
    pub time: Micros,
    /// When EventSec took it.
    pub received_at: Micros,
    /// ECS `event.dataset`, such as `suricata.alert`, `zeek.conn`, `windows.sysmon`: lower case, `[a-z0-9_.]`, at most 64 bytes.
    pub dataset: Arc<str>,
    /// Who sent it: `suricata`, `zeek`, `windows`, `api`, `agent`.
    pub source: Arc<str>,
    /// The contract's event type: `alert`, `conn`, `process_creation`, whatever the sender said.
    pub event_type: Arc<str>,
    pub category: Arc<str>,
    pub severity: Severity,
    /// One line for a person.
    pub message: Box<str>,
    /// ECS-named fields in the order they were met.
    pub fields: Vec<(FieldName, Scalar)>,
    /// The record as sent: JSON text.
    pub raw: Arc<str>,
    /// Labelled sample data.
    pub sample: bool,
}

impl Event {
    pub fn get(&self, name: &str) -> Option<&Scalar> {
        self.fields.iter().find(|(n, _)| &**n == name).map(|(_, v)| v)
    }
}

/// Fields of one event that become columns; the rest stays findable in `raw` only.
pub const MAX_FIELDS: usize = 512;
/// Longest value of one field, in bytes; what is longer is cut in the column and whole in `raw`.
pub const MAX_VALUE: usize = 32 * 1024;
