//! `+ - * / %`, with Kusto's types: ints widen to longs, longs wrap, division by zero is null or infinite.
use crate::value::{Type, Value};
use rust_decimal::Decimal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// The type of the result; `None` where it is not defined.
pub(crate) fn result(op: Op, a: Type, b: Type) -> Option<Type> {
    use Type::{Bool, DateTime, Decimal, Dynamic, Int, Long, Real, TimeSpan};
    let number = |ty: Type| matches!(ty, Int | Long | Real | Decimal | Dynamic | Bool);
    Some(match (op, a, b) {
        (Op::Add, DateTime, TimeSpan)
        | (Op::Add, TimeSpan, DateTime)
        | (Op::Subtract, DateTime, TimeSpan) => DateTime,
        (Op::Subtract, DateTime, DateTime) | (Op::Modulo, DateTime, TimeSpan) => TimeSpan,
        (Op::Add | Op::Subtract, DateTime, Dynamic | Long | Int)
        | (Op::Add, Dynamic | Long | Int, DateTime) => DateTime,
        (Op::Subtract, Dynamic, DateTime) => TimeSpan,
        (Op::Add | Op::Subtract | Op::Modulo, TimeSpan, TimeSpan) => TimeSpan,
        (Op::Add | Op::Subtract | Op::Modulo, TimeSpan, ty)
        | (Op::Add | Op::Subtract | Op::Modulo, ty, TimeSpan)
            if number(ty) =>
        {
            TimeSpan
        }
        (Op::Divide, TimeSpan, TimeSpan) => Real,
        (Op::Multiply | Op::Divide, TimeSpan, ty) if number(ty) => TimeSpan,
        (Op::Multiply, ty, TimeSpan) if number(ty) => TimeSpan,
        (Op::Divide, DateTime, TimeSpan) => Real,
        (Op::Divide, DateTime, Int | Long) => Long,
        (_, a, b) if number(a) && number(b) => match (a, b) {
            (Real, _) | (_, Real) => Real,
            (Decimal, _) | (_, Decimal) => Decimal,
            (Dynamic, Dynamic) => Dynamic,
            (Dynamic, _) | (_, Dynamic) => Dynamic,
            _ => Long,
        },
        _ => return None,
    })
}

pub(crate) fn apply(op: Op, a: &Value, b: &Value) -> Value {
    if let Value::Dynamic(d) = a {
        return scalar(d).map_or(Value::Null, |a| apply(op, &a, b));
    }
    if let Value::Dynamic(d) = b {
        return scalar(d).map_or(Value::Null, |b| apply(op, a, &b));
    }
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => Value::Null,
        (Value::DateTime(x), Value::DateTime(y)) => match op {
            Op::Subtract => Value::TimeSpan(x.wrapping_sub(*y)),
            _ => Value::Null,
        },
        (Value::DateTime(x), Value::TimeSpan(y) | Value::Long(y)) => match op {
            Op::Add => datetime(x.checked_add(*y)),
            Op::Subtract => datetime(x.checked_sub(*y)),
            Op::Modulo if *y != 0 => Value::TimeSpan(x.rem_euclid(*y)),
            Op::Divide if *y != 0 && matches!(b, Value::Long(_)) => Value::Long(x / y),
            Op::Divide if *y != 0 => real(op, ticks(*x), ticks(*y)),
            _ => Value::Null,
        },
        (Value::TimeSpan(x) | Value::Long(x), Value::DateTime(y)) if op == Op::Add => {
            datetime(x.checked_add(*y))
        }
        (Value::TimeSpan(x), Value::TimeSpan(y)) => match op {
            Op::Divide => real(op, ticks(*x), ticks(*y)),
            _ => longs(op, *x, *y, Value::TimeSpan),
        },
        (Value::TimeSpan(x), other) | (other, Value::TimeSpan(x)) => {
            spans(op, *x, other, matches!(a, Value::TimeSpan(_)))
        }
        (Value::Decimal(_), _) | (_, Value::Decimal(_))
            if !matches!(a, Value::Real(_)) && !matches!(b, Value::Real(_)) =>
        {
            match (a.as_decimal(), b.as_decimal()) {
                (Some(x), Some(y)) => decimals(op, x, y).map_or(Value::Null, Value::Decimal),
                _ => Value::Null,
            }
        }
        (Value::Real(_), _) | (_, Value::Real(_)) => match (a.as_real(), b.as_real()) {
            (Some(x), Some(y)) => real(op, x, y),
            _ => Value::Null,
        },
        (a, b) => match (a.as_long(), b.as_long()) {
            (Some(x), Some(y)) => longs(op, x, y, Value::Long),
            _ => Value::Null,
        },
    }
}

fn scalar(d: &crate::value::Dyn) -> Option<Value> {
    let value = d.clone().into_scalar();
    let value = if let Value::Str(text) = &value {
        let number = Value::Str(text.clone());
        number.as_long().map(Value::Long).or_else(|| number.as_real().map(Value::Real))?
    } else {
        value
    };
    (!matches!(value, Value::Dynamic(_))).then_some(value)
}

fn datetime(ticks: Option<i64>) -> Value {
    ticks
        .filter(|t| (0..=crate::value::time::LAST).contains(t))
        .map_or(Value::Null, Value::DateTime)
}

#[allow(clippy::cast_precision_loss, reason = "a ratio of spans")]
fn ticks(t: i64) -> f64 {
    t as f64
}

fn longs(op: Op, x: i64, y: i64, of: fn(i64) -> Value) -> Value {
    match op {
        Op::Add => of(x.wrapping_add(y)),
        Op::Subtract => of(x.wrapping_sub(y)),
        Op::Multiply => of(x.wrapping_mul(y)),
        Op::Divide if y != 0 => of(x.wrapping_div(y)),
        Op::Modulo if y != 0 => of(x.wrapping_rem_euclid(y)),
        Op::Divide | Op::Modulo => Value::Null,
    }
}

fn real(op: Op, x: f64, y: f64) -> Value {
    Value::Real(match op {
        Op::Add => x + y,
        Op::Subtract => x - y,
        Op::Multiply => x * y,
        Op::Divide => x / y,
        Op::Modulo if y == 0.0 => f64::NAN,
        Op::Modulo => x.rem_euclid(y),
    })
}

fn decimals(op: Op, x: Decimal, y: Decimal) -> Option<Decimal> {
    match op {
        Op::Add => x.checked_add(y),
        Op::Subtract => x.checked_sub(y),
        Op::Multiply => x.checked_mul(y),
        Op::Divide => x.checked_div(y),
        Op::Modulo => x.checked_rem(y),
    }
}

/// A span and a number.
#[allow(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn spans(op: Op, span: i64, other: &Value, first: bool) -> Value {
    match op {
        Op::Multiply | Op::Divide => match (other, other.as_real()) {
            (Value::Int(_) | Value::Long(_), _) if op == Op::Multiply => {
                longs(op, span, other.as_long().unwrap_or_default(), Value::TimeSpan)
            }
            (_, Some(factor)) if op == Op::Multiply => {
                Value::TimeSpan((ticks(span) * factor) as i64)
            }
            (_, Some(factor)) if first && factor != 0.0 => {
                Value::TimeSpan((ticks(span) / factor) as i64)
            }
            _ => Value::Null,
        },
        _ => other.as_long().map_or(Value::Null, |number| {
            if first {
                longs(op, span, number, Value::TimeSpan)
            } else {
                longs(op, number, span, Value::TimeSpan)
            }
        }),
    }
}
