//! The beta distribution and Welch's test.
use super::support::{Outcome, function, real};
use crate::functions::{Context, Function};
use crate::value::Value;
use libm::lgamma;

pub(super) static FUNCTIONS: &[Function] = &[
    function("beta_cdf", 3, 3, real, |_, a| three(a, |x, a, b| Some(cumulated(x, a, b)))),
    function("beta_inv", 3, 3, real, |_, a| three(a, inverse)),
    function("beta_pdf", 3, 3, real, |_, a| three(a, |x, a, b| Some(density(x, a, b)))),
    function("welch_test", 6, 6, real, welch),
];

fn three(a: &[Value], f: impl Fn(f64, f64, f64) -> Option<f64>) -> Outcome {
    Ok(match (a[0].as_real(), a[1].as_real(), a[2].as_real()) {
        (Some(x), Some(alpha), Some(beta)) => f(x, alpha, beta).map_or(Value::Null, Value::Real),
        _ => Value::Null,
    })
}

/// The regularised incomplete beta function. As Kusto, it looks only at `x`: of an alpha below zero comes what the formula gives.
fn cumulated(x: f64, a: f64, b: f64) -> f64 {
    if !(0.0..=1.0).contains(&x) || a.is_nan() || b.is_nan() {
        return f64::NAN;
    }
    if x == 0.0 || x == 1.0 {
        return x;
    }
    let front = (lgamma(a + b) - lgamma(a) - lgamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction of it, by Lentz' method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |n: f64| if n.abs() < TINY { TINY } else { n };
    let (sum, above, below) = (a + b, a + 1.0, a - 1.0);
    let mut c = 1.0;
    let mut d = away(1.0 - sum * x / above).recip();
    let mut h = d;
    for m in 1..=1_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((below + 2.0 * m) * (a + 2.0 * m));
        d = away(1.0 + even * d).recip();
        c = away(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (sum + m) * x / ((a + 2.0 * m) * (above + 2.0 * m));
        d = away(1.0 + odd * d).recip();
        c = away(1.0 + odd / c);
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    h
}

/// Null for what is no probability.
fn inverse(p: f64, a: f64, b: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    if !(a > 0.0 && b > 0.0) {
        return Some(f64::NAN);
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..1_100 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if cumulated(middle, a, b) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}

fn density(x: f64, a: f64, b: f64) -> f64 {
    if !((0.0..=1.0).contains(&x) && a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    let power = |base: f64, exponent: f64| if exponent == 0.0 { 0.0 } else { exponent * base.ln() };
    (power(x, a - 1.0) + power(1.0 - x, b - 1.0) + lgamma(a + b) - lgamma(a) - lgamma(b)).exp()
}

/// Of two means, variances and counts: how probable the difference is when there is none (two-sided).
fn welch(_: &Context, a: &[Value]) -> Outcome {
    let Some(n) = a.iter().map(Value::as_real).collect::<Option<Vec<f64>>>() else {
        return Ok(Value::Null);
    };
    let (first, second) = (n[1] / n[2], n[4] / n[5]);
    let both = first + second;
    let t_squared = (n[0] - n[3]).powi(2) / both;
    let freedom = both.powi(2) / (first.powi(2) / (n[2] - 1.0) + second.powi(2) / (n[5] - 1.0));
    if !(freedom.is_finite() && freedom > 0.0) {
        return Ok(Value::Null);
    }
    Ok(Value::Real(cumulated(freedom / (freedom + t_squared), freedom / 2.0, 0.5)))
}
