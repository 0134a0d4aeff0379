//! Numbers as texts: `tohex`, `format_bytes`.
use super::support::{Outcome, empty, function, number, string, text};
use crate::functions::{Context, Function};
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] =
    &[function("tohex", 1, 2, string, tohex), function("format_bytes", 1, 3, string, format_bytes)];

/// The widest that is padded to.
const WIDEST: i64 = 1_024;

/// Two's complement, in as many bits as the number's type has.
fn tohex(_: &Context, args: &[Value]) -> Outcome {
    let digits = match args.first() {
        Some(Value::Int(n)) => format!("{n:x}"),
        Some(other) => match other.as_long() {
            Some(n) => format!("{n:x}"),
            None => return Ok(empty()),
        },
        None => return Ok(empty()),
    };
    let width = usize::try_from(number(args, 1).unwrap_or(0).clamp(0, WIDEST)).unwrap_or(0);
    Ok(Value::Str(format!("{digits:0>width$}").into()))
}

const UNITS: [&str; 7] = ["Bytes", "KB", "MB", "GB", "TB", "PB", "EB"];

fn format_bytes(_: &Context, args: &[Value]) -> Outcome {
    let Some(size) = args.first().and_then(Value::as_real).filter(|size| size.is_finite()) else {
        return Ok(empty());
    };
    let precision = number(args, 1).unwrap_or(0).clamp(0, 15);
    let wanted = text(args, 2);
    let mut power = 0;
    if wanted.is_empty() {
        while power + 1 < UNITS.len() && size.abs() >= scale(power + 1) {
            power += 1;
        }
    } else {
        match UNITS.iter().position(|unit| unit.eq_ignore_ascii_case(&wanted)) {
            Some(at) => power = at,
            None => return Ok(empty()),
        }
    }
    let rounding = 10f64.powi(i32::try_from(precision).unwrap_or(0));
    let number = (size / scale(power) * rounding).round() / rounding;
    Ok(Value::Str(format!("{number} {}", UNITS[power]).into()))
}

fn scale(power: usize) -> f64 {
    1_024f64.powi(i32::try_from(power).unwrap_or(0))
}
