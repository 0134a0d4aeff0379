//! What is sent: events that can be told from all others and that show by themselves whether they are whole.
//!
//! An event's mark names run, client, batch and place. Its text follows from the mark, so whoever finds the event can tell whether
//! it is the one that was sent. One event in [`FLAGGED`] asks for an alert.
use serde_json::Value;
use std::fmt::Write;

/// Field with the mark: one word, found in no other event.
pub const MARK: &str = "es_mark";
/// Field with the text that follows from the mark.
const TEXT: &str = "es_text";
/// Field that the rule of these tests asks for.
pub const FLAG: &str = "es_flag";
/// One event in so many has the flag.
const FLAGGED: usize = 25;
/// Clients whose events differ in time.
const CLIENTS: usize = 64;
/// Words of the text.
const WORDS: usize = 24;

/// One batch as it is sent, and sent again.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `Idempotency-Key`, where the client uses one.
    pub key: Option<String>,
    pub body: String,
    pub marks: Vec<String>,
}

/// An endless supply for one client.
#[derive(Clone, Debug)]
pub struct Batches {
    run: u64,
    client: usize,
    size: usize,
    /// Bytes that each event has more: for load that is heavy and cheap to make.
    pad: usize,
    next: usize,
}

impl Batches {
    /// `run` makes the marks of two runs differ. Odd clients send no key: the content must be enough.
    pub fn new(run: u64, client: usize, size: usize, pad: usize) -> Self {
        assert!(size > 0, "a batch has events");
        Self { run: run & 0xffff_ffff, client, size, pad, next: 0 }
    }
}

impl Iterator for Batches {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let number = self.next;
        self.next += 1;
        let marks: Vec<String> = (0..self.size)
            .map(|i| format!("m{:x}c{}b{number}e{i}", self.run, self.client))
            .collect();
        let mut body = String::new();
        for (i, mark) in marks.iter().enumerate() {
            // no two events of a run have one time, so each flagged one is an alert of its own
            let at = (number * self.size + i) * CLIENTS + self.client % CLIENTS;
            record(&mut body, mark, at, self.pad);
        }
        let key = self
            .client
            .is_multiple_of(2)
            .then(|| format!("chaos-{:x}-{}-{number}", self.run, self.client));
        Some(Batch { key, body, marks })
    }
}

/// One line.
fn record(out: &mut String, mark: &str, at: usize, pad: usize) {
    let flag = if is_flagged(mark) { format!(",\"{FLAG}\":\"yes\"") } else { String::new() };
    let (second, micro) = (at / 1_000_000 % 60, at % 1_000_000);
    // all on one day: then parts of one folder are merged soon. Writing to a text cannot fail
    let _ = writeln!(
        out,
        "{{\"event_type\":\"chaos.event\",\"severity\":\"low\",\"category\":\"test\",\
         \"timestamp\":\"2025-01-15T10:00:{second:02}.{micro:06}Z\",\"details\":{{\"message\":\"chaos {mark}\",\
         \"{MARK}\":\"{mark}\",\"{TEXT}\":\"{}\"{flag},\"pad\":\"{}\"}}}}",
        text_of(mark),
        "x".repeat(pad),
    );
}

/// Whether the rule asks for the event with this mark.
pub fn is_flagged(mark: &str) -> bool {
    let place = mark.rsplit_once('e').and_then(|(_, place)| place.parse::<usize>().ok());
    place.is_some_and(|p| p.is_multiple_of(FLAGGED))
}

/// The mark of an event as the API answers it.
pub fn mark_of(event: &Value) -> Option<&str> {
    event["details"][MARK].as_str()
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
    use std::collections::BTreeSet;

    #[test]
    fn every_event_has_a_mark_of_its_own_and_some_the_flag() {
        let batches: Vec<Batch> =
            (0..2).flat_map(|client| Batches::new(9, client, 30, 0).take(3)).collect();
        let marks: BTreeSet<&String> = batches.iter().flat_map(|b| &b.marks).collect();
        assert_eq!(marks.len(), 2 * 3 * 30);
        let keys: BTreeSet<_> = batches.iter().filter_map(|b| b.key.clone()).collect();
        assert_eq!(keys.len(), 3, "one client sends keys");
        for batch in &batches {
            let events: Vec<Value> =
                batch.body.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
            let sent: Vec<_> = events.iter().filter_map(mark_of).collect();
            assert_eq!(sent, batch.marks);
            assert!(events.iter().all(is_intact));
            assert_eq!(events.iter().filter(|e| e["details"][FLAG] == "yes").count(), 2);
            assert_eq!(batch.marks.iter().filter(|m| is_flagged(m)).count(), 2);
        }
    }

    #[test]
    fn an_altered_event_is_seen() {
        let batch = Batches::new(1, 0, 2, 3).next().unwrap();
        let whole: Value = serde_json::from_str(batch.body.lines().next().unwrap()).unwrap();
        assert!(is_intact(&whole) && whole["details"]["pad"] == "xxx");
        for (field, value) in [(TEXT, "other"), (FLAG, "no"), (MARK, "m1c0b0e1")] {
            let mut changed = whole.clone();
            changed["details"][field] = value.into();
            assert!(!is_intact(&changed), "{field}");
        }
    }
}
