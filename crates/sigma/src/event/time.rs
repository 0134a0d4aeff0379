//! When an event happened.
use super::{Event, Scalar};
use model::Micros;

/// Fields that say so, the most exact first.
const FIELDS: [&str; 18] = [
    "SystemTime",
    "@timestamp",
    "EventTime",
    "UtcTime",
    "TimeCreated",
    "timestamp",
    "ts",
    "_ts",
    "eventTime",
    "published",
    "TimeGenerated",
    "time",
    "createdDateTime",
    "activityDateTime",
    "protoPayload.timestamp",
    "requestReceivedTimestamp",
    "event.created",
    "utc_time",
];

impl Event<'_> {
    /// When it happened, as the record says; `None` when nothing in it can be read as a time. Times without a zone are taken as UTC.
    pub fn time(&self) -> Option<Micros> {
        FIELDS.iter().flat_map(|field| self.values(field)).find_map(of)
    }
}

fn of(value: &Scalar<'_>) -> Option<Micros> {
    match value {
        Scalar::Str(text) => Micros::parse(text).or_else(|| epoch(text.trim().parse().ok()?)),
        #[allow(clippy::cast_precision_loss, reason = "microseconds since 1970 fit")]
        Scalar::Int(number) => epoch(*number as f64),
        Scalar::Float(number) => epoch(*number),
        _ => None,
    }
}

/// Seconds, milliseconds or microseconds since 1970, told apart by their size.
fn epoch(number: f64) -> Option<Micros> {
    let seconds = match number.abs() {
        n if n >= 1e14 => number / 1e6,
        n if n >= 1e11 => number / 1e3,
        n if n >= 1e8 => number,
        // a small number is no time of today: a duration, a count
        _ => return None,
    };
    Micros::from_epoch_seconds(seconds)
}
