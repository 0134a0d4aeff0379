//! What the parts count and time while they work: the contract's Prometheus series, with labels from fixed sets, so that nobody
//! outside can make the number of series grow. Recording before a recorder is installed does nothing.
mod stage;

pub use stage::{Stage, Wait, Work};

use metrics::{counter, gauge, histogram};
use parking_lot::Mutex;
use std::{collections::BTreeSet, time::Duration};

/// The sources that have a series of their own; all others share `other`.
const SOURCES: [&str; 12] = [
    "suricata", "zeek", "windows", "sysmon", "agent", "syslog", "api", "network", "edr", "siem",
    "sample", "user",
];

fn source_label(source: &str) -> &'static str {
    SOURCES.into_iter().find(|s| source.eq_ignore_ascii_case(s)).unwrap_or("other")
}

/// Rules with a series of their own; the rest share `other`.
const MAX_RULES: usize = 1_000;

fn rule_label(rule: i64) -> String {
    static SEEN: Mutex<BTreeSet<i64>> = Mutex::new(BTreeSet::new());
    let mut seen = SEEN.lock();
    if seen.contains(&rule) || (seen.len() < MAX_RULES && seen.insert(rule)) {
        rule.to_string()
    } else {
        "other".into()
    }
}

pub fn events_received(source: &str, n: u64) {
    counter!("eventsec_events_received_total", "source" => source_label(source)).increment(n);
}
pub fn parsed(source: &str, n: u64) {
    counter!("eventsec_parse_success_total", "source" => source_label(source)).increment(n);
}
/// `code` is one of our own words, never text from outside.
pub fn parse_failed(source: &str, code: &str, n: u64) {
    counter!("eventsec_parse_fail_total", "source" => source_label(source), "error_code" => code.to_owned()).increment(n);
}
pub fn queue_size(n: u64) {
    gauge!("eventsec_event_queue_size").set(n as f64);
}
/// Journalled events that no longer normalise, so that no search finds them.
pub fn queue_dropped(n: u64) {
    counter!("eventsec_event_queue_dropped_total").increment(n);
}
pub fn queue_retried(n: u64) {
    counter!("eventsec_event_queue_retries_total").increment(n);
}
pub fn index_failed(source: &str, n: u64) {
    counter!("eventsec_event_index_errors_total", "source" => source_label(source)).increment(n);
}
pub fn rule_ran(rule: i64, events: u64, matches: u64) {
    let rule = rule_label(rule);
    counter!("eventsec_rule_run_total", "rule_id" => rule.clone()).increment(events);
    counter!("eventsec_rule_match_total", "rule_id" => rule).increment(matches);
}
pub fn rule_raised(rule: i64) {
    counter!("eventsec_rule_alert_created_total", "rule_id" => rule_label(rule)).increment(1);
}
pub fn query(took: Duration, error: Option<&'static str>) {
    histogram!("eventsec_query_duration_seconds").record(took);
    if let Some(error) = error {
        counter!("eventsec_query_errors_total", "error_type" => error).increment(1);
    }
}
pub fn network_ingest(source: &str, accepted: u64, rejected: u64, took: Duration) {
    let source = source_label(source);
    counter!("eventsec_network_ingest_accepted_total", "source" => source).increment(accepted);
    counter!("eventsec_network_ingest_rejected_total", "source" => source).increment(rejected);
    histogram!("eventsec_network_ingest_latency_ms").record(took.as_secs_f64() * 1e3);
}
pub fn ingest_to_index(took: Duration) {
    histogram!("eventsec_ingest_to_index_seconds").record(took);
}
pub fn rule_to_alert(took: Duration) {
    histogram!("eventsec_rule_to_alert_seconds").record(took);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_from_outside_cannot_multiply() {
        for rule in 0..3_000 {
            rule_label(rule);
        }
        assert_eq!((source_label("Suricata"), source_label("x\"} 1\n")), ("suricata", "other"));
        assert_eq!(rule_label(2_999), "other");
        assert_eq!(rule_label(0), "0");
    }
}
