//! Searching events: what the explorer asks and gets.
use crate::{Micros, Severity, event::Event};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which events. Times are half-open: `from <= time < to`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventQuery {
    /// Lucene syntax; empty means all.
    #[serde(default)]
    pub query: String,
    #[serde(default)]
    pub from: Option<Micros>,
    #[serde(default)]
    pub to: Option<Micros>,
    /// Any of these; empty means all.
    #[serde(default)]
    pub severity: Vec<Severity>,
    /// Data sets by name or with a trailing `*`; empty means all.
    #[serde(default)]
    pub dataset: Vec<String>,
    /// 1 to `MAX_PAGE`; 0 means `DEFAULT_PAGE`.
    #[serde(default)]
    pub limit: i64,
    #[serde(default)]
    pub cursor: Option<String>,
}

/// One event, newest first in lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventRow {
    pub id: i64,
    pub time: Micros,
    pub received_at: Micros,
    pub dataset: String,
    pub source: String,
    pub event_type: String,
    pub category: String,
    pub severity: Severity,
    pub message: String,
    /// ECS name and value, in the order of the record.
    pub fields: Vec<(String, Value)>,
    /// The record exactly as sent.
    pub raw: String,
    pub sample: bool,
}

impl From<&Event> for EventRow {
    fn from(e: &Event) -> Self {
        Self {
            id: e.id,
            time: e.time,
            received_at: e.received_at,
            dataset: e.dataset.to_string(),
            source: e.source.to_string(),
            event_type: e.event_type.to_string(),
            category: e.category.to_string(),
            severity: e.severity,
            message: e.message.to_string(),
            fields: e.fields.iter().map(|(n, v)| (n.to_string(), v.into())).collect(),
            raw: e.raw.to_string(),
            sample: e.sample,
        }
    }
}

impl EventRow {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|v| match v {
            Value::String(s) => s.clone(),
            other => other.to_string(),
        })
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventPage {
    pub events: Vec<EventRow>,
    /// Where the next page starts; `None` on the last. Pages stay stable while events arrive.
    pub next: Option<String>,
    /// Events that match in all; `None` when counting was not asked for.
    pub total: Option<i64>,
    pub took_ms: i64,
}

/// Counts per slice of time and severity, oldest first, without gaps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Histogram {
    /// Width of a slice in microseconds.
    pub interval: i64,
    pub buckets: Vec<Bucket>,
    pub total: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Bucket {
    pub start: Micros,
    /// By severity: info, low, medium, high, critical.
    pub counts: [i64; 5],
}

/// The most frequent values of one field among the events that match.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TopValues {
    pub field: String,
    pub values: Vec<(String, i64)>,
    /// Events that have the field.
    pub present: i64,
    pub distinct: i64,
    pub total: i64,
}

/// A field that stored events have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldInfo {
    pub name: String,
    /// `keyword`, `long`, `double`, `boolean`, `date`, `ip`, `text`.
    pub kind: String,
}
