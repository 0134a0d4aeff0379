//! What a check found, and how it says so.
use serde::Serialize;
use std::fmt;

/// Sentences of one kind that are kept; the rest is only counted.
const KEPT: usize = 100;

/// Sentences of one kind: how many, and the first ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    pub count: u64,
    pub lines: Vec<String>,
}

impl Found {
    pub fn add(&mut self, line: String) {
        self.count += 1;
        if self.lines.len() < KEPT {
            self.lines.push(line);
        }
    }

    fn rest(&self) -> u64 {
        self.count - self.lines.len() as u64
    }
}

/// The outcome of `eventsec check`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Events that the list of acknowledged ones names.
    pub acknowledged: u64,
    /// Events in parts or in OpenSearch's indexes, and those in the journal that are in none of them.
    pub stored: u64,
    /// Acknowledged and not stored.
    pub lost: Found,
    /// Stored more than once.
    pub doubled: Found,
    /// Everything else.
    pub faults: Found,
}

impl Report {
    pub fn fault(&mut self, what: &str, why: impl fmt::Display) {
        self.faults.add(format!("{what}: {why}"));
    }

    /// The value; an error becomes a fault.
    pub fn seen<T, E: fmt::Display>(&mut self, what: &str, done: Result<T, E>) -> Option<T> {
        done.map_err(|e| self.fault(what, e)).ok()
    }

    pub fn is_sound(&self) -> bool {
        self.lost.count + self.doubled.count + self.faults.count == 0
    }

    /// One line for each thing that is wrong.
    pub fn said(&self) -> impl Iterator<Item = String> + '_ {
        [("lost", &self.lost), ("doubled", &self.doubled), ("fault", &self.faults)]
            .into_iter()
            .flat_map(|(kind, found)| {
                let more = (found.rest() > 0).then(|| format!("{kind}: and {} more", found.rest()));
                found.lines.iter().map(move |line| format!("{kind}: {line}")).chain(more)
            })
    }
}

/// The closing line.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "checked: {} acknowledged, {} stored, {} lost, {} doubled, {} faults",
            self.acknowledged, self.stored, self.lost.count, self.doubled.count, self.faults.count
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_a_line_and_the_last_line_counts() {
        let mut report = Report { acknowledged: 3, stored: 2, ..Default::default() };
        assert!(report.is_sound());
        report.fault("audit", "row 7 is missing");
        assert_eq!(report.seen("x", Err::<(), _>("y")), None);
        (0..KEPT + 5).for_each(|i| report.lost.add(format!("event {i}")));
        let said: Vec<String> = report.said().collect();
        assert_eq!(said.len(), KEPT + 1 + 2);
        assert_eq!((said[0].as_str(), said[KEPT].as_str()), ("lost: event 0", "lost: and 5 more"));
        assert_eq!(said[KEPT + 1], "fault: audit: row 7 is missing");
        assert_eq!(
            report.to_string(),
            "checked: 3 acknowledged, 2 stored, 105 lost, 0 doubled, 2 faults"
        );
        assert!(!report.is_sound());
    }
}
