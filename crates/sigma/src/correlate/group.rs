//! What is remembered of one group of one correlation.
use super::spec::{MOST_EVENTS, Spec, Value};
use crate::language::{Expr, Kind, Order, Threshold, When};
use std::collections::{HashMap, VecDeque};

pub(super) struct Item {
    pub time: i64,
    pub slot: usize,
    pub event: u64,
    pub value: Value,
}

/// Signals of one window, in the order of their times.
#[derive(Default)]
pub(super) struct Group {
    items: VecDeque<Item>,
    /// How often each value is in `items`, where values are counted.
    values: HashMap<Box<str>, u32>,
    /// Likewise each rule, where they are counted.
    slots: Vec<u32>,
    sum: f64,
}

impl Group {
    pub fn first(&self) -> Option<i64> {
        self.items.front().map(|item| item.time)
    }

    pub fn last(&self) -> Option<i64> {
        self.items.back().map(|item| item.time)
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The first events, as evidence.
    pub fn events(&self) -> Vec<u64> {
        self.items.iter().take(MOST_EVENTS).map(|item| item.event).collect()
    }

    pub fn add(&mut self, item: Item, slots: usize) {
        match &item.value {
            Value::Text(text) => match self.values.get_mut(text) {
                Some(count) => *count += 1,
                None => drop(self.values.insert(text.clone(), 1)),
            },
            Value::Number(number) => self.sum += number,
            Value::None => {}
        }
        self.slots.resize(slots, 0);
        self.slots[item.slot] += 1;
        // nearly always the newest
        let at = self.items.iter().rev().take_while(|other| other.time > item.time).count();
        self.items.insert(self.items.len() - at, item);
    }

    /// Forgets what is older.
    pub fn forget(&mut self, before: i64) {
        while self.items.front().is_some_and(|item| item.time < before) {
            let Some(item) = self.items.pop_front() else { return };
            self.slots[item.slot] -= 1;
            match &item.value {
                Value::Text(text) => {
                    if let Some(count) = self.values.get_mut(text) {
                        *count -= 1;
                        if *count == 0 {
                            self.values.remove(text);
                        }
                    }
                }
                Value::Number(number) => self.sum -= number,
                Value::None => {}
            }
        }
        if self.items.is_empty() {
            self.sum = 0.0; // what rounding left
        }
    }

    /// What is compared: a count, a sum, …; and whether the correlation hits.
    #[allow(clippy::cast_precision_loss, reason = "counts are small")]
    pub fn judge(&self, spec: &Spec) -> (f64, bool) {
        let hit = self.slots.iter().filter(|count| **count > 0).count();
        let value = match &spec.kind {
            Kind::EventCount => self.items.len() as f64,
            Kind::ValueCount(_) => self.values.len() as f64,
            Kind::ValueSum(_) => self.sum,
            Kind::ValueAvg(_) => self.sum / self.items.len() as f64,
            Kind::ValuePercentile(_, percentile) => self.percentile(*percentile),
            Kind::Temporal => hit as f64,
            Kind::TemporalOrdered => self.in_order(spec.fields.len()) as f64,
        };
        let holds = match &spec.when {
            When::AllRules => value >= spec.fields.len() as f64,
            When::Compares(thresholds) => thresholds.iter().all(|t| compares(t, value)),
            When::Rules(expr) => self.rules(expr),
        };
        (value, holds)
    }

    fn rules(&self, expr: &Expr) -> bool {
        match expr {
            Expr::All(items) => items.iter().all(|item| self.rules(item)),
            Expr::Any(items) => items.iter().any(|item| self.rules(item)),
            Expr::Count(least, items) => {
                items.iter().filter(|item| self.rules(item)).count() >= *least
            }
            Expr::Not(item) => !self.rules(item),
            Expr::Test(test) => {
                let slot = test.field.as_ref().and_then(|field| field.parse::<usize>().ok());
                slot.and_then(|slot| self.slots.get(slot)).is_some_and(|count| *count > 0)
            }
        }
    }

    /// How many of the rules hit one after the other, from the first on.
    fn in_order(&self, slots: usize) -> usize {
        if self.slots.contains(&0) && self.slots.first() == Some(&0) {
            return 0;
        }
        let mut next = 0;
        for item in &self.items {
            if next < slots && item.slot == next {
                next += 1;
            }
        }
        next
    }

    /// Between the two nearest values where it falls between them.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list"
    )]
    fn percentile(&self, percentile: f64) -> f64 {
        let mut values: Vec<f64> = self
            .items
            .iter()
            .filter_map(|item| match item.value {
                Value::Number(number) => Some(number),
                _ => None,
            })
            .collect();
        values.sort_by(f64::total_cmp);
        let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
        let place = percentile / 100.0 * last as f64;
        let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
        low + (high - low) * place.fract()
    }
}

fn compares(threshold: &Threshold, value: f64) -> bool {
    let Some(found) = value.partial_cmp(&threshold.value) else { return false };
    threshold.not
        != match threshold.order {
            Order::Equal => found.is_eq(),
            Order::Less => found.is_lt(),
            Order::LessEqual => found.is_le(),
            Order::Greater => found.is_gt(),
            Order::GreaterEqual => found.is_ge(),
        }
}
