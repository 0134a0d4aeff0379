//! One number of a series or two.
use super::{number, numbers, solid};
use crate::functions::dynamic::support::{Outcome, aliased, array, element, function, real};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    aliased(function("series_sum", 1, 1, real, series_sum), &["array_sum"]),
    function("series_product", 1, 1, real, series_product),
    function("series_magnitude", 1, 1, real, series_magnitude),
    function("series_dot_product", 2, 2, real, series_dot_product),
    function("series_cosine_similarity", 2, 4, real, series_cosine_similarity),
    function("series_pearson_correlation", 2, 2, real, series_pearson_correlation),
];

/// Nulls are passed over; anything else that is no number makes the whole null.
fn folded(value: &Value, start: f64, of: fn(f64, f64) -> f64) -> Value {
    let total = array(value).and_then(|items| {
        items
            .iter()
            .filter(|item| !matches!(item, Dyn::Null))
            .try_fold(start, |total, item| number(item).map(|n| of(total, n)))
    });
    total.map_or(Value::Null, Value::Real)
}

fn series_sum(_: &Context, a: &[Value]) -> Outcome {
    Ok(folded(&a[0], 0.0, |total, n| total + n))
}

fn series_product(_: &Context, a: &[Value]) -> Outcome {
    Ok(folded(&a[0], 1.0, |total, n| total * n))
}

fn magnitude(items: &[f64]) -> f64 {
    items.iter().map(|n| n * n).sum::<f64>().sqrt()
}

fn series_magnitude(_: &Context, a: &[Value]) -> Outcome {
    Ok(solid(&a[0]).map_or(Value::Null, |items| Value::Real(magnitude(&items))))
}

/// The numbers at the same places; a number for a series is the same all along.
fn pairs(a: &[Value]) -> Option<Vec<(f64, f64)>> {
    let (left, right) = match (numbers(&a[0]), numbers(&a[1])) {
        (Some(left), Some(right)) => (left, right),
        (Some(left), None) => {
            let right = vec![Some(number(&element(&a[1]))?); left.len()];
            (left, right)
        }
        (None, Some(right)) => (vec![Some(number(&element(&a[0]))?); right.len()], right),
        (None, None) => return None,
    };
    Some(left.into_iter().zip(right).filter_map(|(a, b)| Some((a?, b?))).collect())
}

fn dot(pairs: &[(f64, f64)]) -> f64 {
    pairs.iter().map(|(a, b)| a * b).sum()
}

fn series_dot_product(_: &Context, a: &[Value]) -> Outcome {
    Ok(pairs(a).map_or(Value::Null, |pairs| Value::Real(dot(&pairs))))
}

/// The magnitudes may be given when they are known.
fn series_cosine_similarity(_: &Context, a: &[Value]) -> Outcome {
    let (Some(pairs), Some(_), Some(_)) = (pairs(a), array(&a[0]), array(&a[1])) else {
        return Ok(Value::Null);
    };
    if pairs.is_empty() {
        return Ok(Value::Null);
    }
    let own = |right: bool| {
        let items: Vec<f64> = pairs.iter().map(|(a, b)| if right { *b } else { *a }).collect();
        magnitude(&items)
    };
    let given = |at: usize| a.get(at).and_then(Value::as_real);
    let sizes = given(2).unwrap_or_else(|| own(false)) * given(3).unwrap_or_else(|| own(true));
    Ok(Value::Real(dot(&pairs) / sizes))
}

fn series_pearson_correlation(_: &Context, a: &[Value]) -> Outcome {
    let (Some(left), Some(right)) = (solid(&a[0]), solid(&a[1])) else { return Ok(Value::Null) };
    if left.len() != right.len() || left.is_empty() {
        return Ok(Value::Null);
    }
    let (of_left, of_right) = (super::mean(&left), super::mean(&right));
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for (a, b) in left.iter().zip(&right) {
        let (a, b) = (a - of_left, b - of_right);
        both += a * b;
        one += a * a;
        other += b * b;
    }
    Ok(Value::Real(both / (one.sqrt() * other.sqrt())))
}
