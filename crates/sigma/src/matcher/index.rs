//! All texts that rules look for in one field, found in one pass over a value.
use super::plain;
use crate::{
    event::Scalar,
    language::{Check, Number, Part, Pattern, Test, lower},
};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::{borrow::Cow, collections::HashMap};

/// Where the text must stand, and the test that then holds.
struct Found {
    test: u32,
    place: Spot,
}

enum Spot {
    Anywhere,
    Start,
    End,
    /// The whole pattern has to be looked at.
    Pattern(Pattern),
}

#[derive(Default)]
pub(super) struct FieldIndex {
    exact: HashMap<String, Vec<u32>>,
    numbers: HashMap<i64, Vec<u32>>,
    texts: Option<AhoCorasick>,
    /// Of each text of `texts`.
    found: Vec<Vec<Found>>,
    /// Until `finish`.
    pending: HashMap<String, Vec<Found>>,
}

/// Whether the index can answer the test, and therefore does.
pub(super) fn covers(test: &Test) -> bool {
    match &test.check {
        Check::Like { pattern, cased: false } => {
            pattern.as_literal().is_some() || pattern.longest().is_some()
        }
        Check::Number(Number::Int(_)) => true,
        _ => false,
    }
}

impl FieldIndex {
    pub fn add(&mut self, number: u32, test: &Test) {
        match &test.check {
            Check::Like { pattern, .. } => self.like(number, &pattern.lower()),
            Check::Number(Number::Int(wanted)) => {
                self.numbers.entry(*wanted).or_default().push(number)
            }
            _ => {}
        }
    }

    fn like(&mut self, test: u32, pattern: &Pattern) {
        if let Some(text) = pattern.as_literal() {
            self.exact.entry(text.to_owned()).or_default().push(test);
            return;
        }
        let Some(text) = pattern.longest() else { return };
        let place = match pattern.0.as_slice() {
            [Part::Many, Part::Text(_), Part::Many] => Spot::Anywhere,
            [Part::Text(_), Part::Many] => Spot::Start,
            [Part::Many, Part::Text(_)] => Spot::End,
            _ => Spot::Pattern(pattern.clone()),
        };
        self.pending.entry(text.to_owned()).or_default().push(Found { test, place });
    }

    /// # Errors
    /// When the texts are more than the automaton can number.
    pub fn finish(&mut self) -> Result<(), aho_corasick::BuildError> {
        let (texts, found): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pending).into_iter().unzip();
        self.found = found;
        if !texts.is_empty() {
            // a contiguous NFA stays in the cache, which a DFA of thousands of texts does not
            self.texts = Some(
                AhoCorasick::builder()
                    .kind(Some(AhoCorasickKind::ContiguousNFA))
                    .match_kind(MatchKind::Standard)
                    .build(texts)?,
            );
        }
        Ok(())
    }

    /// Calls `holds` for each test that the value passes; for some more than once.
    pub fn scan(&self, value: &Scalar<'_>, holds: &mut impl FnMut(u32)) {
        let Some(spelled) = plain::text(value) else { return };
        if !self.numbers.is_empty()
            && let Some(tests) = whole(value, &spelled).and_then(|number| self.numbers.get(&number))
        {
            tests.iter().for_each(|test| holds(*test));
        }
        let small: Cow<'_, str> = lower(&spelled);
        if let Some(tests) = self.exact.get(&*small) {
            tests.iter().for_each(|test| holds(*test));
        }
        let Some(texts) = &self.texts else { return };
        for hit in texts.find_overlapping_iter(&*small) {
            for Found { test, place } in &self.found[hit.pattern().as_usize()] {
                let right = match place {
                    Spot::Anywhere => true,
                    Spot::Start => hit.start() == 0,
                    Spot::End => hit.end() == small.len(),
                    Spot::Pattern(pattern) => pattern.matches(&small),
                };
                if right {
                    holds(*test);
                }
            }
        }
    }
}

/// The whole number that the value is, or spells as rules would.
fn whole(value: &Scalar<'_>, spelled: &str) -> Option<i64> {
    match value {
        Scalar::Int(number) => Some(*number),
        #[allow(clippy::cast_possible_truncation, reason = "only what comes back the same counts")]
        #[allow(clippy::cast_precision_loss, reason = "as above")]
        #[allow(clippy::float_cmp, reason = "as above")]
        Scalar::Float(number) => Some(*number as i64).filter(|whole| *whole as f64 == *number),
        Scalar::Str(_) => {
            let spelled = spelled.trim();
            spelled.parse::<i64>().ok().filter(|number| number.to_string() == spelled)
        }
        _ => None,
    }
}
