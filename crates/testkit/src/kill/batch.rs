//! The batches of one client: real events, each with a mark that tells client, batch and place.
use crate::stamp;
use std::sync::Arc;

/// Field of the events that the test's rule asks for.
pub const FLAG: &str = "es_flag";
/// One event in so many has the flag.
const FLAGGED: usize = 25;

/// One batch as it is sent, and sent again.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `Idempotency-Key`, where the client uses one.
    pub key: Option<String>,
    pub body: String,
    pub marks: Vec<String>,
}

/// An endless supply.
pub struct Batches {
    corpus: Arc<Vec<String>>,
    client: usize,
    size: usize,
    run: u64,
    next: usize,
}

impl Batches {
    /// `run` makes the marks of two runs differ. Odd clients send no key: the content must be enough.
    pub fn new(corpus: Arc<Vec<String>>, client: usize, size: usize, run: u64) -> Self {
        assert!(!corpus.is_empty() && size > 0);
        Self { corpus, client, size, run, next: 0 }
    }
}

impl Iterator for Batches {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let number = self.next;
        self.next += 1;
        let marks: Vec<String> = (0..self.size)
            .map(|i| format!("m{:x}c{}b{number}e{i}", self.run & 0xffff_ffff, self.client))
            .collect();
        let mut lines = Vec::with_capacity(self.size);
        for (i, mark) in marks.iter().enumerate() {
            // clients start at different places, so that different events meet
            let at = (number * self.size + i + self.client * 7919) % self.corpus.len();
            let marked = stamp::mark(&self.corpus[at], mark);
            lines.push(if is_flagged(i) {
                stamp::with_field(&marked, FLAG, "\"yes\"")
            } else {
                marked
            });
        }
        let key = self
            .client
            .is_multiple_of(2)
            .then(|| format!("kill-{:x}-{}-{number}", self.run, self.client));
        Some(Batch { key, body: lines.join("\n"), marks })
    }
}

fn is_flagged(place: usize) -> bool {
    place.is_multiple_of(FLAGGED)
}

/// The marks of a batch whose events the rule asks for.
pub fn flagged(marks: &[String]) -> impl Iterator<Item = &String> {
    marks.iter().enumerate().filter(|(i, _)| is_flagged(*i)).map(|(_, m)| m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn every_event_has_its_own_mark_and_some_the_flag() {
        let corpus = Arc::new(vec!["{\"a\":1}".to_owned(), "{\"a\":2}".to_owned()]);
        let batches: Vec<Batch> = (0..2)
            .flat_map(|client| {
                Batches::new(corpus.clone(), client, 30, 9).take(3).collect::<Vec<_>>()
            })
            .collect();
        let marks: BTreeSet<&String> = batches.iter().flat_map(|b| &b.marks).collect();
        assert_eq!(marks.len(), 2 * 3 * 30);
        let keys: BTreeSet<_> = batches.iter().filter_map(|b| b.key.clone()).collect();
        assert_eq!(keys.len(), 3, "one client sends keys");
        for batch in &batches {
            let events: Vec<Value> =
                batch.body.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
            let sent: Vec<_> =
                events.iter().map(|e| stamp::mark_of(e).unwrap().to_owned()).collect();
            assert_eq!(sent, batch.marks);
            let with_flag: Vec<_> = events
                .iter()
                .filter(|e| e.get(FLAG).is_some())
                .map(|e| stamp::mark_of(e).unwrap())
                .collect();
            assert_eq!(with_flag, flagged(&batch.marks).map(String::as_str).collect::<Vec<_>>());
            assert_eq!(with_flag.len(), 2);
        }
    }
}
