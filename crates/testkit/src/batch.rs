//! Batches of events, each event with a mark that names run, client, batch and place. One event in a few has a flag that a rule can
//! ask for; which ones follows from their marks.
use crate::stamp;
use std::sync::Arc;

/// Field of the events that the test's rule asks for; its value is `yes`.
pub const FLAG: &str = "es_flag";
/// One event in so many has the flag.
const FLAGGED: usize = 25;

/// One batch as it is sent, and sent again.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `Idempotency-Key`, where the client uses one.
    pub key: Option<String>,
    /// An event a line.
    pub body: String,
    pub marks: Vec<String>,
}

/// An endless supply for one client. `run` makes the marks of two runs differ. Odd clients send no key: the content must be enough.
/// `record` writes an event's line, without its end, from its mark and its number among the client's events.
///
/// # Panics
/// When `size`, the events of one batch, is 0.
pub fn batches(
    run: u64,
    client: usize,
    size: usize,
    record: impl Fn(&mut String, &str, usize),
) -> impl Iterator<Item = Batch> {
    assert!(size > 0, "a batch has events");
    let run = run & 0xffff_ffff;
    (0..).map(move |number: usize| {
        let mut batch = Batch {
            key: client.is_multiple_of(2).then(|| format!("batch-{run:x}-{client}-{number}")),
            body: String::new(),
            marks: (0..size).map(|i| format!("m{run:x}c{client}b{number}e{i}")).collect(),
        };
        for (i, mark) in batch.marks.iter().enumerate() {
            record(&mut batch.body, mark, number * size + i);
            batch.body.push('\n');
        }
        batch
    })
}

/// The same of real events: JSON objects as texts, taken in turn.
///
/// # Panics
/// When there are none, or `size` is 0.
pub fn of_corpus(
    corpus: Arc<Vec<String>>,
    run: u64,
    client: usize,
    size: usize,
) -> impl Iterator<Item = Batch> {
    assert!(!corpus.is_empty(), "there are events");
    batches(run, client, size, move |out, mark, number| {
        // clients start at different places, so that different events meet
        let mut line = stamp::mark(&corpus[(number + client * 7919) % corpus.len()], mark);
        if is_flagged(mark) {
            line = stamp::with_field(&line, FLAG, "\"yes\"");
        }
        out.push_str(&line);
    })
}

/// Whether the event with this mark has the flag.
pub fn is_flagged(mark: &str) -> bool {
    let place = mark.rsplit_once('e').and_then(|(_, place)| place.parse::<usize>().ok());
    place.is_some_and(|p| p.is_multiple_of(FLAGGED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn every_event_has_its_own_mark_and_some_the_flag() {
        let corpus = Arc::new(vec!["{\"a\":1}".to_owned(), "{\"a\":2}".to_owned()]);
        let batches: Vec<Batch> =
            (0..2).flat_map(|client| of_corpus(corpus.clone(), 9, client, 30).take(3)).collect();
        let marks: BTreeSet<&String> = batches.iter().flat_map(|b| &b.marks).collect();
        assert_eq!(marks.len(), 2 * 3 * 30);
        let keys: BTreeSet<_> = batches.iter().filter_map(|b| b.key.clone()).collect();
        assert_eq!(keys.len(), 3, "one client sends keys");
        for batch in &batches {
            let events: Vec<Value> =
                batch.body.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
            let sent: Vec<_> = events.iter().filter_map(stamp::mark_of).collect();
            assert_eq!(sent, batch.marks);
            let with_flag: Vec<_> =
                events.iter().filter(|e| e[FLAG] == "yes").filter_map(stamp::mark_of).collect();
            let flagged: Vec<_> = batch.marks.iter().filter(|m| is_flagged(m)).collect();
            assert_eq!(with_flag, flagged);
            assert_eq!(flagged.len(), 2);
        }
    }
}
