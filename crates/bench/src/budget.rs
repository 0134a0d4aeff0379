//! What each stage of an event's way costs, as the server counts it while it works.
//!
//! The server adds up, for each stage, the time spent in it and the bytes it handed on; divided by the events that were acknowledged
//! meanwhile, the stages add up to what one event costs.
use crate::scrape::Scrape;
use serde::Serialize;
use std::fmt::Write;

const TIME: &str = "eventsec_stage_nanoseconds_total";
const BYTES: &str = "eventsec_stage_bytes_total";

/// The label's word, and what the stage does, in the order of an event's way.
const STAGES: [(&str, &str); 9] = [
    ("receive", "body read, unpacked and cut into records"),
    ("normalise", "records parsed, checked, turned into events"),
    ("pack", "block of the journal put together and packed"),
    ("commit", "journal's transaction, synced"),
    ("index", "into the head's columns, or sent to OpenSearch"),
    ("detect", "rules matched"),
    ("raise", "alerts and cursor, one transaction"),
    ("flush", "head written as parts"),
    ("merge", "parts merged"),
];

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    pub stage: &'static str,
    pub what: &'static str,
    /// `None` when the server has no such series.
    pub us_per_event: Option<f64>,
    pub bytes_per_event: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Budget {
    pub stages: Vec<Stage>,
    /// From a batch's arrival to the beginning of its answer, waiting included, spread over its events.
    pub request_us_per_event: Option<f64>,
    /// CPU time of all processes, from the system.
    pub cpu_us_per_event: Option<f64>,
}

/// Between two looks at the server, in which it took so many events.
pub fn between(before: &Scrape, after: &Scrape, events: usize, cpu: Option<f64>) -> Budget {
    let each = |sum: Option<f64>, unit: f64| sum.map(|s| s / unit / events.max(1) as f64);
    let stages = STAGES.map(|(stage, what)| Stage {
        stage,
        what,
        us_per_event: each(after.since(before, TIME, &[("stage", stage)]), 1e3),
        bytes_per_event: each(after.since(before, BYTES, &[("stage", stage)]), 1.0),
    });
    let post = [("method", "POST"), ("path", "/events")];
    let request = after.since(before, "http_request_duration_seconds_sum", &post);
    Budget {
        stages: stages.into(),
        request_us_per_event: each(request, 1e-6),
        cpu_us_per_event: cpu,
    }
}

/// As a table of Markdown, so that it can be put into the documentation as it is.
pub fn table(b: &Budget) -> String {
    let mut out = String::from(
        "budget per stage\n\n| stage | µs/event | bytes/event | what |\n|---|---|---|---|\n",
    );
    let figure = |x: Option<f64>| x.map_or("–".into(), |x| format!("{x:.2}"));
    for s in &b.stages {
        let (us, bytes) = (figure(s.us_per_event), figure(s.bytes_per_event));
        let _ = writeln!(out, "| {} | {us} | {bytes} | {} |", s.stage, s.what);
    }
    let all: Vec<f64> = b.stages.iter().filter_map(|s| s.us_per_event).collect();
    let all: Option<f64> = (!all.is_empty()).then(|| all.iter().sum());
    for (name, us, what) in [
        ("all stages", all, "time in the stages above"),
        ("CPU", b.cpu_us_per_event, "of the program, all threads, as the system counts it"),
        ("request", b.request_us_per_event, "arrival to answer, waiting included"),
    ] {
        let _ = writeln!(out, "| *{name}* | {} | | {what} |", figure(us));
    }
    if all.is_none() {
        let _ = writeln!(out, "\nThis server has no series {TIME}: its stages are not told.");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_told_for_one_event() {
        let before = Scrape::parse(&format!("{TIME}{{stage=\"pack\"}} 1000\n"));
        let after = Scrape::parse(&format!(
            "{TIME}{{stage=\"pack\"}} 21000\n{BYTES}{{stage=\"pack\"}} 500\nhttp_request_duration_seconds_sum{{method=\"POST\",path=\"/events\"}} 0.001\n"
        ));
        let b = between(&before, &after, 10, Some(7.0));
        let pack = b.stages.iter().find(|s| s.stage == "pack").unwrap();
        assert_eq!((pack.us_per_event, pack.bytes_per_event), (Some(2.0), Some(50.0)));
        assert_eq!(b.stages.iter().filter(|s| s.us_per_event.is_some()).count(), 1);
        assert_eq!(b.request_us_per_event.map(f64::round), Some(100.0));
        let table = table(&b);
        assert!(
            table.contains("| pack | 2.00 | 50.00 |") && table.contains("| *all stages* | 2.00 |"),
            "{table}"
        );
    }

    #[test]
    fn a_server_without_the_series_says_so() {
        let b = between(&Scrape::default(), &Scrape::default(), 10, None);
        assert!(b.stages.iter().all(|s| s.us_per_event.is_none() && s.bytes_per_event.is_none()));
        assert!(table(&b).contains("has no series"));
    }
}
