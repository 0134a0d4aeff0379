//! Numbers.
use super::support::{Outcome, boolean, first, function, long, real};
use crate::{
    eval::arith,
    functions::{Context, Function},
    value::{Type, Value},
};

macro_rules! reals {
    ($($name:literal => $f:expr),* $(,)?) => {
        &[$(function($name, &[], (1, 1), real, |_, a| Ok(a[0].as_real().map_or(Value::Null, |x| { let f: fn(f64) -> f64 = $f; defined(x, f(x), $name) })))),*]
    };
}

const OF_ONE: &[Function] = reals! {
    "sin" => f64::sin, "cos" => f64::cos, "tan" => f64::tan, "asin" => f64::asin, "acos" => f64::acos, "atan" => f64::atan,
    "cot" => |x| 1.0 / x.tan(), "exp" => f64::exp, "exp2" => f64::exp2, "exp10" => |x| 10f64.powf(x), "log" => f64::ln,
    "log2" => f64::log2, "log10" => f64::log10, "sqrt" => f64::sqrt, "degrees" => f64::to_degrees, "radians" => f64::to_radians,
};

const OTHERS: &[Function] = &[
    function("abs", &[], (1, 1), wide, abs),
    function("sign", &[], (1, 1), real, |_, a| {
        Ok(a[0].as_real().map_or(Value::Null, |x| {
            Value::Real(if x == 0.0 || x.is_nan() { 0.0 } else { x.signum() })
        }))
    }),
    function("pow", &[], (2, 2), real, |_, a| two(a, f64::powf)),
    function("atan2", &[], (2, 2), real, |_, a| two(a, f64::atan2)),
    function("pi", &[], (0, 0), real, |_, _| Ok(Value::Real(std::f64::consts::PI))),
    function("isnan", &[], (1, 1), boolean, |_, a| Ok(is(&a[0], f64::is_nan))),
    function("isinf", &[], (1, 1), boolean, |_, a| Ok(is(&a[0], f64::is_infinite))),
    function("isfinite", &[], (1, 1), boolean, |_, a| Ok(is(&a[0], f64::is_finite))),
    function("ceiling", &[], (1, 1), wide, ceiling),
    function("round", &[], (1, 2), real, round),
    function("bin", &["floor"], (2, 2), bin_type, bin),
    function("bin_at", &[], (3, 3), bin_type, bin_at),
    function("binary_and", &[], (2, 2), long, |_, a| bits(a, |x, y| x & y)),
    function("binary_or", &[], (2, 2), long, |_, a| bits(a, |x, y| x | y)),
    function("binary_xor", &[], (2, 2), long, |_, a| bits(a, |x, y| x ^ y)),
    function("binary_not", &[], (1, 1), long, |_, a| {
        Ok(a[0].as_long().map_or(Value::Null, |x| Value::Long(!x)))
    }),
    function("binary_shift_left", &[], (2, 2), long, |_, a| {
        bits(a, |x, y| x.wrapping_shl(u32::try_from(y.rem_euclid(64)).unwrap_or(0)))
    }),
    function("binary_shift_right", &[], (2, 2), long, |_, a| {
        bits(a, |x, y| x.wrapping_shr(u32::try_from(y.rem_euclid(64)).unwrap_or(0)))
    }),
    function("bitset_count_ones", &[], (1, 1), long, |_, a| {
        Ok(a[0].as_long().map_or(Value::Null, |x| Value::Long(x.count_ones().into())))
    }),
    function("tohex", &[], (1, 2), super::support::string, tohex),
];

pub(super) const FUNCTIONS: &[Function] = &{
    let mut all = [const { function("pi", &[], (0, 0), real, |_, _| Ok(Value::Null)) };
        OF_ONE.len() + OTHERS.len()];
    let mut at = 0;
    while at < OF_ONE.len() {
        all[at] = function(
            OF_ONE[at].name,
            OF_ONE[at].aliases,
            (OF_ONE[at].least, OF_ONE[at].most),
            OF_ONE[at].result,
            OF_ONE[at].eval,
        );
        at += 1;
    }
    while at < OF_ONE.len() + OTHERS.len() {
        let f = &OTHERS[at - OF_ONE.len()];
        all[at] = function(f.name, f.aliases, (f.least, f.most), f.result, f.eval);
        at += 1;
    }
    all
};

/// The logarithm of what is below zero is null; the root of it is no number.
fn defined(x: f64, found: f64, name: &str) -> Value {
    if x < 0.0 && name.starts_with("log") { Value::Null } else { Value::Real(found) }
}

fn two(args: &[Value], f: fn(f64, f64) -> f64) -> Outcome {
    Ok(match (args[0].as_real(), args[1].as_real()) {
        (Some(x), Some(y)) => Value::Real(f(x, y)),
        _ => Value::Null,
    })
}

fn bits(args: &[Value], f: fn(i64, i64) -> i64) -> Outcome {
    Ok(match (args[0].as_long(), args[1].as_long()) {
        (Some(x), Some(y)) => Value::Long(f(x, y)),
        _ => Value::Null,
    })
}

