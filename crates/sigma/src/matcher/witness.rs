//! Which tests stand for a rule: it can only hit where one of them holds. Most rules are never looked at for most events.
use super::compile::Node;
use crate::language::{Check, Test};

/// Tests of which one holds whenever the tree does; `None` when the index can say nothing. The rarer the better.
pub(super) fn choose(node: &Node, tests: &[Test], covered: &[bool]) -> Option<Vec<u32>> {
    match node {
        Node::Test(test) => covered[*test as usize].then(|| vec![*test]),
        Node::Not(_) => None,
        Node::All(items) => {
            let each = items.iter().filter_map(|item| choose(item, tests, covered));
            each.min_by(|a, b| frequency(a, tests).total_cmp(&frequency(b, tests)))
        }
        Node::Any(items) | Node::Count(_, items) => {
            let each: Option<Vec<_>> =
                items.iter().map(|item| choose(item, tests, covered)).collect();
            each.map(|each| each.concat()).filter(|all| !all.is_empty())
        }
    }
}

/// A guess at how often one of them holds.
fn frequency(chosen: &[u32], tests: &[Test]) -> f64 {
    chosen
        .iter()
        .map(|test| match &tests[*test as usize].check {
            // ids of events: everything of that kind
            Check::Number(_) => 2.0,
            Check::Like { pattern, .. } => match pattern.longest().map_or(0, str::len) {
                0..=2 => 4.0,
                3..=4 => 1.0,
                length => 1.0 / f64::from(u32::try_from(length).unwrap_or(u32::MAX)),
            },
            _ => 8.0,
        })
        .sum()
}
