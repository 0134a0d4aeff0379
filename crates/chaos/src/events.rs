//! What is sent: events that can be told from all others and that show by themselves whether they are whole.
//!
//! An event's text follows from its mark, so whoever finds the event can tell whether it is the one that was sent.
use serde_json::Value;
use std::fmt::Write;
use testkit::{
    batch::{self, Batch},
    stamp::MARK,
};

pub use testkit::{
    batch::{FLAG, is_flagged},
    stamp::mark_of,
};

/// Field with the text that follows from the mark.
const TEXT: &str = "es_text";
/// Clients whose events differ in time.
const CLIENTS: usize = 64;
/// Words of the text.
const WORDS: usize = 24;

/// An endless supply for one client; each event has `pad` bytes more: for load that is heavy and cheap to make.
pub fn batches(run: u64, client: usize, size: usize, pad: usize) -> impl Iterator<Item = Batch> {
    batch::batches(run, client, size, move |out, mark, number| {
        // no two events of a run have one time, so each flagged one is an alert of its own
        record(out, mark, number * CLIENTS + client % CLIENTS, pad);
    })
}

/// One line, without its end.
fn record(out: &mut String, mark: &str, at: usize, pad: usize) {
    let flag = if is_flagged(mark) { format!(",\"{FLAG}\":\"yes\"") } else { String::new() };
    let (second, micro) = (at / 1_000_000 % 60, at % 1_000_000);
    // all on one day: then parts of one folder are merged soon. Writing to a text cannot fail
    let _ = write!(
        out,
        "{{\"event_type\":\"chaos.event\",\"severity\":\"low\",\"category\":\"test\",\
         \"timestamp\":\"2025-01-15T10:00:{second:02}.{micro:06}Z\",\"details\":{{\"message\":\"chaos {mark}\",\
         \"{MARK}\":\"{mark}\",\"{TEXT}\":\"{}\"{flag},\"pad\":\"{}\"}}}}",
        text_of(mark),
        "x".repeat(pad),
    );
}

/// Whether the event is the one that was sent under its mark.
pub fn is_intact(event: &Value) -> bool {
    mark_of(event).is_some_and(|mark| {
        let details = &event["details"];
        let flag = is_flagged(mark).then_some("yes");
        details[TEXT].as_str() == Some(text_of(mark).as_str())
            && details[FLAG].as_str() == flag
            && event["event_type"] == "chaos.event"
            && event["severity"] == "low"
    })
}

/// Words that follow from the mark.
fn text_of(mark: &str) -> String {
    let mut state = mark
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let mut text = String::with_capacity(WORDS * 9);
    for i in 0..WORDS {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let _ = write!(text, "{}{:08x}", if i == 0 { "" } else { " " }, state >> 32);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_whole_and_some_have_the_flag() {
        for batch in batches(9, 1, 30, 0).take(3) {
            let events: Vec<Value> =
                batch.body.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
            assert_eq!(events.iter().filter_map(mark_of).collect::<Vec<_>>(), batch.marks);
            assert!(events.iter().all(is_intact));
            assert_eq!(events.iter().filter(|e| e["details"][FLAG] == "yes").count(), 2);
        }
    }

    #[test]
    fn an_altered_event_is_seen() {
        let batch = batches(1, 0, 2, 3).next().unwrap();
        let whole: Value = serde_json::from_str(batch.body.lines().next().unwrap()).unwrap();
        assert!(is_intact(&whole) && whole["details"]["pad"] == "xxx");
        for (field, value) in [(TEXT, "other"), (FLAG, "no"), (MARK, "m1c0b0e1")] {
            let mut changed = whole.clone();
            changed["details"][field] = value.into();
            assert!(!is_intact(&changed), "{field}");
        }
    }
}
