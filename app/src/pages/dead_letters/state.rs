//! The page's query: what is asked for, and which letter is open.
use crate::url::Query;
use model::dead_letter::DeadLetterQuery;

/// Letters on one page.
const PAGE: i64 = 100;

/// By which road events come.
pub(super) const SOURCES: [&str; 3] = ["events", "suricata", "zeek"];

/// Why events are refused.
pub(super) const REASONS: [&str; 7] = [
    "invalid_json",
    "invalid_payload",
    "missing_event_type",
    "missing_timestamp",
    "invalid_timestamp",
    "missing_severity",
    "invalid_severity",
];

pub(super) fn asked(query: &Query) -> DeadLetterQuery {
    let get =
        |name: &str| query.get(name).map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
    DeadLetterQuery {
        reason: get("reason"),
        source: get("source"),
        sensor: get("sensor"),
        limit: PAGE,
        cursor: get("cursor"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_choices_ask_for_nothing() {
        let q = asked(
            &Query::new()
                .with("reason", "invalid_json")
                .with("source", " ")
                .with("sensor", "edge 1"),
        );
        assert_eq!(
            (q.reason.as_deref(), q.source, q.sensor.as_deref()),
            (Some("invalid_json"), None, Some("edge 1"))
        );
        assert!(q.limit > 0 && q.cursor.is_none());
    }
}
