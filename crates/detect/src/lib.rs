//! Detection: the JSON conditions of rules compiled once and matched against every event.
//!
//! The language is the contract's (`{key: expected}`, all pairs must hold, a list means any of it, comparison strict) and a
//! superset of it: operator objects, and `any` / `all` / `not` groups. What a key means is in `key`, what an operator does in
//! `condition`.
//!
//! Invariants:
//! - Matching is pure: it reads the event and nothing else.
//! - The index only ever leaves out rules that cannot match.
//! - A disabled rule is not compiled and never fires.
mod alert;
mod builtin;
mod compile;
mod condition;
mod index;
mod key;
mod text;
mod trial;
mod view;

pub use alert::{AlertDraft, alert_for};
pub use builtin::builtin;
pub use compile::{MAX_DEPTH, MAX_LEAVES, MAX_TEXT, check};
pub use trial::{Explained, Trial};

use condition::Condition;
use index::Index;
use model::{FieldError, event::Event, rule::DetectionRule};
use view::View;

/// All enabled rules of a tenant, compiled.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// Position in the slice that was compiled, and the condition.
    rules: Vec<(usize, Condition)>,
    index: Index,
}

impl RuleSet {
    /// Compiles the enabled rules. Those that do not compile are answered with their id and what is wrong, and left out.
    pub fn compile(rules: &[DetectionRule]) -> (Self, Vec<(i64, Vec<FieldError>)>) {
        let mut set = Self::default();
        let mut bad = Vec::new();
        for (position, rule) in rules.iter().enumerate().filter(|(_, r)| r.enabled) {
            match compile::compile(&rule.conditions) {
                Ok(condition) => {
                    set.index.add(set.rules.len(), &condition);
                    set.rules.push((position, condition));
                }
                Err(faults) => bad.push((rule.id, faults)),
            }
        }
        (set, bad)
    }

    /// Adds the positions (in the slice that was compiled) of the rules that the event matches, ascending.
    pub fn matches(&self, event: &Event, out: &mut Vec<usize>) {
        let view = View::of_event(event);
        let mut candidates = Vec::new();
        self.index.candidates(&view, &mut candidates);
        for at in candidates {
            let (position, condition) = &self.rules[at];
            if condition.holds(&view) {
                out.push(*position);
            }
        }
    }

    /// Rules that apply.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}
