//! Evaluation as the language's text has it, one question after the other. [`super::RuleSet`] must always say the same.
use crate::{
    event::{Event, Scalar},
    language::{Check, Expr, How, Number, Order, Test, TimePart},
};
use std::borrow::Cow;

/// Whether the event is as the expression asks.
pub fn holds(expr: &Expr, event: &Event<'_>) -> bool {
    match expr {
        Expr::All(items) => items.iter().all(|item| holds(item, event)),
        Expr::Any(items) => items.iter().any(|item| holds(item, event)),
        Expr::Count(least, items) => {
            items.iter().filter(|item| holds(item, event)).take(*least).count() == *least
        }
        Expr::Not(item) => !holds(item, event),
        Expr::Test(test) => asks(test, event),
    }
}

/// Whether one of the field's values (of all values, for keywords) passes.
pub fn asks(test: &Test, event: &Event<'_>) -> bool {
    let Some(field) = &test.field else {
        return event.fields.iter().any(|(_, value)| passes(&test.check, value, event));
    };
    match &test.check {
        Check::Null => event.values(field).all(|value| *value == Scalar::Null),
        Check::Exists(wanted) => event.values(field).next().is_some() == *wanted,
        check => event.values(field).any(|value| passes(check, value, event)),
    }
}

/// The value as texts of rules see it; `None` for null.
pub(crate) fn text<'v>(value: &'v Scalar<'_>) -> Option<Cow<'v, str>> {
    Some(match value {
        Scalar::Null => return None,
        Scalar::Bool(true) => "true".into(),
        Scalar::Bool(false) => "false".into(),
        Scalar::Int(number) => number.to_string().into(),
        Scalar::Float(number) => number.to_string().into(),
        Scalar::Str(text) => Cow::Borrowed(text),
    })
}

fn passes(check: &Check, value: &Scalar<'_>, event: &Event<'_>) -> bool {
    let Some(spelled) = text(value) else { return false };
    match check {
        Check::Like { pattern, cased: true } => pattern.matches(&spelled),
        Check::Like { pattern, cased: false } => pattern.lower().matches(&lower(&spelled)),
        Check::Regex(expression) => expression.0.is_match(&spelled),
        Check::Cidr(network) => {
            spelled.trim().parse().is_ok_and(|address| network.contains(address))
        }
        Check::Compare(order, with) => {
            number(value).is_some_and(|n| compares(*order, n.partial_cmp(with)))
        }
        Check::Number(wanted) => is_number(*wanted, value, &spelled),
        Check::Time(part, order, with) => {
            time_part(&spelled, *part).is_some_and(|n| compares(*order, Some(n.cmp(with))))
        }
        Check::Null | Check::Exists(_) => false,
        Check::Field { other, how, cased } => event.values(other).filter_map(text).any(|other| {
            if *cased {
                relates(*how, &spelled, &other)
            } else {
                relates(*how, &lower(&spelled), &lower(&other))
            }
        }),
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    crate::language::lower(text)
}

fn relates(how: How, value: &str, other: &str) -> bool {
    match how {
        How::Equals => value == other,
        How::Contains => value.contains(other),
        How::Starts => value.starts_with(other),
        How::Ends => value.ends_with(other),
    }
}

fn compares(order: Order, found: Option<std::cmp::Ordering>) -> bool {
    found.is_some_and(|found| match order {
        Order::Equal => found.is_eq(),
        Order::Less => found.is_lt(),
        Order::LessEqual => found.is_le(),
        Order::Greater => found.is_gt(),
        Order::GreaterEqual => found.is_ge(),
    })
}

fn number(value: &Scalar<'_>) -> Option<f64> {
    match value {
        #[allow(clippy::cast_precision_loss, reason = "rules compare small numbers")]
        Scalar::Int(number) => Some(*number as f64),
        Scalar::Float(number) => Some(*number),
        Scalar::Str(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

#[allow(clippy::float_cmp, reason = "a rule that names a fraction means that one")]
fn is_number(wanted: Number, value: &Scalar<'_>, spelled: &str) -> bool {
    match (wanted, value) {
        (Number::Int(wanted), Scalar::Int(number)) => wanted == *number,
        (Number::Int(wanted), Scalar::Str(_)) => spelled.trim() == wanted.to_string(),
        #[allow(clippy::cast_precision_loss, reason = "as above")]
        (Number::Int(wanted), Scalar::Float(number)) => wanted as f64 == *number,
        (Number::Float(wanted), _) => number(value) == Some(wanted),
        _ => false,
    }
}

/// The part of a time spelled as RFC 3339 or `YYYY-MM-DD hh:mm:ss`, in the zone it is spelled in.
fn time_part(text: &str, part: TimePart) -> Option<i64> {
    let digits =
        |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok().filter(|n| *n >= 0);
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    if text.get(4..5)? != "-" || text.get(7..8)? != "-" {
        return None;
    }
    match part {
        TimePart::Year => Some(year),
        TimePart::Month => Some(month),
        TimePart::Day => Some(day),
        TimePart::Hour => digits(11, 13),
        TimePart::Minute => digits(14, 16),
        TimePart::Week => Some(week(year, month, day)),
    }
}

/// The week of ISO 8601: of the year that its Thursday lies in.
fn week(year: i64, month: i64, day: i64) -> i64 {
    let ordinal = |y: i64, m: i64, d: i64| days(y, m, d) - days(y, 1, 1);
    let weekday = (days(year, month, day) + 3).rem_euclid(7); // Monday is 0; 1970-01-01 was a Thursday
    let thursday = ordinal(year, month, day) + 3 - weekday;
    let length = days(year + 1, 1, 1) - days(year, 1, 1);
    match thursday {
        t if t < 0 => (days(year, 1, 1) - days(year - 1, 1, 1) + t) / 7 + 1,
        t if t >= length => 1,
        t => t / 7 + 1,
    }
}

/// Days since 1970-01-01 (Hinnant's civil calendar).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
