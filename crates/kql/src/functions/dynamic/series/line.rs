//! The straight line that fits a series best.
use super::{count, named, reals, solid};
use crate::functions::dynamic::support::{Outcome, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_fit_line", 1, 1, dynamic, series_fit_line),
    function("series_fit_line_dynamic", 1, 1, dynamic, series_fit_line_dynamic),
];

/// A fit over 1, 2, …: the interception lies one before the first value.
pub(super) struct Line {
    pub slope: f64,
    pub interception: f64,
    /// Of the values.
    pub variance: f64,
    /// Of what the line leaves.
    pub rvariance: f64,
}

impl Line {
    /// `None` for an empty series.
    pub fn fit(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let (x_mean, y_mean) = (count(values.len() + 1) / 2.0, super::mean(values));
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (at, y) in values.iter().enumerate() {
            let (x, y) = (count(at + 1) - x_mean, y - y_mean);
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        let slope = if xx > 0.0 { xy / xx } else { 0.0 };
        let mut line =
            Self { slope, interception: y_mean - slope * x_mean, variance: 0.0, rvariance: 0.0 };
        if values.len() > 1 {
            let rest = values.iter().enumerate().map(|(at, y)| y - line.at(at)).map(|d| d * d);
            line.rvariance = rest.sum::<f64>() / count(values.len() - 1);
            line.variance = yy / count(values.len() - 1);
        }
        Some(line)
    }

    /// At an index from 0.
    pub fn at(&self, index: usize) -> f64 {
        self.slope * count(index + 1) + self.interception
    }

    pub fn rsquare(&self) -> f64 {
        rsquare(self.variance, self.rvariance)
    }
}

/// A constant series is fitted exactly.
pub(super) fn rsquare(variance: f64, rvariance: f64) -> f64 {
    if variance > 0.0 { 1.0 - rvariance / variance } else { 1.0 }
}

fn fit(a: &[Value]) -> Option<Dyn> {
    let values = solid(&a[0])?;
    let line = Line::fit(&values)?;
    Some(Dyn::Array(vec![
        Dyn::Real(line.rsquare()),
        Dyn::Real(line.slope),
        Dyn::Real(line.variance),
        Dyn::Real(line.rvariance),
        Dyn::Real(line.interception),
        reals((0..values.len()).map(|at| line.at(at))),
    ]))
}

fn series_fit_line(_: &Context, a: &[Value]) -> Outcome {
    Ok(fit(a).map_or(Value::Null, Value::dynamic))
}

fn series_fit_line_dynamic(_: &Context, a: &[Value]) -> Outcome {
    Ok(fit(a).map_or(Value::Null, |fit| Value::dynamic(named("series_fit_line", fit))))
}
