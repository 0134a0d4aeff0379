//! One event as conditions see it: fresh from the road, or read back from the store.
use model::event::{Event, Scalar};
use model::explore::EventRow;
use serde_json::Value;
use std::borrow::Cow;
use std::cell::OnceCell;

/// A value met in an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen<'a> {
    Missing,
    Text(&'a str),
    Int(i64),
    Float(f64),
    Bool(bool),
    Scalars(&'a [Scalar]),
    /// An array or object of the record as sent.
    Json(&'a Value),
}

impl<'a> Seen<'a> {
    pub fn of_scalar(s: &'a Scalar) -> Self {
        match s {
            Scalar::Str(s) => Self::Text(s),
            Scalar::Int(i) => Self::Int(*i),
            Scalar::Float(f) => Self::Float(*f),
            Scalar::Bool(b) => Self::Bool(*b),
            Scalar::List(l) => Self::Scalars(l),
        }
    }

    pub fn of_json(v: &'a Value) -> Self {
        match v {
            Value::Null => Self::Missing,
            Value::String(s) => Self::Text(s),
            Value::Bool(b) => Self::Bool(*b),
            Value::Number(n) => match n.as_i64() {
                Some(i) => Self::Int(i),
                None => Self::Float(n.as_f64().unwrap_or(f64::NAN)),
            },
            other => Self::Json(other),
        }
    }

    /// Whether any single value passes: a list passes when one of its members does.
    pub fn any(self, test: &mut dyn FnMut(Seen<'a>) -> bool) -> bool {
        match self {
            Self::Scalars(list) => list.iter().any(|s| test(Self::of_scalar(s))),
            Self::Json(Value::Array(list)) => list.iter().any(|v| test(Self::of_json(v))),
            one => test(one),
        }
    }

    /// As a person reads it; empty for a missing value.
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Self::Missing => Cow::Borrowed(""),
            Self::Text(s) => Cow::Borrowed(s),
            Self::Int(i) => i.to_string().into(),
            Self::Float(f) => f.to_string().into(),
            Self::Bool(b) => Cow::Borrowed(if b { "true" } else { "false" }),
            Self::Scalars(l) => l.iter().map(|s| s.text()).collect::<Vec<_>>().join(", ").into(),
            Self::Json(v) => v.to_string().into(),
        }
    }

    /// As a number, also from text.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Int(i) => Some(i as f64),
            Self::Float(f) => Some(f),
            Self::Text(s) => s.trim().parse().ok(),
            _ => None,
        }
    }
}

enum Of<'a> {
    Event(&'a Event),
    Row(&'a EventRow),
}

pub(crate) struct View<'a> {
    of: Of<'a>,
    /// The record as sent, parsed when the first condition asks for it.
    record: OnceCell<Value>,
}

impl<'a> View<'a> {
    pub fn of_event(event: &'a Event) -> Self {
        Self { of: Of::Event(event), record: OnceCell::new() }
    }

    pub fn of_row(row: &'a EventRow) -> Self {
        Self { of: Of::Row(row), record: OnceCell::new() }
    }

    pub fn dataset(&self) -> &str {
        match &self.of {
            Of::Event(e) => &e.dataset,
            Of::Row(r) => &r.dataset,
        }
    }

    pub fn source(&self) -> &str {
        match &self.of {
            Of::Event(e) => &e.source,
            Of::Row(r) => &r.source,
        }
    }

    pub fn event_type(&self) -> &str {
        match &self.of {
            Of::Event(e) => &e.event_type,
            Of::Row(r) => &r.event_type,
        }
    }

    pub fn category(&self) -> &str {
        match &self.of {
            Of::Event(e) => &e.category,
            Of::Row(r) => &r.category,
        }
    }

    pub fn severity(&self) -> &'static str {
        match &self.of {
            Of::Event(e) => e.severity.as_str(),
            Of::Row(r) => r.severity.as_str(),
        }
    }

    pub fn message(&self) -> &str {
        match &self.of {
            Of::Event(e) => &e.message,
            Of::Row(r) => &r.message,
        }
    }

    pub fn id(&self) -> i64 {
        match &self.of {
            Of::Event(e) => e.id,
            Of::Row(r) => r.id,
        }
    }

    pub fn time_text(&self, received: bool) -> String {
        let (time, received_at) = match &self.of {
            Of::Event(e) => (e.time, e.received_at),
            Of::Row(r) => (r.time, r.received_at),
        };
        (if received { received_at } else { time }).rfc3339()
    }

    pub fn sample(&self) -> bool {
        match &self.of {
            Of::Event(e) => e.sample,
            Of::Row(r) => r.sample,
        }
    }

    /// From a network sensor: its details are the normalised ones.
    pub fn is_network(&self) -> bool {
        matches!(self.source(), "suricata" | "zeek")
    }

    /// A field under its canonical name.
    pub fn field(&self, name: &str) -> Seen<'_> {
        match &self.of {
            Of::Event(e) => e.get(name).map_or(Seen::Missing, Seen::of_scalar),
            Of::Row(r) => r.get(name).map_or(Seen::Missing, Seen::of_json),
        }
    }

    fn raw(&self) -> &str {
        match &self.of {
            Of::Event(e) => &e.raw,
            Of::Row(r) => &r.raw,
        }
    }

    /// The contract's `details`: that member of an event posted in its shape, else the whole record.
    fn details(&self) -> &Value {
        let record =
            self.record.get_or_init(|| serde_json::from_str(self.raw()).unwrap_or(Value::Null));
        match record.get("details") {
            Some(d @ Value::Object(_)) if record.get("event_type").is_some() => d,
            _ => record,
        }
    }

    /// A literal key of the details, else a walk along its dots.
    pub fn detail(&self, name: &str, probe: Option<&str>) -> Seen<'_> {
        // parsing a record costs more than all else: first see whether the key can be in it at all
        if self.record.get().is_none()
            && let Some(probe) = probe
            && !self.raw().contains(probe)
            && !self.raw().contains("\\u00")
        {
            return Seen::Missing;
        }
        let details = self.details();
        if let Some(v) = details.get(name) {
            return Seen::of_json(v);
        }
        let walked = name
            .contains('.')
            .then(|| name.split('.').try_fold(details, |v, part| v.get(part)))
            .flatten();
        walked.map_or(Seen::Missing, Seen::of_json)
    }
}
