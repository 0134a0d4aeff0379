//! What a scenario found: one line, one row of the table, one JSON object.
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::Write as _,
    time::{Duration, Instant},
};

/// Faults of one scenario that are kept; the rest is only counted.
const KEPT: usize = 20;

#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub name: String,
    pub tries: u64,
    /// Events that were acknowledged.
    pub acked: u64,
    pub lost: u64,
    pub doubled: u64,
    /// How many things were wrong, and the first sentences about them.
    pub faults: u64,
    pub said: Vec<String>,
    #[serde(rename = "recovery_ms", serialize_with = "spread")]
    pub recovery: Vec<Duration>,
    /// Figures and remarks that are no faults.
    pub notes: Vec<String>,
    /// What was counted over all rounds.
    pub counts: BTreeMap<String, u64>,
    pub seed: u64,
    pub took_s: f64,
    #[serde(skip)]
    begun: Option<Instant>,
}

/// Median and largest, in milliseconds.
fn millis(times: &[Duration]) -> Option<(u64, u64)> {
    let mut all: Vec<u64> = times.iter().map(|t| t.as_millis() as u64).collect();
    all.sort_unstable();
    Some((*all.get(all.len() / 2)?, *all.last()?))
}

fn spread<S: serde::Serializer>(times: &[Duration], s: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Spread {
        p50: u64,
        max: u64,
    }
    millis(times).map(|(p50, max)| Spread { p50, max }).serialize(s)
}

impl Outcome {
    /// A scenario that begins now, with its seed (printed, and repeated by `EVENTSEC_TEST_SEED`).
    pub fn begin(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            tries: 0,
            acked: 0,
            lost: 0,
            doubled: 0,
            faults: 0,
            said: Vec::new(),
            recovery: Vec::new(),
            notes: Vec::new(),
            counts: BTreeMap::new(),
            seed: testkit::seed::seed(name),
            took_s: 0.0,
            begun: Some(Instant::now()),
        }
    }

    pub fn fault(&mut self, line: impl Into<String>) {
        self.faults += 1;
        if self.said.len() < KEPT {
            self.said.push(line.into());
        }
    }

    /// A fault unless it holds.
    pub fn expect(&mut self, holds: bool, line: impl FnOnce() -> String) {
        if !holds {
            self.fault(line());
        }
    }

    pub fn note(&mut self, line: impl Into<String>) {
        self.notes.push(line.into());
    }

    /// Adds to what was counted under the same words.
    pub fn count(&mut self, what: &str, n: u64) {
        *self.counts.entry(what.to_owned()).or_default() += n;
    }

    fn remarks(&self) -> impl Iterator<Item = String> {
        let counts = self.counts.iter().map(|(what, n)| format!("{n} {what}"));
        self.notes.iter().cloned().chain(counts)
    }

    /// The scenario is over: prints its line. Written past the capture of the tests' harness, so that it is always seen.
    pub fn end(mut self) -> Self {
        self.took_s = self.begun.take().map_or(0.0, |b| b.elapsed().as_secs_f64());
        let _ = writeln!(std::io::stderr().lock(), "chaos: {}", self.line());
        self
    }

    pub fn is_clean(&self) -> bool {
        self.lost + self.doubled + self.faults == 0
    }

    /// # Panics
    /// When anything was lost, doubled or wrong.
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{}\n{}", self.line(), self.said.join("\n"));
    }

    fn recovery_text(&self) -> String {
        millis(&self.recovery).map_or("–".into(), |(p50, max)| format!("{p50} / {max}"))
    }

    pub fn line(&self) -> String {
        format!(
            "{}: {} tries, {} events acknowledged, {} lost, {} doubled, {} faults; recovery p50 / max {} ms; {:.1} s{}",
            self.name,
            self.tries,
            self.acked,
            self.lost,
            self.doubled,
            self.faults,
            self.recovery_text(),
            self.took_s,
            self.remarks().map(|n| format!("; {n}")).collect::<String>()
        )
    }
}

/// All of them as Markdown.
pub fn table(all: &[Outcome]) -> String {
    let mut text = String::from(
        "| scenario | tries | acknowledged | lost | doubled | faults | recovery p50 / max, ms | s | remarks |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---|\n",
    );
    for o in all {
        let notes = o
            .said
            .iter()
            .cloned()
            .chain(o.remarks())
            .map(|n| n.replace('|', "\\|").replace('\n', " "));
        // writing to a text cannot fail
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {:.0} | {} |",
            o.name,
            o.tries,
            o.acked,
            o.lost,
            o.doubled,
            o.faults,
            o.recovery_text(),
            o.took_s,
            notes.collect::<Vec<_>>().join("; ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_outcome_and_a_dirty_one() {
        let mut outcome = Outcome::begin("outcome");
        outcome.tries = 3;
        outcome.recovery = [30, 10, 20].map(Duration::from_millis).to_vec();
        outcome.assert_clean();
        assert!(outcome.line().contains("3 tries") && outcome.line().contains("20 / 30 ms"));
        outcome.count("batches", 2);
        outcome.count("batches", 3);
        assert!(outcome.line().ends_with("; 5 batches"), "{}", outcome.line());
        outcome.expect(true, || unreachable!());
        outcome.expect(false, || "a|b".into());
        assert!(!outcome.is_clean());
        assert!(
            table(&[outcome.clone()]).contains("| 20 / 30 | 0 | a\\|b; 5 batches |"),
            "{}",
            table(&[outcome.clone()])
        );
        let json = serde_json::to_value(&outcome).unwrap();
        assert_eq!(json["recovery_ms"], serde_json::json!({"p50": 20, "max": 30}));
        assert_eq!(json["faults"], 1);
    }
}
