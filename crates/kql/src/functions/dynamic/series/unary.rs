//! Element by element.
use super::{number, optional_reals, whole};
use crate::functions::Function;
use crate::functions::dynamic::support::{array, dynamic, function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_abs", 1, 1, dynamic, |_, a| Ok(keep(a, i64::wrapping_abs, f64::abs))),
    function("series_sign", 1, 1, dynamic, |_, a| Ok(keep(a, i64::signum, sign))),
    function("series_floor", 1, 1, dynamic, |_, a| Ok(each(a, f64::floor))),
    function("series_ceiling", 1, 1, dynamic, |_, a| Ok(each(a, f64::ceil))),
    function("series_exp", 1, 1, dynamic, |_, a| Ok(each(a, f64::exp))),
    function("series_log", 1, 1, dynamic, |_, a| Ok(each(a, f64::ln))),
    function("series_sin", 1, 1, dynamic, |_, a| Ok(each(a, f64::sin))),
    function("series_cos", 1, 1, dynamic, |_, a| Ok(each(a, f64::cos))),
    function("series_tan", 1, 1, dynamic, |_, a| Ok(each(a, f64::tan))),
    function("series_asin", 1, 1, dynamic, |_, a| Ok(each(a, f64::asin))),
    function("series_acos", 1, 1, dynamic, |_, a| Ok(each(a, f64::acos))),
    function("series_atan", 1, 1, dynamic, |_, a| Ok(each(a, f64::atan))),
];

/// Unlike [`f64::signum`] 0 for 0.
fn sign(n: f64) -> f64 {
    if n == 0.0 { 0.0 } else { n.signum() }
}

/// Always reals; null for what is no number.
fn each(a: &[Value], of: fn(f64) -> f64) -> Value {
    array(&a[0]).map_or(Value::Null, |items| {
        Value::dynamic(optional_reals(items.iter().map(|item| number(item).map(of))))
    })
}

/// Longs stay longs.
fn keep(a: &[Value], long: fn(i64) -> i64, real: fn(f64) -> f64) -> Value {
    match array(&a[0]) {
        Some(items) if whole(items) => {
            let changed = items.iter().map(|item| match item {
                Dyn::Long(n) => Dyn::Long(long(*n)),
                _ => Dyn::Null,
            });
            Value::dynamic(Dyn::Array(changed.collect()))
        }
        _ => each(a, real),
    }
}
