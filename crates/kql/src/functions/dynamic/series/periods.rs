//! The periods of a series, by how well it fits itself when shifted by them.
use super::fourier::radix2;
use super::line::Line;
use super::{count, reals, solid};
use crate::functions::dynamic::support::{MOST, Outcome, array, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_periods_detect", 4, 4, dynamic, series_periods_detect),
    function("series_periods_validate", 2, 17, dynamic, series_periods_validate),
];

/// How well a series fits itself at each lag up to half its length.
struct Fit {
    at: Vec<f64>,
    /// Of the series.
    length: f64,
}

impl Fit {
    /// Without the trend, which would fit every lag.
    fn of(values: &[f64]) -> Option<Self> {
        let line = Line::fit(values)?;
        let n = values.len();
        if !(4..=MOST / 8).contains(&n) || values.iter().any(|v| !v.is_finite()) {
            return None;
        }
        let mut data: Vec<(f64, f64)> =
            values.iter().enumerate().map(|(at, v)| (v - line.at(at), 0.0)).collect();
        data.resize((2 * n).next_power_of_two(), (0.0, 0.0));
        radix2(&mut data, false);
        data.iter_mut().for_each(|c| *c = (c.0 * c.0 + c.1 * c.1, 0.0));
        radix2(&mut data, true);
        let whole = data[0].0;
        if whole <= f64::EPSILON {
            return None;
        }
        let lag = |lag: usize| data[lag].0 / whole * count(n) / count(n - lag);
        Some(Self { at: (0..=n * 3 / 4).map(lag).collect(), length: count(n) })
    }

    /// 0 where a lag nearby fits better: there is no period.
    fn score(&self, period: f64) -> f64 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded here")]
        let lag = if (2.0..1e9).contains(&period) { period.round() as usize } else { 0 };
        if lag < 2 || lag + 1 >= self.at.len() {
            return 0.0;
        }
        let fit = self.at[lag];
        // a peak among all that are nearly as long: what swings faster makes smaller ones at its sides
        let near = (lag / 4).max(1);
        let around = &self.at[(lag - near).max(1)..(lag + near + 1).min(self.at.len())];
        let peak = around.iter().all(|other| fit >= *other);
        if peak { fit.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The best periods and their scores; what only repeats a better one is left out.
    fn best(&self, least: f64, most: f64, wanted: usize) -> Vec<(f64, f64)> {
        // what noise alone reaches one time in twenty
        let chance = 1.96 / self.length.sqrt();
        let mut peaks: Vec<(f64, f64)> = (2..self.at.len())
            .map(count)
            .filter(|period| (least..=most).contains(period))
            .map(|period| (period, self.score(period)))
            .filter(|(_, score)| *score > chance)
            .collect();
        // of nearly the same scores the shortest period
        peaks.sort_by(|a, b| {
            (b.1 * 20.0).round().total_cmp(&(a.1 * 20.0).round()).then(a.0.total_cmp(&b.0))
        });
        let mut best: Vec<(f64, f64)> = Vec::new();
        for (period, score) in peaks {
            if best.len() == wanted {
                break;
            }
            let repeats = |known: f64| {
                let ratio = if period > known { period / known } else { known / period };
                (ratio - ratio.round()).abs() < 0.1
            };
            if !best.iter().any(|(known, _)| repeats(*known)) {
                best.push((period, score));
            }
        }
        best
    }
}

/// The one period that `seasonality` by default looks for.
pub(super) fn detect(values: &[f64], threshold: f64) -> Option<usize> {
    let (period, score) = *Fit::of(values)?.best(2.0, count(values.len()) / 2.0, 1).first()?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a lag")]
    (score >= threshold).then_some(period as usize)
}

fn pairs(periods: Vec<f64>, scores: Vec<f64>) -> Value {
    Value::dynamic(Dyn::Array(vec![reals(periods), reals(scores)]))
}

/// As many as wanted, the missing ones 0.
fn series_periods_detect(_: &Context, a: &[Value]) -> Outcome {
    let (Some(least), Some(most), Some(wanted)) = (a[1].as_real(), a[2].as_real(), a[3].as_long())
    else {
        return Ok(Value::Null);
    };
    let Some(values) = solid(&a[0]) else { return Ok(Value::Null) };
    let wanted = usize::try_from(wanted.clamp(0, 1_000)).unwrap_or(0);
    let mut best = Fit::of(&values).map(|fit| fit.best(least, most, wanted)).unwrap_or_default();
    best.resize(wanted, (0.0, 0.0));
    let (periods, scores) = best.into_iter().unzip();
    Ok(pairs(periods, scores))
}

fn series_periods_validate(_: &Context, a: &[Value]) -> Outcome {
    let Some(values) = solid(&a[0]) else { return Ok(Value::Null) };
    // one by one, or an array of them
    let periods: Vec<f64> = a[1..]
        .iter()
        .flat_map(|v| match array(v) {
            Some(items) => items.iter().filter_map(super::number).collect(),
            None => v.as_real().into_iter().collect::<Vec<_>>(),
        })
        .collect();
    let fit = Fit::of(&values);
    let score = |period: &f64| fit.as_ref().map_or(0.0, |fit| fit.score(*period));
    let scores = periods.iter().map(score).collect();
    Ok(pairs(periods, scores))
}
