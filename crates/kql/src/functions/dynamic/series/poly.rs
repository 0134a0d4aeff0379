//! The polynomial that fits a series best.
use super::line::rsquare;
use super::{count, mean, reals, solid};
use crate::functions::dynamic::support::{Outcome, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] =
    &[function("series_fit_poly", 1, 3, dynamic, series_fit_poly)];

/// Least squares by orthogonal columns (modified Gram-Schmidt), which keeps more digits than the normal equations. The coefficients
/// come with the highest power first.
fn coefficients(x: &[f64], y: &[f64], degree: usize) -> Option<Vec<f64>> {
    let size = degree + 1;
    let mut columns: Vec<Vec<f64>> = (0..size)
        .map(|power| {
            let power = i32::try_from(power).unwrap_or(i32::MAX);
            x.iter().map(|x| x.powi(power)).collect()
        })
        .collect();
    let mut upper = vec![vec![0.0; size]; size];
    let mut right = vec![0.0; size];
    let mut rest = y.to_vec();
    for k in 0..size {
        let norm = columns[k].iter().map(|v| v * v).sum::<f64>().sqrt();
        if norm <= 1e-12 || !norm.is_finite() {
            return None;
        }
        upper[k][k] = norm;
        columns[k].iter_mut().for_each(|v| *v /= norm);
        let (done, later) = columns.split_at_mut(k + 1);
        let unit = &done[k];
        for (offset, column) in later.iter_mut().enumerate() {
            let along: f64 = unit.iter().zip(column.iter()).map(|(a, b)| a * b).sum();
            upper[k][k + 1 + offset] = along;
            column.iter_mut().zip(unit).for_each(|(v, u)| *v -= along * u);
        }
        right[k] = unit.iter().zip(&rest).map(|(a, b)| a * b).sum();
        rest.iter_mut().zip(unit).for_each(|(v, u)| *v -= right[k] * u);
    }
    for k in (0..size).rev() {
        let known: f64 = (k + 1..size).map(|j| upper[k][j] * right[j]).sum();
        right[k] = (right[k] - known) / upper[k][k];
    }
    right.reverse();
    Some(right)
}

/// Over 1, 2, …, or over x where it is given: numbers or datetimes in an array of the same length.
fn fit(a: &[Value]) -> Option<Dyn> {
    let y = solid(&a[0])?;
    let x = match a.get(1).filter(|v| !v.is_null()) {
        None => (1..=y.len()).map(count).collect(),
        Some(Value::Dynamic(d)) => d
            .as_array()?
            .iter()
            .map(|item| match item {
                Dyn::Str(_) | Dyn::Bool(_) => None,
                other => other.clone().into_scalar().as_real(),
            })
            .collect::<Option<Vec<f64>>>()?,
        Some(_) => return None,
    };
    let degree = a.get(2).map_or(Some(1), Value::as_long)?;
    let degree = usize::try_from(degree).ok().filter(|d| (1..=16).contains(d))?;
    if x.len() != y.len() || y.len() <= degree {
        return None;
    }
    // near 0 and 1 for the powers, and back
    let found = scaled(&x, &y, degree)?;
    let at = |x: &f64| found.iter().fold(0.0, |sum, c| sum * x + c);
    let fitted: Vec<f64> = x.iter().map(at).collect();
    let average = mean(&y);
    let per = count(y.len() - 1);
    let variance = y.iter().map(|y| (y - average) * (y - average)).sum::<f64>() / per;
    let rvariance = y.iter().zip(&fitted).map(|(y, f)| (y - f) * (y - f)).sum::<f64>() / per;
    Some(Dyn::Array(vec![
        Dyn::Real(rsquare(variance, rvariance)),
        reals(found),
        Dyn::Real(variance),
        Dyn::Real(rvariance),
        reals(fitted),
    ]))
}

fn scaled(x: &[f64], y: &[f64], degree: usize) -> Option<Vec<f64>> {
    let largest = x.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    if largest <= 0.0 || !largest.is_finite() {
        return None;
    }
    let small: Vec<f64> = x.iter().map(|x| x / largest).collect();
    let mut found = coefficients(&small, y, degree)?;
    let mut by = 1.0;
    for c in found.iter_mut().rev() {
        *c /= by;
        by *= largest;
    }
    Some(found)
}

fn series_fit_poly(_: &Context, a: &[Value]) -> Outcome {
    Ok(fit(a).map_or(Value::Null, Value::dynamic))
}
