//! Series: arrays of numbers, as `make-series` makes them.
pub(super) mod binary;
pub(super) mod decompose;
pub(super) mod fill;
pub(super) mod filter;
pub(super) mod fourier;
pub(super) mod line;
pub(super) mod lines;
pub(super) mod outliers;
pub(super) mod periods;
pub(super) mod poly;
pub(super) mod stats;
pub(super) mod totals;
pub(super) mod unary;

use super::support::array;
use crate::value::{Dyn, Value};

/// An element as a number; `None` for what is none.
fn number(item: &Dyn) -> Option<f64> {
    match item {
        Dyn::Long(_) | Dyn::Real(_) | Dyn::Decimal(_) => item.clone().into_scalar().as_real(),
        _ => None,
    }
}

/// The elements as numbers; `None` when it is no array.
fn numbers(value: &Value) -> Option<Vec<Option<f64>>> {
    array(value).map(|items| items.iter().map(number).collect())
}

/// The elements when all are numbers.
fn solid(value: &Value) -> Option<Vec<f64>> {
    array(value)?.iter().map(number).collect()
}

/// Whether it is computed with as longs: one real makes all of them reals.
fn whole(items: &[Dyn]) -> bool {
    !items.iter().any(|item| matches!(item, Dyn::Real(_) | Dyn::Decimal(_)))
}

fn reals(values: impl IntoIterator<Item = f64>) -> Dyn {
    Dyn::Array(values.into_iter().map(Dyn::Real).collect())
}

fn optional_reals(values: impl IntoIterator<Item = Option<f64>>) -> Dyn {
    Dyn::Array(values.into_iter().map(|n| n.map_or(Dyn::Null, Dyn::Real)).collect())
}

/// Lengths and indices among reals.
#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn count(n: usize) -> f64 {
    n as f64
}

fn index(n: usize) -> Dyn {
    Dyn::Long(i64::try_from(n).unwrap_or(i64::MAX))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len())
}

/// As a bag of the outputs' names.
fn named(function: &str, outputs: Dyn) -> Dyn {
    match (outputs, super::outputs(function)) {
        (Dyn::Array(values), Some(names)) => Dyn::Bag(
            names.iter().zip(values).map(|((name, _), value)| ((*name).into(), value)).collect(),
        ),
        (other, _) => other,
    }
}
