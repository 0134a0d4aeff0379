//! To a multiple, up, and to a number of decimals.
use super::support::{Outcome, fitting, function, moment, widest};
use crate::functions::{Context, Function};
use crate::value::{Type, Value};
use rust_decimal::{Decimal, RoundingStrategy};

pub(super) static FUNCTIONS: &[Function] = &[
    function("bin", 2, 2, binned, bin),
    function("floor", 1, 2, binned, bin),
    function("bin_at", 3, 3, binned, bin_at),
    function("ceiling", 1, 1, same, ceiling),
    function("round", 1, 2, same, round),
];

/// The type of the value; of a dynamic value what fits to the size.
fn binned(types: &[Type]) -> Type {
    match (types.first(), types.get(1)) {
        (Some(Type::DateTime), _) => Type::DateTime,
        (Some(Type::TimeSpan), _) => Type::TimeSpan,
        (Some(Type::Dynamic | Type::String), Some(Type::TimeSpan)) => {
            if types.get(2) == Some(&Type::TimeSpan) { Type::TimeSpan } else { Type::DateTime }
        }
        (Some(first), _) if !first.is_number() => Type::Real,
        _ => {
            let numbers: Vec<Type> = types.iter().copied().filter(|ty| ty.is_number()).collect();
            match widest(&numbers) {
                Type::Int => Type::Long,
                ty => ty,
            }
        }
    }
}

fn same(types: &[Type]) -> Type {
    types.first().copied().filter(|ty| ty.is_number()).unwrap_or(Type::Real)
}

/// The greatest multiple that is not above it. Datetimes are counted from the year 1.
fn bin(context: &Context, a: &[Value]) -> Outcome {
    let size = a.get(1).cloned().unwrap_or(Value::Long(1));
    let nothing = match size {
        Value::Decimal(_) => Value::Decimal(Decimal::ZERO),
        _ => Value::Long(0),
    };
    bin_at(context, &[a[0].clone(), size, nothing])
}

/// The greatest value not above the first that is a number of sizes away from the third.
fn bin_at(_: &Context, a: &[Value]) -> Outcome {
    Ok(fitting(binned, a, binned_value(a)))
}

fn binned_value(a: &[Value]) -> Value {
    let scalar = |v: &Value| match v {
        Value::Dynamic(d) => d.as_ref().clone().into_scalar(),
        v => v.clone(),
    };
    let (value, size, from) = (scalar(&a[0]), scalar(&a[1]), scalar(&a[2]));
    match (&value, &size) {
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        (Value::DateTime(t), _) => moment(ticks(*t, &size, &from)),
        (Value::TimeSpan(t), _) => ticks(*t, &size, &from).map_or(Value::Null, Value::TimeSpan),
        (Value::Str(_), Value::TimeSpan(_)) => match value.as_datetime() {
            Some(t) => moment(ticks(t, &size, &from)),
            None => Value::Null,
        },
        (Value::Real(_) | Value::Str(_), _) | (_, Value::Real(_)) => reals(&value, &size, &from),
        (_, _) if matches!(from, Value::Real(_)) => reals(&value, &size, &from),
        (Value::Decimal(_), _) | (_, Value::Decimal(_)) => {
            decimals(&value, &size, &from).map_or(Value::Null, Value::Decimal)
        }
        _ => ticks_of(&value).and_then(|n| ticks(n, &size, &from)).map_or(Value::Null, Value::Long),
    }
}

/// A number as one without decimals, without a look at texts.
fn ticks_of(value: &Value) -> Option<i64> {
    match value {
        Value::Str(_) => None,
        value => value.as_long(),
    }
}

fn ticks(value: i64, size: &Value, from: &Value) -> Option<i64> {
    let size = match size {
        // a number of days
        Value::Real(days) => (days * crate::value::time::DAY as f64) as i64,
        size => ticks_of(size)?,
    };
    let from = ticks_of(from)?;
    if size <= 0 {
        return None;
    }
    let rest = i128::from(value).checked_sub(from.into())?.rem_euclid(size.into());
    i64::try_from(i128::from(value) - rest).ok()
}

fn reals(value: &Value, size: &Value, from: &Value) -> Value {
    match (value.as_real(), size.as_real(), from.as_real()) {
        (Some(x), Some(size), Some(from)) if size > 0.0 => {
            Value::Real(((x - from) / size).floor() * size + from)
        }
        _ => Value::Null,
    }
}

fn decimals(value: &Value, size: &Value, from: &Value) -> Option<Decimal> {
    let (x, size, from) = (value.as_decimal()?, size.as_decimal()?, from.as_decimal()?);
    if size <= Decimal::ZERO {
        return None;
    }
    x.checked_sub(from)?.checked_div(size)?.floor().checked_mul(size)?.checked_add(from)
}

fn ceiling(_: &Context, a: &[Value]) -> Outcome {
    Ok(match &a[0] {
        Value::Int(_) | Value::Long(_) => a[0].clone(),
        Value::Decimal(d) => Value::Decimal(d.ceil()),
        // no -0.0
        other => other.as_real().map_or(Value::Null, |x| Value::Real(x.ceil() + 0.0)),
    })
}

/// Halves away from zero; with a negative precision tens, hundreds and so on.
fn round(_: &Context, a: &[Value]) -> Outcome {
    let places = match a.get(1) {
        None => 0,
        Some(places) => match places.as_long() {
            Some(places) => places.clamp(-400, 400) as i32,
            None => return Ok(Value::Null),
        },
    };
    Ok(match &a[0] {
        Value::Int(n) => match tens((*n).into(), places).map(i32::try_from) {
            Some(Ok(n)) => Value::Int(n),
            _ => Value::Null,
        },
        Value::Long(n) => tens(*n, places).map_or(Value::Null, Value::Long),
        Value::Decimal(d) => decimal(*d, places),
        other => other.as_real().map_or(Value::Null, |x| Value::Real(real(x, places))),
    })
}

fn tens(n: i64, places: i32) -> Option<i64> {
    if places >= 0 {
        return Some(n);
    }
    let Some(unit) = 10_i128.checked_pow(places.unsigned_abs()).filter(|u| *u < 1 << 80) else {
        return Some(0);
    };
    let half = if n < 0 { -unit / 2 } else { unit / 2 };
    i64::try_from((i128::from(n) + half) / unit * unit).ok()
}

fn decimal(d: Decimal, places: i32) -> Value {
    let strategy = RoundingStrategy::MidpointAwayFromZero;
    if let Ok(places) = u32::try_from(places) {
        return Value::Decimal(d.round_dp_with_strategy(places.min(28), strategy));
    }
    let unit = Decimal::from_i128_with_scale(10_i128.pow(places.unsigned_abs().min(28)), 0);
    let rounded =
        d.checked_div(unit).and_then(|d| d.round_dp_with_strategy(0, strategy).checked_mul(unit));
    rounded.map_or(Value::Null, Value::Decimal)
}

fn real(x: f64, places: i32) -> f64 {
    if !x.is_finite() || places > 300 {
        return x;
    }
    let unit = 10_f64.powi(places.abs());
    if places < 0 {
        return if unit.is_finite() { (x / unit).round() * unit } else { 0.0 };
    }
    let moved = x * unit;
    // a number so great has no decimals
    if moved.is_finite() && moved.abs() < 9e15 { moved.round() / unit } else { x }
}
