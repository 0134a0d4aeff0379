//! Values with weights in their order, for percentiles: all of them while there are few, then neighbours are drawn together,
//! least at the ends (a t-digest). And the scalar functions on digests.
//!
//! Written as `[[1], values, weights]`.
use crate::value::{Dyn, Type, Value};
use std::{cmp::Ordering, mem};

const VERSION: i64 = 1;
/// A written digest has at most so many values.
pub(super) const WRITTEN: usize = 4_096;
/// While percentiles are computed there may be more.
pub(super) const COMPUTED: usize = 32_768;

#[derive(Clone)]
struct Point {
    value: Value,
    weight: u64,
}

pub(super) struct Digest {
    most: usize,
    points: Vec<Point>,
}

impl Digest {
    pub fn new(most: usize) -> Self {
        Self { most, points: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    pub fn bytes(&self) -> usize {
        self.points.capacity() * size_of::<Point>()
    }

    /// Anything that has no place among numbers, datetimes and timespans is passed over.
    pub fn add(&mut self, value: &Value, weight: u64) {
        let value = match value {
            Value::Dynamic(d) => d.as_ref().clone().into_scalar(),
            Value::Int(n) => Value::Long((*n).into()),
            Value::Decimal(_) => value.cast(Type::Real),
            other => other.clone(),
        };
        let has_place = match value {
            Value::Real(n) => !n.is_nan(),
            Value::Long(_) | Value::DateTime(_) | Value::TimeSpan(_) => true,
            _ => false,
        };
        if has_place && weight > 0 {
            self.points.push(Point { value, weight });
            // twice the bound, so that it is sorted seldom
            if self.points.len() >= self.most.saturating_mul(2) {
                self.compress(self.most);
            }
        }
    }

    fn sort(&mut self) {
        self.points.sort_by(|a, b| a.value.order(&b.value));
    }

    fn total(&self) -> u128 {
        self.points.iter().map(|point| u128::from(point.weight)).sum()
    }

    /// To `most` values or fewer.
    pub fn compress(&mut self, most: usize) {
        self.sort();
        let points = mem::take(&mut self.points);
        for point in points {
            match self.points.last_mut() {
                Some(last) if last.value.order(&point.value) == Ordering::Equal => {
                    last.weight = last.weight.saturating_add(point.weight);
                }
                _ => self.points.push(point),
            }
        }
        let mut room = most;
        while self.points.len() > most && room > 1 {
            // the bound below lets somewhat more through than it says
            room /= 2;
            self.draw_together(room);
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "shares of the whole")]
    fn draw_together(&mut self, room: usize) {
        let total = self.total() as f64;
        let points = mem::take(&mut self.points);
        let mut before = 0.0;
        let mut weight = 0.0;
        for point in points {
            let grown = weight + point.weight as f64;
            let middle = (before + grown / 2.0) / total;
            // the share that a cluster may have is the smaller the nearer it is to an end
            let share = 4.0 * middle * (1.0 - middle) / room as f64;
            match self.points.last_mut() {
                Some(last) if grown <= share * total => {
                    last.value = between(last, &point);
                    last.weight = last.weight.saturating_add(point.weight);
                    weight = grown;
                }
                _ => {
                    before += weight;
                    weight = point.weight as f64;
                    self.points.push(point);
                }
            }
        }
    }

    /// The value of the nearest rank. The points have to be sorted.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranks; negative ones become 0"
    )]
    fn percentile(&self, percent: f64) -> Value {
        let rank = (percent * self.total() as f64 / 100.0 - 1e-9).ceil() as u128;
        let mut seen = 0;
        for point in &self.points {
            seen += u128::from(point.weight);
            if seen >= rank {
                return point.value.clone();
            }
        }
        self.points.last().map_or(Value::Null, |last| last.value.clone())
    }

    pub fn percentiles(&mut self, percents: &[f64]) -> Vec<Value> {
        self.sort();
        percents.iter().map(|percent| self.percentile(*percent)).collect()
    }

    pub fn write(mut self) -> Value {
        if self.is_empty() {
            return Value::Null;
        }
        self.compress(WRITTEN);
        let (values, weights) = self
            .points
            .into_iter()
            .map(|point| {
                let weight = i64::try_from(point.weight).unwrap_or(i64::MAX);
                (point.value.to_dyn().unwrap_or_default(), Dyn::Long(weight))
            })
            .unzip();
        let head = Dyn::Array(vec![Dyn::Long(VERSION)]);
        Value::dynamic(Dyn::Array(vec![head, Dyn::Array(values), Dyn::Array(weights)]))
    }

