//! Which rules an event can match at all, by one necessary equality of each rule.
use crate::condition::{Condition, Test};
use crate::key::{Attribute, CODE, Key};
use crate::view::{Seen, View};
use serde_json::Value;
use std::collections::HashMap;

#[derive(Debug, Default)]
pub(crate) struct Index {
    code: HashMap<i64, Vec<usize>>,
    event_type: HashMap<Box<str>, Vec<usize>>,
    dataset: HashMap<Box<str>, Vec<usize>>,
    source: HashMap<Box<str>, Vec<usize>>,
    /// Rules without such an equality.
    always: Vec<usize>,
}

/// What an event must have; the order is that of choice, the most telling first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    Code(Vec<i64>),
    Type(Vec<String>),
    Dataset(Vec<String>),
    /// The contract's word for what any sensor sent, or for an event that calls itself so.
    Network,
    Source(Vec<String>),
}

impl Index {
    pub fn add(&mut self, rule: usize, condition: &Condition) {
        let mut needs = Vec::new();
        collect(condition, &mut needs);
        match needs.into_iter().min_by_key(|n| match n {
            Need::Code(_) => 0,
            Need::Type(_) => 1,
            Need::Dataset(_) => 2,
            Need::Network => 3,
            Need::Source(_) => 4,
        }) {
            None => self.always.push(rule),
            Some(Need::Code(list)) => list.into_iter().for_each(|v| push(&mut self.code, v, rule)),
            Some(Need::Type(list)) => {
                list.into_iter().for_each(|v| push(&mut self.event_type, v.into(), rule))
            }
            Some(Need::Dataset(list)) => {
                list.into_iter().for_each(|v| push(&mut self.dataset, v.into(), rule))
            }
            Some(Need::Network) => {
                push(&mut self.event_type, "network".into(), rule);
                for sensor in ["suricata", "zeek"] {
                    push(&mut self.source, sensor.into(), rule);
                }
            }
            Some(Need::Source(list)) => {
                list.into_iter().for_each(|v| push(&mut self.source, v.into(), rule))
            }
        }
    }

    /// Rules that may match, each once, ascending.
    pub fn candidates(&self, view: &View, out: &mut Vec<usize>) {
        out.extend_from_slice(&self.always);
        let mut take = |found: Option<&Vec<usize>>| out.extend(found.into_iter().flatten());
        take(self.event_type.get(view.event_type()));
        take(self.dataset.get(view.dataset()));
        take(self.source.get(view.source()));
        if !self.code.is_empty() {
            for name in CODE {
                view.field(name).any(&mut |s| {
                    take(code_of(s).and_then(|c| self.code.get(&c)));
                    false
                });
            }
        }
        out.sort_unstable();
        out.dedup();
    }
}

fn push<K: std::hash::Hash + Eq>(map: &mut HashMap<K, Vec<usize>>, key: K, rule: usize) {
    let list = map.entry(key).or_default();
    if list.last() != Some(&rule) {
        list.push(rule);
    }
}

fn code_of(seen: Seen) -> Option<i64> {
    match seen {
        Seen::Int(i) => Some(i),
        Seen::Text(t) => t.parse().ok(),
        _ => None,
    }
}

/// Equalities that must hold whatever else does.
fn collect(condition: &Condition, needs: &mut Vec<Need>) {
    match condition {
        Condition::All(all) => all.iter().for_each(|c| collect(c, needs)),
        Condition::Field(key, tests) => {
            needs.extend(tests.iter().filter_map(|t| match t {
                Test::Equals(list) => need(key, list),
                _ => None,
            }));
        }
        Condition::Any(_) | Condition::Not(_) => {}
    }
}

fn need(key: &Key, list: &[Value]) -> Option<Need> {
    let texts = || list.iter().map(|v| v.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
    match key.attribute {
        Some(Attribute::Type) if list.iter().any(|v| v == "network") => {
            (list.len() == 1).then_some(Need::Network)
        }
        Some(Attribute::Type) => texts().map(Need::Type),
        Some(Attribute::Dataset) => texts().map(Need::Dataset),
        Some(Attribute::Source) => texts().map(Need::Source),
        Some(_) => None,
        None if CODE.contains(&key.name.as_str()) => list
            .iter()
            .map(|v| match v {
                Value::Number(n) => n.as_i64(),
                Value::String(s) => s.parse().ok(),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()
            .map(Need::Code),
        None => None,
    }
}
