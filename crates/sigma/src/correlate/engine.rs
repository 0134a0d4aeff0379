//! Signals in, hits of correlations out.
use super::{
    group::{Group, Item},
    spec::{self, Signal, Spec, Value},
};
use crate::{
    event::Event,
    language::{Kind, Pack},
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    rc::Rc,
};

type Key = Rc<[Box<str>]>;

/// A correlation hit.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its place in the pack.
    pub correlation: usize,
    /// What it is grouped by, with the group's values.
    pub group: Vec<(String, String)>,
    /// Of the first and of the last event; microseconds since 1970.
    pub from: i64,
    pub to: i64,
    /// What was compared: a count, a sum, how many rules hit.
    pub value: f64,
    /// All events of the window.
    pub count: u64,
    /// The caller's numbers of the first [`super::MOST_EVENTS`] of them; for a correlation of correlations, of those that completed the inner ones.
    pub events: Vec<u64>,
}

pub struct Correlator {
    by_rule: Vec<Vec<(usize, usize)>>,
    specs: Vec<Spec>,
    groups: Vec<HashMap<Key, Group>>,
    /// When to look at a group again. Each group has one entry.
    due: BinaryHeap<Reverse<(i64, usize, Key)>>,
    /// The newest time that was seen.
    now: i64,
    late: u64,
}

impl Correlator {
    pub fn new(pack: &Pack) -> Self {
        let (by_rule, specs) = spec::specs(pack);
        let groups = specs.iter().map(|_| HashMap::new()).collect();
        Self { by_rule, specs, groups, due: BinaryHeap::new(), now: i64::MIN, late: 0 }
    }

    /// What the rules that hit an event mean to correlations. `number` comes back in [`Found::events`].
    pub fn signals(
        &self,
        rules: &[usize],
        event: &Event<'_>,
        time: i64,
        number: u64,
    ) -> Vec<Signal> {
        let counted = rules.iter().flat_map(|rule| &self.by_rule[*rule]);
        counted
            .filter_map(|(at, slot)| self.specs[*at].signal(event, time, *at, *slot, number))
            .collect()
    }

    /// Whether any correlation counts the rule.
    pub fn counts(&self, rule: usize) -> bool {
        !self.by_rule[rule].is_empty()
    }

    /// Signals that were older than their group's window when they came, and counted nowhere.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Groups that are remembered at present.
    pub fn groups(&self) -> usize {
        self.groups.iter().map(HashMap::len).sum()
    }

    /// Times should ascend; one that is older still counts while its window is open.
    pub fn push(&mut self, signal: Signal) -> Vec<Found> {
        let mut found = vec![];
        self.advance(signal.time, &mut found);
        self.take(signal, &mut found);
        found
    }

    /// It is so late now: closes windows that are over.
    pub fn pass(&mut self, time: i64) -> Vec<Found> {
        let mut found = vec![];
        self.advance(time, &mut found);
        found
    }

    /// Nothing comes any more: closes all windows.
    pub fn finish(&mut self) -> Vec<Found> {
        self.pass(i64::MAX)
    }

    fn advance(&mut self, time: i64, found: &mut Vec<Found>) {
        self.now = self.now.max(time);
        while self.due.peek().is_some_and(|Reverse((due, ..))| *due < self.now) {
            let Some(Reverse((_, at, key))) = self.due.pop() else { return };
            let spec = &self.specs[at];
            let Some(group) = self.groups[at].get(&key) else { continue };
            let end = if spec.early { group.last() } else { group.first() };
            let end = end.map(|time| time.saturating_add(spec.timespan));
            if let Some(end) = end.filter(|end| *end >= self.now) {
                self.due.push(Reverse((end, at, key)));
                continue;
            }
            let hit = (!spec.early).then(|| hit(spec, at, &key, group)).flatten();
            self.groups[at].remove(&key);
            if let Some(hit) = hit {
                self.tell(hit, found);
            }
        }
    }

    fn take(&mut self, signal: Signal, found: &mut Vec<Found>) {
        let Signal { time, spec: at, slot, group: key, value, event } = signal;
        let spec = &self.specs[at];
        let item = Item { time, slot, event, value };
        let key: Key = match self.groups[at].get_key_value(&key[..]) {
            Some((key, _)) => Rc::clone(key),
            None => {
                if time.saturating_add(spec.timespan) < self.now {
                    self.late += 1;
                    return;
                }
                let key: Key = key.into();
                self.due.push(Reverse((time.saturating_add(spec.timespan), at, Rc::clone(&key))));
                self.groups[at].insert(Rc::clone(&key), Group::default());
                key
            }
        };
        let Some(group) = self.groups[at].get_mut(&key) else { return };
        let newest = group.last().map_or(time, |last| last.max(time));
        // a window is never longer than the time span, also when a signal came late
        if time < newest.saturating_sub(spec.timespan) {
            self.late += 1;
            return;
        }
        if spec.early {
            group.forget(newest.saturating_sub(spec.timespan));
        }
        group.add(item, spec.fields.len());
        if spec.early
            && let Some(hit) = hit(spec, at, &key, group)
        {
            // the group's entry in `due` stays: it is found empty then
            *group = Group::default();
            self.tell(hit, found);
        }
    }

    /// A hit is also a signal for correlations of correlations.
    fn tell(&mut self, hit: Found, found: &mut Vec<Found>) {
        let parents = self.specs[hit.correlation].parents.clone();
        for (at, slot) in parents {
            if let Some(signal) = self.signal_of(&hit, at, slot) {
                self.take(signal, found);
            }
        }
        found.push(hit);
    }

    fn signal_of(&self, hit: &Found, at: usize, slot: usize) -> Option<Signal> {
        let spec = &self.specs[at];
        let value_of = |field: &str| {
            hit.group
                .iter()
                .find(|(name, _)| name == field)
                .map(|(_, value)| Box::<str>::from(value.as_str()))
        };
        let group: Option<Box<[_]>> =
            spec.fields[slot].iter().map(|field| value_of(field)).collect();
        let value = match &spec.kind {
            Kind::ValueCount(fields) => Value::Text(
                fields
                    .iter()
                    .map(|field| value_of(field))
                    .collect::<Option<Vec<_>>>()?
                    .join("\u{1f}")
                    .into(),
            ),
            Kind::ValueSum(_) | Kind::ValueAvg(_) | Kind::ValuePercentile(..) => {
                Value::Number(hit.value)
            }
            Kind::EventCount | Kind::Temporal | Kind::TemporalOrdered => Value::None,
        };
        Some(Signal {
            time: hit.to,
            spec: at,
            slot,
            group: group?,
            value,
            event: hit.events.last().copied()?,
        })
    }
}

fn hit(spec: &Spec, at: usize, key: &Key, group: &Group) -> Option<Found> {
    let (from, to) = (group.first()?, group.last()?);
    let (value, hits) = group.judge(spec);
    hits.then(|| Found {
        correlation: at,
        group: spec
            .group_by
            .iter()
            .cloned()
            .zip(key.iter().map(|value| value.to_string()))
            .collect(),
        from,
        to,
        value,
        count: group.len() as u64,
        events: group.events(),
    })
}
