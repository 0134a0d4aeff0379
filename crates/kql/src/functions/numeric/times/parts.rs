//! The parts of a datetime.
use super::super::support::{Outcome, aliased, function, int, timespan};
use super::calendar::{Unit, start};
use crate::functions::{Context, Function};
use crate::value::{
    Value,
    time::{self, Civil, DAY, civil},
};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("getyear", 1, 1, int, |_, a| part(&a[0], |c| c.year)),
    aliased(function("monthofyear", 1, 1, int, |_, a| part(&a[0], |c| c.month)), &["getmonth"]),
    function("dayofmonth", 1, 1, int, |_, a| part(&a[0], |c| c.day)),
    function("dayofyear", 1, 1, int, |_, a| part(&a[0], |c| day_of_year(&c))),
    function("hourofday", 1, 1, int, |_, a| part(&a[0], |c| c.of_day / time::HOUR)),
    aliased(function("week_of_year", 1, 1, int, |_, a| part(&a[0], |c| week(&c))), &["weekofyear"]),
    function("dayofweek", 1, 1, timespan, day_of_week),
    aliased(function("datetime_part", 2, 2, int, datetime_part), &["datepart"]),
];

fn part(value: &Value, of: impl Fn(Civil) -> i64) -> Outcome {
    let found = value.as_datetime().and_then(|at| i32::try_from(of(civil(at))).ok());
    Ok(found.map_or(Value::Null, Value::Int))
}

fn day_of_year(c: &Civil) -> i64 {
    time::days(c.year, c.month, c.day) - time::days(c.year, 1, 1) + 1
}

/// ISO 8601: weeks start on Monday, the first one has the year's first Thursday.
fn week(c: &Civil) -> i64 {
    let day = time::days(c.year, c.month, c.day);
    let thursday = day - day.rem_euclid(7) + 3;
    let year = civil(thursday * DAY).year;
    (thursday - time::days(year, 1, 1)) / 7 + 1
}

/// The days since Sunday. The last days of the calendar have none: their week does not end.
fn day_of_week(_: &Context, a: &[Value]) -> Outcome {
    let Some(at) = a[0].as_datetime() else { return Ok(Value::Null) };
    let ends = start(at, Unit::Week, 1).is_some_and(|next| next - 1 <= time::LAST);
    let days = (at.div_euclid(DAY) + 1).rem_euclid(7);
    Ok(if ends { Value::TimeSpan(days * DAY) } else { Value::Null })
}

fn datetime_part(_: &Context, a: &[Value]) -> Outcome {
    let name = a[0].to_text();
    let of_second = |c: Civil| c.of_day % time::SECOND;
    match name.trim().to_ascii_lowercase().as_str() {
        "year" => part(&a[1], |c| c.year),
        "quarter" => part(&a[1], |c| (c.month - 1) / 3 + 1),
        "month" => part(&a[1], |c| c.month),
        "week_of_year" | "weekofyear" | "week" => part(&a[1], |c| week(&c)),
        "day" => part(&a[1], |c| c.day),
        "dayofyear" | "day_of_year" => part(&a[1], |c| day_of_year(&c)),
        "hour" => part(&a[1], |c| c.of_day / time::HOUR),
        "minute" => part(&a[1], |c| c.of_day / time::MINUTE % 60),
        "second" => part(&a[1], |c| c.of_day / time::SECOND % 60),
        "millisecond" => part(&a[1], |c| of_second(c) / time::MILLISECOND),
        "microsecond" => part(&a[1], |c| of_second(c) / time::MICROSECOND),
        "nanosecond" => part(&a[1], |c| of_second(c) * 100),
        _ => Err(format!("`{name}` is no part of a date")),
    }
}
