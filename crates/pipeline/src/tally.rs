//! Counting arrivals for the ledger: whose records they are, and what became of them.
//!
//! Invariants
//! - A record is counted once, in the minute in which its fate was decided: as stored or rejected by the very commit that makes
//!   it so, as refused when its sender is told that nothing was taken. What was received is the sum of the three.
//! - A batch that was known already is counted as repeated, which is no part of that sum.
//! - What no commit goes with (refused, repeated) waits in memory and is written with the next append, or by `Road::write_down`.
//!   A crash forgets what waits; it never makes a stored record uncounted or counted twice.
//! - What waits is bounded, whatever senders call themselves and however long the journal cannot be written.
//!
//! One doubt remains: a commit whose answer was lost, and that the journal could not be asked about at once, is told to its
//! senders as failed and counted as refused. When it turns out to have happened, its records are counted as stored too.
use crate::{Batch, intake::source_word};
use model::{
    Micros,
    pipeline::{AGENT, API, OTHER, REPLAY},
    time::{Clock, MINUTE},
};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};
use store::Tally;

/// Sums that may wait for a commit. Past it, further sources share one sum a minute, called `other`.
const MAX_WAITING: usize = 10_000;

/// A batch as the ledger sees it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    tenant: Arc<str>,
    source: String,
    kind: &'static str,
    sample: bool,
    good: i64,
    bad: i64,
    bytes: i64,
    last_event: Option<Micros>,
}

/// Name and kind of whoever sent it.
fn source_of(batch: &Batch) -> (String, &'static str) {
    let header = &batch.header;
    if batch.replayed {
        return (REPLAY.into(), REPLAY);
    }
    match (&header.sensor, &header.agent) {
        (Some(sensor), _) => (sensor.to_string(), source_word(&header.hint)),
        (None, Some((_, agent))) => (format!("{AGENT}:{agent}"), AGENT),
        (None, None) => (API.into(), API),
    }
}

fn minute(at: Micros) -> Micros {
    Micros(at.0.div_euclid(MINUTE) * MINUTE)
}

impl Line {
    pub fn of(batch: &Batch) -> Self {
        let (source, kind) = source_of(batch);
        let bytes = batch.events.iter().map(|e| e.raw.len()).sum::<usize>()
            + batch.refused.iter().map(|r| r.raw.len()).sum::<usize>();
        Self {
            tenant: batch.header.tenant.clone(),
            source,
            kind,
            sample: batch.header.sample,
            good: batch.events.len() as i64,
            bad: batch.refused.len() as i64,
            bytes: bytes as i64,
            last_event: batch.events.iter().map(|e| e.time).max(),
        }
    }

    /// Counts nothing yet.
    fn tally(&self, now: Micros) -> Tally {
        Tally {
            tenant: self.tenant.to_string(),
            source: self.source.clone(),
            kind: self.kind.into(),
            sample: self.sample,
            minute: minute(now),
            last_seen: now,
            ..Tally::default()
        }
    }

    fn taken(&self, now: Micros) -> Tally {
        Tally {
            stored: self.good,
            rejected: self.bad,
            bytes: self.bytes,
            last_event: self.last_event,
            ..self.tally(now)
        }
    }

    fn refused(&self, now: Micros) -> Tally {
        Tally { refused: self.good + self.bad, bytes: self.bytes, ..self.tally(now) }
    }

    fn repeated(&self, now: Micros) -> Tally {
        Tally { repeated: self.good + self.bad, ..self.tally(now) }
    }
}

type Key = (String, String, String, bool, Micros);

/// One sum for each source and minute, always in the same order: two commits that add to the same rows never wait for each other.
#[derive(Default)]
struct Sums(BTreeMap<Key, Tally>);

fn key(t: &Tally) -> Key {
    (t.tenant.clone(), t.source.clone(), t.kind.clone(), t.sample, t.minute)
}

impl Sums {
    fn add(&mut self, t: Tally) {
        if t.stored + t.rejected + t.refused + t.repeated == 0 {
            return; // an empty batch
        }
        let key = key(&t);
        match self.0.get_mut(&key) {
            Some(sum) => {
                sum.stored += t.stored;
                sum.rejected += t.rejected;
                sum.refused += t.refused;
                sum.repeated += t.repeated;
                sum.bytes += t.bytes;
                sum.last_event = sum.last_event.max(t.last_event);
                sum.last_seen = sum.last_seen.max(t.last_seen);
            }
            None => {
                self.0.insert(key, t);
            }
        }
    }

    fn into_tallies(self) -> Vec<Tally> {
        self.0.into_values().collect()
    }
}

/// What one commit adds to the ledger: its batches, and what waited.
pub(crate) fn together<'a>(
    waiting: &[Tally],
    lines: impl Iterator<Item = &'a Line>,
    now: Micros,
) -> Vec<Tally> {
    let mut sums = Sums::default();
    waiting.iter().cloned().for_each(|t| sums.add(t));
    lines.for_each(|line| sums.add(line.taken(now)));
    sums.into_tallies()
}

