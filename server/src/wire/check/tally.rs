//! Where each stored event is, and whether it is there once.
//!
//! An event may stand in a part and in a block of the journal at the same time: a part holds what came after the last block that was
//! released, too. The next start leaves such an event out of the head when the tenant has its id in a part, so it is there once. A
//! block's event whose id belongs to another event of a part would be left out as well, and is lost: that is told.
//!
//! Where OpenSearch holds the events its indexes are what parts are elsewhere, and a block's events may stand there already, too.
use super::{acked::Acked, ids::Ids, report::Report};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// An event of the journal.
struct Journalled {
    /// Of tenant and record.
    hash: u64,
    in_part: bool,
}

/// Everything that is stored. The journal is shown first.
pub struct Tally {
    acked: Acked,
    journal: HashMap<i64, Journalled>,
    parts: Ids,
    /// Of dead letters: acknowledged, and refused by OpenSearch.
    letters: Ids,
    /// Largest id of the journal.
    newest: i64,
}

fn hash(tenant: &str, record: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (tenant, record).hash(&mut hasher);
    hasher.finish()
}

impl Tally {
    pub fn new(acked: Acked) -> Self {
        Self {
            acked,
            journal: HashMap::new(),
            parts: Ids::default(),
            letters: Ids::default(),
            newest: 0,
        }
    }

    pub fn in_journal(&mut self, tenant: &str, id: i64, record: &str, report: &mut Report) {
        let event = Journalled { hash: hash(tenant, record), in_part: false };
        if self.journal.insert(id, event).is_some() {
            report.doubled.add(format!("event {id} is in two blocks of the journal"));
        }
        self.newest = self.newest.max(id);
        self.acked.see(id, record);
    }

    /// `place` is `part 7` or `index host-events-2026.11.21`.
    pub fn in_part(
        &mut self,
        place: &str,
        tenant: &str,
        id: i64,
        record: &str,
        report: &mut Report,
    ) {
        if !self.parts.insert(id) {
            report.doubled.add(format!("event {id} is in {place} and in another one"));
        }
        if let Some(event) = self.journal.get_mut(&id) {
            event.in_part = true;
            if event.hash != hash(tenant, record) {
                report.doubled.add(format!(
                    "id {id} belongs to an event in the journal and to another one in {place}"
                ));
            }
        }
        self.acked.see(id, record);
    }

    /// An event that OpenSearch refused: it is where people see it.
    pub fn in_letter(&mut self, id: i64, record: &str) {
        self.letters.insert(id);
        self.acked.see(id, record);
    }

    /// The largest id that is in use; 0 without events.
    pub fn max_id(&self) -> i64 {
        self.newest.max(self.parts.max)
    }

    /// After everything was shown.
    pub fn finish(self, report: &mut Report) {
        let only_journal = self.journal.values().filter(|e| !e.in_part).count() as u64;
        report.stored = self.parts.len + only_journal;
        let is_stored =
            |id| self.parts.has(id) || self.journal.contains_key(&id) || self.letters.has(id);
        self.acked.judge(is_stored, report);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_in_part_and_journal_is_one_and_another_with_its_id_is_two() {
        let mut report = Report::default();
        let mut tally = Tally::new(Acked::read("1 a\n2 b\n3 c\n7\n8 h\n").unwrap());
        tally.in_journal("t", 2, "b", &mut report);
        tally.in_journal("t", 3, "c", &mut report);
        tally.in_part("p", "t", 1, "a", &mut report);
        tally.in_part("p", "t", 2, "b", &mut report);
        tally.in_letter(7, "g");
        tally.in_letter(8, "h");
        assert_eq!(tally.max_id(), 3);
        tally.finish(&mut report);
        assert!(report.is_sound() && report.stored == 3, "{report:?}");

        let mut report = Report::default();
        let mut tally = Tally::new(Acked::default());
        tally.in_journal("t", 2, "b", &mut report);
        tally.in_journal("t", 2, "b", &mut report);
        tally.in_part("p", "t", 2, "other", &mut report);
        tally.in_part("q", "t", 2, "b", &mut report);
        tally.finish(&mut report);
        assert_eq!((report.doubled.count, report.stored), (3, 1), "{report:?}");
    }
}
