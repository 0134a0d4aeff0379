//! Whole numbers and the bits of them; the size of a number; the least and the greatest.
use super::support::{Outcome, boolean, function, long, widest};
use crate::functions::{Context, Function};
use crate::value::{Type, Value};
use std::cmp::Ordering;

pub(super) static FUNCTIONS: &[Function] = &[
    function("binary_and", 2, 2, long, |_, a| of_two(a, |x, y| Some(x & y))),
    function("binary_or", 2, 2, long, |_, a| of_two(a, |x, y| Some(x | y))),
    function("binary_xor", 2, 2, long, |_, a| of_two(a, |x, y| Some(x ^ y))),
    function("binary_not", 1, 1, long, |_, a| {
        Ok(a[0].as_long().map_or(Value::Null, |x| Value::Long(!x)))
    }),
    function("binary_shift_left", 2, 2, long, |_, a| of_two(a, |x, by| Some(x << places(by)?))),
    function("binary_shift_right", 2, 2, long, |_, a| of_two(a, |x, by| Some(x >> places(by)?))),
    function("bitset_count_ones", 1, 1, long, |_, a| {
        Ok(a[0].as_long().map_or(Value::Null, |x| Value::Long(x.count_ones().into())))
    }),
    function("abs", 1, 1, absolute, abs),
    function("min_of", 1, 64, common, |_, a| Ok(extreme(a, Ordering::Less))),
    function("max_of", 1, 64, common, |_, a| Ok(extreme(a, Ordering::Greater))),
    function("around", 3, 3, boolean, around),
];

fn of_two(a: &[Value], f: impl Fn(i64, i64) -> Option<i64>) -> Outcome {
    let found = a[0].as_long().zip(a[1].as_long()).and_then(|(x, y)| f(x, y));
    Ok(found.map_or(Value::Null, Value::Long))
}

/// Modulo 64; null where it is below zero.
fn places(by: i64) -> Option<u32> {
    u32::try_from(by.checked_rem(64)?).ok().filter(|_| by >= 0)
}

fn absolute(types: &[Type]) -> Type {
    match types.first() {
        Some(Type::Int) | None => Type::Long,
        Some(ty) if ty.is_number() || *ty == Type::TimeSpan => *ty,
        Some(_) => Type::Real,
    }
}

fn abs(_: &Context, a: &[Value]) -> Outcome {
    Ok(match &a[0] {
        Value::Int(n) => Value::Long(i64::from(*n).abs()),
        Value::Long(n) => Value::Long(n.wrapping_abs()),
        Value::TimeSpan(t) => Value::TimeSpan(t.wrapping_abs()),
        Value::Decimal(d) => Value::Decimal(d.abs()),
        other => other.as_real().map_or(Value::Null, |x| Value::Real(x.abs())),
    })
}

fn common(types: &[Type]) -> Type {
    match types.first() {
        Some(first) if types.iter().all(|ty| ty == first) => *first,
        Some(_) if types.iter().all(|ty| ty.is_number()) => widest(types),
        // the one that is no guess
        Some(first) => types.iter().copied().find(|ty| *ty != Type::Dynamic).unwrap_or(*first),
        None => Type::Long,
    }
}

/// Nulls do not count, NaN is beyond everything.
fn extreme(values: &[Value], wanted: Ordering) -> Value {
    let there = || values.iter().filter(|v| !v.is_null());
    let types: Vec<Type> = there().filter_map(Value::type_of).collect();
    let ty = common(&types);
    if let Some(nan) = there().find(|v| matches!(v, Value::Real(x) if x.is_nan())) {
        return nan.cast(ty);
    }
    let found = there().reduce(|best, v| if v.compare(best) == Some(wanted) { v } else { best });
    match found {
        Some(value) if value.type_of() == Some(ty) => value.clone(),
        Some(value) => value.cast(ty),
        None => Value::Null,
    }
}

/// Whether the first is within the third of the second.
fn around(_: &Context, a: &[Value]) -> Outcome {
    Ok(match (&a[0], &a[1], &a[2]) {
        (Value::Null, _, _) | (_, Value::Null, _) | (_, _, Value::Null) => Value::Null,
        (Value::Real(_), _, _) | (_, Value::Real(_), _) | (_, _, Value::Real(_)) => {
            match (a[0].as_real(), a[1].as_real(), a[2].as_real()) {
                (Some(x), Some(center), Some(delta)) => Value::Bool((x - center).abs() <= delta),
                _ => Value::Null,
            }
        }
        _ => match (a[0].as_long(), a[1].as_long(), a[2].as_long()) {
            (Some(x), Some(center), Some(delta)) => {
                Value::Bool(i128::from(x.abs_diff(center)) <= i128::from(delta))
            }
            _ => Value::Null,
        },
    })
}