    pub fn read(value: &Value) -> Option<Self> {
        let Value::Dynamic(value) = value else { return None };
        let [head, Dyn::Array(values), Dyn::Array(weights)] = value.as_array()? else {
            return None;
        };
        if head.as_array()?.len() != 1 || values.len() != weights.len() || values.is_empty() {
            return None;
        }
        let mut digest = Self::new(COMPUTED);
        for (value, weight) in values.iter().zip(weights) {
            let Dyn::Long(weight) = weight else { return None };
            digest.add(&timely(value), u64::try_from(*weight).ok()?);
        }
        (!digest.is_empty()).then_some(digest)
    }

    pub fn merge(&mut self, other: Self) {
        for point in other.points {
            self.add(&point.value, point.weight);
        }
    }
}

/// Times are texts once a digest has been through JSON.
fn timely(value: &Dyn) -> Value {
    let Dyn::Str(text) = value else { return value.clone().into_scalar() };
    let text = Value::Str(text.clone());
    match text.cast(Type::TimeSpan) {
        Value::Null => text.cast(Type::DateTime),
        span => span,
    }
}

/// The mean of two values by their weights, of their type where they have the same.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a mean is not outside of what it is of"
)]
fn between(a: &Point, b: &Point) -> Value {
    let share = b.weight as f64 / (a.weight as f64 + b.weight as f64);
    let whole = |x: i64, y: i64| {
        let distance = i128::from(y) - i128::from(x);
        x.saturating_add((distance as f64 * share) as i64)
    };
    match (&a.value, &b.value) {
        (Value::Long(x), Value::Long(y)) => Value::Long(whole(*x, *y)),
        (Value::DateTime(x), Value::DateTime(y)) => Value::DateTime(whole(*x, *y)),
        (Value::TimeSpan(x), Value::TimeSpan(y)) => Value::TimeSpan(whole(*x, *y)),
        (Value::Real(x), Value::Real(y)) => Value::Real(x * (1.0 - share) + y * share),
        (x, _) => x.clone(),
    }
}

/// The scalar function `percentile_tdigest`: of the type asked for, else an array with the one value.
pub fn percentile_tdigest(digest: &Value, percent: f64, as_type: Option<Type>) -> Value {
    let Some(mut digest) = Digest::read(digest) else { return Value::Null };
    match (digest.percentiles(&[percent]).pop(), as_type) {
        (None, _) => Value::Null,
        (Some(value), Some(as_type)) => value.cast(as_type),
        (Some(value), None) => array(vec![value]),
    }
}

/// The scalar function `percentiles_array_tdigest`.
pub fn percentiles_array_tdigest(digest: &Value, percents: &[f64]) -> Value {
    Digest::read(digest).map_or(Value::Null, |mut digest| array(digest.percentiles(percents)))
}

pub(super) fn array(values: Vec<Value>) -> Value {
    Value::dynamic(Dyn::Array(
        values.into_iter().map(|value| value.to_dyn().unwrap_or_default()).collect(),
    ))
}

/// How many of the values are not above `value`, and how many there are.
#[allow(clippy::cast_precision_loss, reason = "ranks are reals")]
fn rank(digest: &Value, value: &Value) -> Option<(f64, f64)> {
    let digest = Digest::read(digest)?;
    if value.is_null() {
        return None;
    }
    let below = |point: &&Point| {
        matches!(point.value.compare(value), Some(Ordering::Less | Ordering::Equal))
    };
    let rank: u128 = digest.points.iter().filter(below).map(|p| u128::from(p.weight)).sum();
    Some((rank as f64, digest.total() as f64))
}

/// The scalar function `rank_tdigest`.
pub fn rank_tdigest(digest: &Value, value: &Value) -> Value {
    rank(digest, value).map_or(Value::Null, |(rank, _)| Value::Real(rank))
}

/// The scalar function `percentrank_tdigest`.
pub fn percentrank_tdigest(digest: &Value, value: &Value) -> Value {
    rank(digest, value).map_or(Value::Null, |(rank, total)| Value::Real(rank * 100.0 / total))
}

/// The scalar function `merge_tdigest` (`tdigest_merge`): null where one of them is no digest.
pub fn merge_tdigest(digests: &[Value]) -> Value {
    let mut merged = Digest::new(COMPUTED);
    for digest in digests {
        let Some(digest) = Digest::read(digest) else { return Value::Null };
        merged.merge(digest);
    }
    merged.write()
}

/// The scalar function `tdigest_isvalid`.
pub fn tdigest_isvalid(digest: &Value) -> Value {
    Value::Bool(Digest::read(digest).is_some())
}
