//! What an engine must answer, worked out event by event.
use crate::engine::{After, Select};
use crate::{naive, slices};
use model::Micros;
use model::event::{Event, Scalar};
use model::explore::{EventRow, Histogram, TopValues};
use model::fieldmap::{self, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// Those selected, newest first.
pub fn selected<'a>(events: &'a [Event], select: &Select) -> Vec<&'a Event> {
    let mut found: Vec<&Event> = events.iter().filter(|e| naive::selects(select, e)).collect();
    found.sort_by_key(|e| std::cmp::Reverse((e.time, e.id)));
    found
}

pub fn page(
    events: &[Event],
    select: &Select,
    after: Option<After>,
    limit: usize,
) -> Vec<EventRow> {
    let later = |e: &&&Event| after.is_none_or(|a| (After { time: e.time, id: e.id }) < a);
    selected(events, select).iter().filter(later).take(limit).map(|e| EventRow::from(*e)).collect()
}

pub fn histogram(events: &[Event], select: &Select, interval: i64) -> Histogram {
    let slot = |t: Micros| t.0.div_euclid(interval);
    let mut counts: BTreeMap<i64, [i64; 5]> = BTreeMap::new();
    let found = selected(events, select);
    for e in &found {
        counts.entry(slot(e.time)).or_default()[e.severity as usize] += 1;
    }
    let first = select.from.map(slot).or(counts.keys().next().copied());
    let last = select.to.map(|t| slot(t.plus(-1))).or(counts.keys().next_back().copied());
    let buckets = match (first, last) {
        (Some(a), Some(b)) => slices::buckets(interval, a..=b, |s| counts.get(&s).copied()),
        _ => Vec::new(),
    };
    Histogram { interval, buckets, total: found.len() as i64 }
}

/// By count, then by value.
pub fn top_values(events: &[Event], select: &Select, field: &str, size: usize) -> TopValues {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    let (mut present, mut total) = (0, 0);
    for e in selected(events, select) {
        let values: BTreeSet<String> =
            naive::elements(e, field).iter().map(|v| text(field, v)).collect();
        total += 1;
        present += i64::from(!values.is_empty());
        for v in values {
            *counts.entry(v).or_default() += 1;
        }
    }
    let distinct = counts.len() as i64;
    let mut values: Vec<(String, i64)> = counts.into_iter().collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    values.truncate(size);
    TopValues { field: field.into(), values, present, distinct, total }
}

fn text(field: &str, value: &Scalar) -> String {
    match (fieldmap::kind(field), value) {
        (Kind::Date, Scalar::Int(micros)) => Micros(*micros).rfc3339(),
        _ => value.text().into_owned(),
    }
}
