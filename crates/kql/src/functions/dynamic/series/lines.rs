//! Two lines, one after the other: where a trend breaks.
use super::line::{Line, rsquare};
use super::{count, index, named, reals, solid};
use crate::functions::dynamic::support::{Outcome, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_fit_2lines", 1, 1, dynamic, series_fit_2lines),
    function("series_fit_2lines_dynamic", 1, 1, dynamic, series_fit_2lines_dynamic),
];

/// Sums from which the error of a line over any part follows at once.
#[derive(Clone, Copy, Default)]
struct Sums {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    xy: f64,
    yy: f64,
}

impl Sums {
    fn with(self, x: f64, y: f64) -> Self {
        Self {
            n: self.n + 1.0,
            x: self.x + x,
            y: self.y + y,
            xx: self.xx + x * x,
            xy: self.xy + x * y,
            yy: self.yy + y * y,
        }
    }

    fn without(self, part: Self) -> Self {
        Self {
            n: self.n - part.n,
            x: self.x - part.x,
            y: self.y - part.y,
            xx: self.xx - part.xx,
            xy: self.xy - part.xy,
            yy: self.yy - part.yy,
        }
    }

    fn error(self) -> f64 {
        let xx = self.xx - self.x * self.x / self.n;
        let xy = self.xy - self.x * self.y / self.n;
        let yy = self.yy - self.y * self.y / self.n;
        if xx > 0.0 { yy - xy * xy / xx } else { yy }
    }
}

/// How long the first part is when both together leave the least.
fn split(values: &[f64]) -> usize {
    let average = super::mean(values);
    let middle = count(values.len()) / 2.0;
    // about the middle, or the squares lose their last digits
    let point = |at: usize| (count(at) - middle, values[at] - average);
    let total = (0..values.len()).fold(Sums::default(), |sums, at| {
        let (x, y) = point(at);
        sums.with(x, y)
    });
    let (mut best, mut least) = (1, f64::INFINITY);
    let mut left = Sums::default();
    for at in 0..values.len() - 1 {
        let (x, y) = point(at);
        left = left.with(x, y);
        let error = left.error() + total.without(left).error();
        if error < least {
            (best, least) = (at + 1, error);
        }
    }
    best
}

fn fit(a: &[Value]) -> Option<Dyn> {
    let values = solid(&a[0])?;
    if values.len() < 2 {
        return None;
    }
    let at = split(&values);
    let (first, second) = values.split_at(at);
    let (left, right) = (Line::fit(first)?, Line::fit(second)?);
    let whole = Line::fit(&values)?;
    let fitted: Vec<f64> = (0..first.len())
        .map(|at| left.at(at))
        .chain((0..second.len()).map(|at| right.at(at)))
        .collect();
    let rest: f64 = values.iter().zip(&fitted).map(|(y, f)| (y - f) * (y - f)).sum();
    let rvariance = rest / count(values.len() - 1);
    let side = |line: &Line| {
        [line.rsquare(), line.slope, line.interception, line.variance, line.rvariance]
            .map(Dyn::Real)
    };
    let mut outputs = vec![
        Dyn::Real(rsquare(whole.variance, rvariance)),
        index(at),
        Dyn::Real(whole.variance),
        Dyn::Real(rvariance),
        reals(fitted),
    ];
    outputs.extend(side(&right));
    outputs.extend(side(&left));
    Some(Dyn::Array(outputs))
}

fn series_fit_2lines(_: &Context, a: &[Value]) -> Outcome {
    Ok(fit(a).map_or(Value::Null, Value::dynamic))
}

fn series_fit_2lines_dynamic(_: &Context, a: &[Value]) -> Outcome {
    Ok(fit(a).map_or(Value::Null, |fit| Value::dynamic(named("series_fit_2lines", fit))))
}
