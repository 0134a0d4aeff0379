//! The usual statistics of a series.
use super::{count, index, mean, named, numbers};
use crate::functions::dynamic::support::{Outcome, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_stats", 1, 2, dynamic, series_stats),
    function("series_stats_dynamic", 1, 2, dynamic, series_stats_dynamic),
];

struct Stats {
    outputs: Dyn,
    sum: f64,
    length: usize,
}

/// `None` without numbers, and where there is something else among them that is not to be ignored.
fn stats(a: &[Value]) -> Option<Stats> {
    let ignore = a.get(1).and_then(Value::as_bool).unwrap_or(false);
    let all = numbers(&a[0])?;
    let finite: Vec<(usize, f64)> = all
        .iter()
        .enumerate()
        .filter_map(|(at, n)| n.filter(|n| n.is_finite()).map(|n| (at, n)))
        .collect();
    if finite.len() < all.len() && !ignore {
        return None;
    }
    let first = *finite.first()?;
    let least = finite.iter().fold(first, |best, n| if n.1 < best.1 { *n } else { best });
    let most = finite.iter().fold(first, |best, n| if n.1 > best.1 { *n } else { best });
    let values: Vec<f64> = finite.iter().map(|(_, n)| *n).collect();
    let average = mean(&values);
    let variance = if values.len() < 2 {
        0.0
    } else {
        values.iter().map(|n| (n - average) * (n - average)).sum::<f64>() / count(values.len() - 1)
    };
    let outputs = Dyn::Array(vec![
        Dyn::Real(least.1),
        index(least.0),
        Dyn::Real(most.1),
        index(most.0),
        Dyn::Real(average),
        Dyn::Real(variance.sqrt()),
        Dyn::Real(variance),
    ]);
    Some(Stats { outputs, sum: values.iter().sum(), length: values.len() })
}

fn series_stats(_: &Context, a: &[Value]) -> Outcome {
    Ok(stats(a).map_or(Value::Null, |stats| Value::dynamic(stats.outputs)))
}

fn series_stats_dynamic(_: &Context, a: &[Value]) -> Outcome {
    let Some(stats) = stats(a) else { return Ok(Value::Null) };
    let mut bag = named("series_stats", stats.outputs);
    if let Dyn::Bag(entries) = &mut bag {
        entries.push(("sum".into(), Dyn::Real(stats.sum)));
        entries.push(("len".into(), index(stats.length)));
    }
    Ok(Value::dynamic(bag))
}
