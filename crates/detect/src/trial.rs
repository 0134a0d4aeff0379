//! One rule by itself: tried on stored events, and explained.
use crate::compile::compile;
use crate::condition::{Condition, Test};
use crate::view::View;
use model::{FieldError, event::Event, explore::EventRow, rule::NewRule};
use serde_json::{Map, Value};

/// One condition of a rule against one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The key as the rule writes it; a part of a negated group has `not ` before it.
    pub key: String,
    pub holds: bool,
    /// What the event holds there; empty when it holds nothing.
    pub seen: String,
}

/// A compiled rule outside any set; whether it is enabled does not matter.
#[derive(Debug)]
pub struct Trial(Condition);

impl Trial {
    /// # Errors
    /// What is wrong with the conditions, with pointers such as `/conditions/dst_port`.
    pub fn new(rule: &NewRule) -> Result<Self, Vec<FieldError>> {
        Self::of(&rule.conditions)
    }

    pub fn of(conditions: &Map<String, Value>) -> Result<Self, Vec<FieldError>> {
        compile(conditions).map(Self)
    }

    pub fn matches(&self, event: &Event) -> bool {
        self.0.holds(&View::of_event(event))
    }

    pub fn matches_row(&self, row: &EventRow) -> bool {
        self.0.holds(&View::of_row(row))
    }

    /// Why it matched, or which conditions kept it from matching, in the rule's order.
    pub fn explain(&self, event: &Event) -> Vec<Explained> {
        let mut out = Vec::new();
        explain(&self.0, &View::of_event(event), false, &mut out);
        out
    }

    pub fn explain_row(&self, row: &EventRow) -> Vec<Explained> {
        let mut out = Vec::new();
        explain(&self.0, &View::of_row(row), false, &mut out);
        out
    }
}

fn explain(condition: &Condition, view: &View, negated: bool, out: &mut Vec<Explained>) {
    match condition {
        Condition::All(list) | Condition::Any(list) => {
            list.iter().for_each(|c| explain(c, view, negated, out))
        }
        Condition::Not(c) => explain(c, view, !negated, out),
        Condition::Field(key, tests) => {
            let holds = condition.holds(view) != negated;
            let seen = key.with(view, |s| s.text().chars().take(500).collect::<String>());
            let not =
                if negated || matches!(tests.as_slice(), [Test::Not(_)]) { "not " } else { "" };
            out.push(Explained { key: format!("{not}{}", key.name), holds, seen });
        }
    }
}
