//! Functions of one or two reals: roots, powers, logarithms, angles, and the tests for what is no number.
use super::support::{Outcome, boolean, function, real};
use crate::functions::{Context, Function};
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    function("sqrt", 1, 1, real, |_, a| of(&a[0], f64::sqrt)),
    function("exp", 1, 1, real, |_, a| of(&a[0], f64::exp)),
    function("exp2", 1, 1, real, |_, a| of(&a[0], f64::exp2)),
    function("exp10", 1, 1, real, |_, a| of(&a[0], |x| 10_f64.powf(x))),
    function("log", 1, 1, real, |_, a| logarithm(&a[0], f64::ln)),
    function("log2", 1, 1, real, |_, a| logarithm(&a[0], f64::log2)),
    function("log10", 1, 1, real, |_, a| logarithm(&a[0], f64::log10)),
    function("gamma", 1, 1, real, |_, a| of(&a[0], libm::tgamma)),
    function("loggamma", 1, 1, real, |_, a| of(&a[0], libm::lgamma)),
    function("erf", 1, 1, real, |_, a| of(&a[0], libm::erf)),
    function("erfc", 1, 1, real, |_, a| of(&a[0], libm::erfc)),
    function("sin", 1, 1, real, |_, a| of(&a[0], f64::sin)),
    function("cos", 1, 1, real, |_, a| of(&a[0], f64::cos)),
    function("tan", 1, 1, real, |_, a| of(&a[0], f64::tan)),
    function("cot", 1, 1, real, |_, a| of(&a[0], |x| x.tan().recip())),
    function("asin", 1, 1, real, |_, a| of(&a[0], f64::asin)),
    function("acos", 1, 1, real, |_, a| of(&a[0], f64::acos)),
    function("atan", 1, 1, real, |_, a| of(&a[0], f64::atan)),
    function("degrees", 1, 1, real, |_, a| of(&a[0], f64::to_degrees)),
    function("radians", 1, 1, real, |_, a| of(&a[0], f64::to_radians)),
    function("sign", 1, 1, real, |_, a| of(&a[0], sign)),
    function("atan2", 2, 2, real, |_, a| of_two(a, f64::atan2)),
    function("pow", 2, 2, real, |_, a| of_two(a, f64::powf)),
    function("pi", 0, 0, real, |_, _| Ok(Value::Real(std::f64::consts::PI))),
    function("isnan", 1, 1, boolean, |_, a| test(&a[0], f64::is_nan)),
    function("isinf", 1, 1, boolean, |_, a| test(&a[0], f64::is_infinite)),
    function("isfinite", 1, 1, boolean, |_, a| test(&a[0], f64::is_finite)),
    function("rand", 0, 1, real, rand),
];

fn of(value: &Value, f: impl Fn(f64) -> f64) -> Outcome {
    Ok(value.as_real().map_or(Value::Null, |x| Value::Real(f(x))))
}

fn of_two(a: &[Value], f: impl Fn(f64, f64) -> f64) -> Outcome {
    Ok(match (a[0].as_real(), a[1].as_real()) {
        (Some(x), Some(y)) => Value::Real(f(x, y)),
        _ => Value::Null,
    })
}

/// Null, not NaN, for what is below zero.
fn logarithm(value: &Value, f: impl Fn(f64) -> f64) -> Outcome {
    Ok(value
        .as_real()
        .filter(|x| *x >= 0.0 || x.is_nan())
        .map_or(Value::Null, |x| Value::Real(f(x))))
}

fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// False for null.
fn test(value: &Value, f: impl Fn(f64) -> bool) -> Outcome {
    Ok(Value::Bool(value.as_real().is_some_and(f)))
}

/// A real from 0 to below 1, or with a number a whole one from 0 to below it. No two calls are the same.
fn rand(context: &Context, a: &[Value]) -> Outcome {
    use std::sync::atomic::{AtomicU64, Ordering};
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let call = CALLS.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
    // splitmix64
    let mut state = call.wrapping_add(context.now.cast_unsigned());
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^= state >> 31;
    let fraction = (state >> 11) as f64 / (1_u64 << 53) as f64;
    let most = a.first().and_then(Value::as_real).filter(|most| *most > 1.0);
    Ok(Value::Real(most.map_or(fraction, |most| (fraction * most.trunc()).floor())))
}
