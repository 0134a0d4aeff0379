//! The list of acknowledged events, and whether each is stored under the id that its sender was told.
use super::report::Report;
use std::collections::HashMap;

/// What was acknowledged: ids, and the words by which their records are known.
#[derive(Default)]
pub struct Acked {
    /// Id and word; an empty word says nothing of the record.
    ids: HashMap<i64, String>,
    /// Ids of the stored events whose records hold the word.
    words: HashMap<String, Vec<i64>>,
    /// Ids that were given to two events.
    twice: Vec<String>,
}

impl Acked {
    /// Lines `ID` or `ID WORD`. A last line without its end was cut off while it was written and promises nothing.
    ///
    /// # Errors
    /// A sentence when a line is neither.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut acked = Self::default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        for (number, line) in whole.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
            let (id, word) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
            let word = word.trim();
            let id =
                id.parse::<i64>().map_err(|_| format!("line {}: no id: {line}", number + 1))?;
            if words(word).next().is_some_and(|first| first != word) {
                return Err(format!("line {}: no single word: {line}", number + 1));
            }
            match acked.ids.get(&id) {
                Some(known) if known == word => {}
                Some(known) => acked.twice.push(format!(
                    "id {id} was acknowledged for two events, {known:?} and {word:?}"
                )),
                None => drop(acked.ids.insert(id, word.to_owned())),
            }
            if !word.is_empty() {
                acked.words.entry(word.to_owned()).or_default();
            }
        }
        Ok(acked)
    }

    pub fn len(&self) -> u64 {
        self.ids.len() as u64
    }

    /// Takes note of a stored event. The same event may be shown again, from the journal and from a part.
    pub fn see(&mut self, id: i64, record: &str) {
        if self.words.is_empty() {
            return;
        }
        for word in words(record) {
            if let Some(ids) = self.words.get_mut(word)
                && !ids.contains(&id)
            {
                ids.push(id);
            }
        }
    }

    /// After everything was seen.
    pub fn judge(&self, is_stored: impl Fn(i64) -> bool, report: &mut Report) {
        report.acknowledged = self.len();
        self.twice.iter().for_each(|line| report.faults.add(line.clone()));
        let mut all: Vec<(&i64, &String)> = self.ids.iter().collect();
        all.sort_unstable();
        for (id, word) in all {
            let found = self.words.get(word).map_or(&[][..], Vec::as_slice);
            match (word.as_str(), found) {
                ("", _) if is_stored(*id) => {}
                ("", _) => report.lost.add(format!("event {id}")),
                (_, []) => report.lost.add(format!("event {id} ({word})")),
                (_, [one]) if one == id => {}
                (_, [other]) => report.faults.add(format!(
                    "event {id} ({word}) is stored as {other}: its sender was told another id"
                )),
                (_, many) => {
                    report.doubled.add(format!("event {id} ({word}) is stored as {many:?}"))
                }
            }
        }
    }
}

/// Runs of ASCII letters, digits, `-` and `_`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
        .filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(list: &str, stored: &[(i64, &str)]) -> Report {
        let mut acked = Acked::read(list).unwrap();
        stored.iter().for_each(|(id, record)| acked.see(*id, record));
        let mut report = Report::default();
        acked.judge(|id| stored.iter().any(|s| s.0 == id), &mut report);
        report
    }

    #[test]
    fn what_is_stored_once_under_its_id_is_well() {
        let stored =
            [(7, "{\"m\":\"a-1\"}"), (8, "{\"m\":\"a-2\"}"), (8, "{\"m\":\"a-2\"}"), (9, "{}")];
        let report = judged("7 a-1\n8 a-2\n7 a-1\n9\n10 torn", &stored);
        assert!(report.is_sound() && report.acknowledged == 3, "{report:?}");
    }

    #[test]
    fn what_is_missing_moved_or_twice_is_told() {
        let stored = [(1, "x a"), (2, "x b"), (5, "x b"), (6, "x c")];
        let report = judged("1 a\n2 b\n3 c\n4 d\n9\n1 e\n", &stored);
        assert_eq!(report.lost.lines, ["event 4 (d)", "event 9"]);
        assert_eq!(report.doubled.lines, ["event 2 (b) is stored as [2, 5]"]);
        assert_eq!(report.faults.lines.len(), 2, "{:?}", report.faults);
        assert!(report.faults.lines[1].contains("is stored as 6"));
    }

    #[test]
    fn a_list_that_is_none_is_an_error() {
        for bad in ["x y\n", "1 two words\n", "1 a/b\n"] {
            assert!(Acked::read(bad).is_err(), "{bad}");
        }
        assert_eq!(Acked::read("").unwrap().len(), 0);
    }
}
