//! Series as season, trend and rest; forecasts and anomalies from that.
use super::line::Line;
use super::{numbers, outliers, periods, reals};
use crate::functions::dynamic::support::{Outcome, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_seasonal", 1, 3, dynamic, series_seasonal),
    function("series_decompose", 1, 5, dynamic, series_decompose),
    function("series_decompose_forecast", 2, 5, dynamic, series_decompose_forecast),
    function("series_decompose_anomalies", 1, 7, dynamic, series_decompose_anomalies),
];

/// The score from which a period is one.
const THRESHOLD: f64 = 0.6;

/// What the functions are told, with their defaults.
struct Plan {
    values: Vec<f64>,
    /// How many values are learned from.
    learn: usize,
    period: Option<usize>,
}

fn size(value: Option<&Value>) -> usize {
    value.and_then(Value::as_long).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

impl Plan {
    /// What is no number is taken for the average. The season is a number of points, 0 for none, -1 to find one.
    fn new(
        series: &Value,
        season: Option<&Value>,
        test: Option<&Value>,
        threshold: Option<&Value>,
    ) -> Option<Self> {
        let items = numbers(series)?;
        let known: Vec<f64> = items.iter().filter_map(|n| *n).collect();
        let average = if known.is_empty() { 0.0 } else { super::mean(&known) };
        let values: Vec<f64> = items.into_iter().map(|n| n.unwrap_or(average)).collect();
        let learn = values.len().saturating_sub(size(test));
        let period = match season.and_then(Value::as_long).unwrap_or(-1) {
            0 => None,
            given if given > 0 => usize::try_from(given).ok().filter(|p| *p <= learn),
            _ => {
                let threshold = threshold.and_then(Value::as_real).unwrap_or(THRESHOLD);
                periods::detect(&values[..learn], threshold)
            }
        };
        Some(Self { values, learn, period })
    }

    /// The median of the points in the same phase; 0 without a period.
    fn seasonal(&self) -> Vec<f64> {
        let Some(period) = self.period else { return vec![0.0; self.values.len()] };
        let phase = |phase: usize| {
            let mut points: Vec<f64> =
                self.values[..self.learn].iter().skip(phase).step_by(period).copied().collect();
            points.sort_by(f64::total_cmp);
            let middle = points.len() / 2;
            match points.len() {
                0 => 0.0,
                n if n % 2 == 1 => points[middle],
                _ => (points[middle - 1] + points[middle]) / 2.0,
            }
        };
        let phases: Vec<f64> = (0..period).map(phase).collect();
        phases.into_iter().cycle().take(self.values.len()).collect()
    }

    fn decompose(&self, trend: &str) -> Result<Parts, String> {
        let seasonal = self.seasonal();
        let rest: Vec<f64> = self.values.iter().zip(&seasonal).map(|(x, s)| x - s).collect();
        let learned = &rest[..self.learn];
        let trend: Vec<f64> = match trend {
            "none" => vec![0.0; rest.len()],
            "avg" if learned.is_empty() => vec![0.0; rest.len()],
            "avg" => vec![super::mean(learned); rest.len()],
            "linefit" => {
                let line = Line::fit(learned);
                (0..rest.len()).map(|at| line.as_ref().map_or(0.0, |line| line.at(at))).collect()
            }
            other => return Err(format!("no trend `{other}`, but avg, linefit and none")),
        };
        let baseline: Vec<f64> = seasonal.iter().zip(&trend).map(|(s, t)| s + t).collect();
        let residual = self.values.iter().zip(&baseline).map(|(x, b)| x - b).collect();
        Ok(Parts { baseline, seasonal, trend, residual })
    }
}

struct Parts {
    baseline: Vec<f64>,
    seasonal: Vec<f64>,
    trend: Vec<f64>,
    residual: Vec<f64>,
}

impl Parts {
    fn into_value(self) -> Value {
        let parts = [self.baseline, self.seasonal, self.trend, self.residual];
        Value::dynamic(Dyn::Array(parts.into_iter().map(reals).collect()))
    }
}

fn text(a: &[Value], at: usize, otherwise: &str) -> String {
    a.get(at)
        .map(Value::to_text)
        .filter(|t| !t.is_empty())
        .map_or(otherwise.into(), |t| t.to_string())
}

fn series_seasonal(_: &Context, a: &[Value]) -> Outcome {
    let plan = Plan::new(&a[0], a.get(1), a.get(2), None);
    Ok(plan.map_or(Value::Null, |plan| Value::dynamic(reals(plan.seasonal()))))
}

fn series_decompose(_: &Context, a: &[Value]) -> Outcome {
    let Some(plan) = Plan::new(&a[0], a.get(1), a.get(3), a.get(4)) else { return Ok(Value::Null) };
    plan.decompose(&text(a, 2, "avg")).map(Parts::into_value)
}

/// The last points are foretold by the others.
fn series_decompose_forecast(_: &Context, a: &[Value]) -> Outcome {
    let Some(plan) = Plan::new(&a[0], a.get(2), a.get(1), a.get(4)) else { return Ok(Value::Null) };
    plan.decompose(&text(a, 3, "linefit")).map(Parts::into_value)
}

/// Flags 1 and -1 where the rest is beyond the threshold, the scores, and the baseline.
fn series_decompose_anomalies(_: &Context, a: &[Value]) -> Outcome {
    let Some(plan) = Plan::new(&a[0], a.get(2), a.get(4), a.get(6)) else { return Ok(Value::Null) };
    let threshold = a.get(1).and_then(Value::as_real).unwrap_or(1.5).abs();
    let method = text(a, 5, "ctukey");
    let Some(between) = outliers::quantiles(&method) else {
        return Err(format!("no method `{method}`, but ctukey and tukey"));
    };
    let parts = plan.decompose(&text(a, 3, "avg"))?;
    let residual: Vec<Option<f64>> = parts.residual.iter().map(|r| Some(*r)).collect();
    let scores: Vec<f64> = outliers::scores(&residual, plan.learn, between)
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect();
    let flag = |score: &f64| {
        Dyn::Long(if *score > threshold {
            1
        } else if *score < -threshold {
            -1
        } else {
            0
        })
    };
    let flags = Dyn::Array(scores.iter().map(flag).collect());
    Ok(Value::dynamic(Dyn::Array(vec![flags, reals(scores), reals(parts.baseline)])))
}
