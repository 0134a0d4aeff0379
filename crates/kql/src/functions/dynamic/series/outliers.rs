//! Outliers by Tukey's fences.
use super::{count, mean, number, optional_reals};
use crate::functions::dynamic::support::{
    Outcome, array, dynamic, element, function, length, same,
};
use crate::functions::{Context, Function};
use crate::value::Value;

pub(in super::super) static FUNCTIONS: &[Function] =
    &[function("series_outliers", 1, 6, dynamic, series_outliers)];

/// Between linear neighbours; the values are sorted and not empty.
fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let place = (percent.clamp(0.0, 100.0) / 100.0) * count(sorted.len() - 1);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the length"
    )]
    let below = place.floor() as usize;
    let low = sorted[below.min(sorted.len() - 1)];
    let high = sorted[(below + 1).min(sorted.len() - 1)];
    low + (high - low) * (place - place.floor())
}

/// The quantiles that normal values lie between, in percent.
pub(super) fn quantiles(kind: &str) -> Option<(f64, f64)> {
    match kind {
        "ctukey" => Some((10.0, 90.0)),
        "tukey" => Some((25.0, 75.0)),
        _ => None,
    }
}

/// How many times the distance of the quantiles a value lies beyond them: 0 in between, negative below. The first `learn` values
/// say what is normal.
pub(super) fn scores(
    values: &[Option<f64>],
    learn: usize,
    (low, high): (f64, f64),
) -> Vec<Option<f64>> {
    let mut sorted: Vec<f64> = values.iter().take(learn).filter_map(|v| *v).collect();
    sorted.retain(|v| v.is_finite());
    if sorted.is_empty() {
        return vec![Some(0.0); values.len()];
    }
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (percentile(&sorted, low), percentile(&sorted, high));
    let mut unit = high - low;
    if unit <= 0.0 {
        // nearly all values are the same: by how much the others spread
        let average = mean(&sorted);
        let squares = sorted.iter().map(|v| (v - average) * (v - average)).sum::<f64>();
        unit = (squares / count(sorted.len())).sqrt();
    }
    let score = |v: f64| {
        let beyond = if v > high { v - high } else { (v - low).min(0.0) };
        if beyond == 0.0 { 0.0 } else { beyond / unit }
    };
    values.iter().map(|v| Some(v.map_or(0.0, score))).collect()
}

fn series_outliers(_: &Context, a: &[Value]) -> Outcome {
    let Some(items) = array(&a[0]) else { return Ok(Value::Null) };
    let kind = a.get(1).map_or_else(|| "ctukey".into(), |kind| kind.to_text());
    let Some(mut between) = quantiles(&kind) else {
        return Err(format!("series_outliers(): no kind `{kind}`, but ctukey and tukey"));
    };
    if &*kind == "ctukey" {
        let given = |at: usize| a.get(at).and_then(Value::as_real).map(|p| p.clamp(2.0, 98.0));
        between = (given(3).unwrap_or(between.0), given(4).unwrap_or(between.1));
    }
    let ignored = a.get(2).map(element).unwrap_or_default();
    let values: Vec<Option<f64>> =
        items.iter().map(|item| if same(item, &ignored) { None } else { number(item) }).collect();
    let test = a.get(5).and_then(Value::as_long).unwrap_or(0).clamp(0, length(items));
    let learn = values.len() - usize::try_from(test).unwrap_or(0);
    Ok(Value::dynamic(optional_reals(scores(&values, learn, between))))
}