fn is(value: &Value, test: fn(f64) -> bool) -> Value {
    value.as_real().map_or(Value::Bool(false), |x| Value::Bool(test(x)))
}

/// Numbers keep their type, ints become longs.
fn wide(types: &[Type]) -> Type {
    match first(types) {
        Type::Int | Type::Dynamic | Type::Bool => Type::Long,
        Type::String => Type::Real,
        ty => ty,
    }
}

fn abs(_: &Context, args: &[Value]) -> Outcome {
    Ok(match &args[0] {
        Value::Int(n) => Value::Long(i64::from(*n).abs()),
        Value::Long(n) => Value::Long(n.wrapping_abs()),
        Value::Real(n) => Value::Real(n.abs()),
        Value::Decimal(n) => Value::Decimal(n.abs()),
        Value::TimeSpan(n) => Value::TimeSpan(n.wrapping_abs()),
        other => other.as_long().map_or(Value::Null, |n| Value::Long(n.wrapping_abs())),
    })
}

fn ceiling(_: &Context, args: &[Value]) -> Outcome {
    Ok(match &args[0] {
        Value::Real(n) => Value::Real(n.ceil()),
        Value::Decimal(n) => Value::Decimal(n.ceil()),
        Value::Int(n) => Value::Long((*n).into()),
        other => other.clone(),
    })
}

/// Halves go away from zero.
fn round(_: &Context, args: &[Value]) -> Outcome {
    let Some(x) = args[0].as_real() else { return Ok(Value::Null) };
    let digits = args.get(1).and_then(Value::as_long).unwrap_or(0).clamp(-15, 15);
    let factor = 10f64.powi(i32::try_from(digits).unwrap_or(0));
    let scaled = x * factor;
    Ok(Value::Real(if scaled.is_finite() { scaled.round() / factor } else { x }))
}

fn bin_type(types: &[Type]) -> Type {
    match (first(types), types.get(1).copied()) {
        (Type::DateTime, _) => Type::DateTime,
        (Type::TimeSpan, _) | (_, Some(Type::TimeSpan)) => Type::TimeSpan,
        (Type::Real, _) | (_, Some(Type::Real)) => Type::Real,
        (Type::Decimal, _) | (_, Some(Type::Decimal)) => Type::Decimal,
        (Type::Int, Some(Type::Int)) => Type::Int,
        _ => Type::Long,
    }
}

/// Down to a multiple of the size, also below zero.
fn bin(_: &Context, args: &[Value]) -> Outcome {
    Ok(bin_from(&args[0], &args[1], 0))
}

fn bin_from(value: &Value, size: &Value, from: i64) -> Value {
    match (value, size) {
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        (Value::DateTime(t), size) => size
            .as_long()
            .filter(|s| *s > 0)
            .map_or(Value::Null, |s| Value::DateTime((t - from).div_euclid(s) * s + from)),
        (Value::TimeSpan(t), size) => size
            .as_long()
            .filter(|s| *s > 0)
            .map_or(Value::Null, |s| Value::TimeSpan((t - from).div_euclid(s) * s + from)),
        (Value::Real(_), _) | (_, Value::Real(_)) => match (value.as_real(), size.as_real()) {
            (Some(x), Some(s)) if s > 0.0 => Value::Real((x / s).floor() * s),
            _ => Value::Null,
        },
        (Value::Decimal(_), _) | (_, Value::Decimal(_)) => {
            match (value.as_decimal(), size.as_decimal()) {
                (Some(x), Some(s)) if s > rust_decimal::Decimal::ZERO => x
                    .checked_div(s)
                    .and_then(|q| q.floor().checked_mul(s))
                    .map_or(Value::Null, Value::Decimal),
                _ => Value::Null,
            }
        }
        (value, size) => match (value.as_long(), size.as_long()) {
            (Some(x), Some(s)) if s > 0 => {
                let found = x.wrapping_sub(from).div_euclid(s).wrapping_mul(s).wrapping_add(from);
                if matches!((value, size), (Value::Int(_), Value::Int(_))) {
                    Value::Long(found).cast(Type::Int)
                } else {
                    Value::Long(found)
                }
            }
            _ => Value::Null,
        },
    }
}

fn bin_at(_: &Context, args: &[Value]) -> Outcome {
    let (value, size, at) = (&args[0], &args[1], &args[2]);
    Ok(match (value, at) {
        (Value::Real(_), _) | (_, Value::Real(_)) => {
            let shifted = arith::apply(arith::Op::Subtract, value, at);
            arith::apply(arith::Op::Add, &bin_from(&shifted, size, 0), at)
        }
        _ => at.as_long().map_or(Value::Null, |from| bin_from(value, size, from)),
    })
}

fn tohex(_: &Context, args: &[Value]) -> Outcome {
    let Some(number) = args[0].as_long() else { return super::support::text("") };
    let width = args
        .get(1)
        .and_then(Value::as_long)
        .and_then(|w| usize::try_from(w).ok())
        .unwrap_or(0)
        .min(64);
    super::support::text(format!("{number:0width$x}"))
}
