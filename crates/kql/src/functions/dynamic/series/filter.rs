//! Filters of finite and infinite response: moving averages, cumulative sums and the like.
use super::{numbers, reals, solid};
use crate::functions::dynamic::support::{Outcome, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::Value;

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_fir", 2, 4, dynamic, series_fir),
    function("series_iir", 3, 3, dynamic, series_iir),
];

/// As many multiplications as one call may take.
const MOST_STEPS: usize = 1 << 27;

/// What is no number counts as 0.
fn zeroed(value: &Value) -> Option<Vec<f64>> {
    Some(numbers(value)?.into_iter().map(Option::unwrap_or_default).collect())
}

fn bounded(series: &[f64], filter: &[f64]) -> Result<(), String> {
    if series.len().saturating_mul(filter.len()) > MOST_STEPS {
        return Err("the series and its filter are too long".to_owned());
    }
    Ok(())
}

/// Normalised unless a coefficient is negative, over the points before unless centred.
fn series_fir(_: &Context, a: &[Value]) -> Outcome {
    let (Some(series), Some(filter)) = (zeroed(&a[0]), solid(&a[1])) else {
        return Ok(Value::Null);
    };
    bounded(&series, &filter)?;
    let negative = filter.iter().any(|c| *c < 0.0);
    let normalize = a.get(2).and_then(Value::as_bool).unwrap_or(!negative);
    let centre = a.get(3).and_then(Value::as_bool).unwrap_or(false);
    if filter.is_empty() || (normalize && negative) {
        return Ok(Value::Null);
    }
    let by = if normalize { filter.iter().sum::<f64>() } else { 1.0 };
    let ahead = if centre { filter.len() / 2 } else { 0 };
    let at = |at: usize| {
        let sum: f64 = filter
            .iter()
            .enumerate()
            .filter_map(|(k, c)| Some(c * series.get((at + ahead).checked_sub(k)?)?))
            .sum();
        sum / by
    };
    Ok(Value::dynamic(reals((0..series.len()).map(at))))
}

/// Coefficients of the input and of the output so far; the latter's first one divides.
fn series_iir(_: &Context, a: &[Value]) -> Outcome {
    let (Some(series), Some(of_input), Some(of_output)) =
        (zeroed(&a[0]), solid(&a[1]), solid(&a[2]))
    else {
        return Ok(Value::Null);
    };
    bounded(&series, &of_input)?;
    bounded(&series, &of_output)?;
    let Some((divisor, of_output)) = of_output.split_first() else { return Ok(Value::Null) };
    let mut made: Vec<f64> = Vec::with_capacity(series.len());
    for at in 0..series.len() {
        let input: f64 = of_input.iter().zip(series[..=at].iter().rev()).map(|(c, x)| c * x).sum();
        let output: f64 = of_output.iter().zip(made.iter().rev()).map(|(c, y)| c * y).sum();
        made.push((input - output) / divisor);
    }
    Ok(Value::dynamic(reals(made)))
}
