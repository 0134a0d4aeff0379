//! `variance`, `stdev`, `covariance` and their kin. Fewer than two values have none: 0.
//!
//! Kusto rounds variances to ten decimals and takes the root of what is left, which its results show.
use super::{
    Aggregate, State,
    filter::{filtered, real},
};
use crate::value::Value;

macro_rules! kin {
    ($($name:literal $filtered:literal $columns:literal $population:literal $root:literal;)*) => {
        &[$(
            Aggregate {
                name: $name,
                aliases: &[],
                least: $columns,
                most: $columns,
                result: real,
                start: |_, _| start($columns, $population, $root),
            },
            Aggregate {
                name: $filtered,
                aliases: &[],
                least: $columns + 1,
                most: $columns + 1,
                result: real,
                start: |types, constants| {
                    filtered($columns, |_, _| start($columns, $population, $root), types, constants)
                },
            },
        )*]
    };
}

pub(super) const ALL: &[Aggregate] = kin! {
    "variance" "varianceif" 1 false false;
    "variancep" "variancepif" 1 true false;
    "stdev" "stdevif" 1 false true;
    "stdevp" "stdevpif" 1 true true;
    "covariance" "covarianceif" 2 false false;
    "covariancep" "covariancepif" 2 true false;
};

/// Means and the sum of products, kept up to date by Welford's method: a variance is the covariance with itself.
#[derive(Default)]
struct Moments {
    second: usize,
    population: bool,
    root: bool,
    count: f64,
    mean_x: f64,
    mean_y: f64,
    products: f64,
}

fn start(columns: usize, population: bool, root: bool) -> Result<Box<dyn State>, String> {
    Ok(Box::new(Moments { second: columns - 1, population, root, ..Moments::default() }))
}

impl State for Moments {
    fn add(&mut self, row: &[Value]) {
        let number = |at: usize| row.get(at).and_then(Value::as_real);
        let (Some(x), Some(y)) = (number(0), number(self.second)) else { return };
        self.count += 1.0;
        let from_mean = x - self.mean_x;
        self.mean_x += from_mean / self.count;
        self.mean_y += (y - self.mean_y) / self.count;
        self.products += from_mean * (y - self.mean_y);
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        let over = if self.population { self.count } else { self.count - 1.0 };
        let variance = if self.count < 2.0 { 0.0 } else { rounded(self.products / over) };
        vec![Value::Real(if self.root { variance.sqrt() } else { variance })]
    }
}

fn rounded(n: f64) -> f64 {
    const SCALE: f64 = 1e10;
    // beyond this there is nothing behind the tenth decimal
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    let scaled = n * SCALE;
    if scaled.abs() < WHOLE { scaled.round_ties_even() / SCALE } else { n }
}