/// What waits for a commit.
pub(crate) struct Book {
    clock: Clock,
    waiting: Mutex<Sums>,
}

impl Book {
    pub fn new(clock: Clock) -> Self {
        Self { clock, waiting: Mutex::default() }
    }

    /// Nothing of it was taken, and its sender is told so.
    pub fn refused(&self, line: &Line) {
        self.keep(line.refused((self.clock)()));
    }

    /// It was known already.
    pub fn repeated(&self, line: &Line) {
        self.keep(line.repeated((self.clock)()));
    }

    /// Takes what waits; what cannot be written is given back.
    pub fn take(&self) -> Vec<Tally> {
        std::mem::take(&mut *self.waiting.lock()).into_tallies()
    }

    pub fn give_back(&self, taken: Vec<Tally>) {
        taken.into_iter().for_each(|t| self.keep(t));
    }

    fn keep(&self, t: Tally) {
        let mut waiting = self.waiting.lock();
        if waiting.0.len() < MAX_WAITING || waiting.0.contains_key(&key(&t)) {
            waiting.add(t);
        } else {
            waiting.add(Tally { source: OTHER.into(), kind: OTHER.into(), ..t });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Item, intake};
    use normalise::{Envelope, Hint};
    use std::sync::atomic::{AtomicI64, Ordering};

    fn envelope(sensor: Option<&str>, agent: Option<&str>) -> Envelope {
        Envelope {
            tenant: "acme".into(),
            received_at: Micros(0),
            sender: if sensor.is_some() { Hint::Zeek { file: None } } else { Hint::Api },
            sensor: sensor.map(Into::into),
            agent: agent.map(|a| (4, a.into())),
            sample: false,
        }
    }

    fn batch(envelope: &Envelope, good: usize, bad: usize) -> Batch {
        let event = r#"{"event_type":"t","severity":"low"}"#;
        let items = std::iter::repeat_n(event, good).chain(std::iter::repeat_n("{}", bad));
        intake::prepare(envelope, "s", None, items.map(|r| Item::Record(r.into())).collect())
    }

    fn line(good: usize, bad: usize) -> Line {
        Line::of(&batch(&envelope(None, None), good, bad))
    }

    #[test]
    fn a_source_is_called_by_what_it_is() {
        let of = |sensor, agent| source_of(&batch(&envelope(sensor, agent), 0, 1));
        assert_eq!(of(Some("edge"), Some("ws")), ("edge".into(), "zeek"));
        assert_eq!(of(None, Some("ws")), ("agent:ws".into(), "agent"));
        assert_eq!(of(None, None), ("api".into(), "api"));
        let again = Batch { replayed: true, ..batch(&envelope(Some("edge"), None), 0, 1) };
        assert_eq!(source_of(&again), ("replay".into(), "replay"));
    }

    #[test]
    fn a_commit_has_one_sum_for_each_source_and_minute() {
        let now = Micros(7 * MINUTE + 5);
        let waiting = [line(4, 0).refused(now), line(2, 1).repeated(Micros(6 * MINUTE))];
        let lines = [line(3, 1), line(2, 0), line(0, 0)];
        let sums = together(&waiting, lines.iter(), now);
        let counts: Vec<_> = sums
            .iter()
            .map(|t| (t.minute.0 / MINUTE, t.stored, t.rejected, t.refused, t.repeated))
            .collect();
        assert_eq!(counts, [(6, 0, 0, 0, 3), (7, 5, 1, 4, 0)]);
        assert_eq!((sums[1].last_seen, sums[1].last_event), (now, Some(Micros(0))));
        let event = r#"{"event_type":"t","severity":"low"}"#.len() as i64;
        assert_eq!(sums[1].bytes, 9 * event + 2, "of what was received");
    }

    #[test]
    fn what_was_not_written_waits_again_and_what_waits_is_bounded() {
        let at = Arc::new(AtomicI64::new(0));
        let hand = at.clone();
        let book = Book::new(Arc::new(move || Micros(hand.load(Ordering::Relaxed))));
        for n in 0..(MAX_WAITING + 50) {
            at.store(n as i64 * MINUTE, Ordering::Relaxed);
            book.refused(&line(1, 0));
            book.refused(&line(0, 0));
        }
        let taken = book.take();
        assert!(book.take().is_empty(), "what was taken is gone");
        assert_eq!(taken.iter().map(|t| t.refused).sum::<i64>(), (MAX_WAITING + 50) as i64);
        let others = taken.iter().filter(|t| t.kind == OTHER).map(|t| t.refused).sum::<i64>();
        assert_eq!(others, 50);
        book.give_back(taken.clone());
        assert_eq!(book.take().iter().map(|t| t.refused).sum::<i64>(), (MAX_WAITING + 50) as i64);
    }
}
