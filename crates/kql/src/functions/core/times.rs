//! Times and time spans.
use super::support::{Outcome, datetime, function, int, long, string, text, timespan};
use crate::{
    functions::{Context, Function},
    value::{
        Value,
        time::{self, Civil},
    },
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("now", &[], (0, 1), datetime, |c, a| {
        Ok(Value::DateTime(
            c.now.saturating_add(a.first().and_then(Value::as_timespan).unwrap_or(0)),
        ))
    }),
    function("ago", &[], (1, 1), datetime, |c, a| {
        Ok(a[0]
            .as_timespan()
            .map_or(Value::Null, |span| Value::DateTime(c.now.saturating_sub(span))))
    }),
    function("around", &[], (3, 3), super::support::boolean, |_, a| {
        let span = a[2].as_timespan().map(i64::saturating_abs);
        Ok(match (a[0].as_datetime(), a[1].as_datetime(), span) {
            (Some(t), Some(middle), Some(span)) => Value::Bool((t - middle).abs() <= span),
            _ => Value::Null,
        })
    }),
    function("datetime_add", &[], (3, 3), datetime, datetime_add),
    function("datetime_diff", &[], (3, 3), long, datetime_diff),
    function("datetime_part", &["datepart"], (2, 2), int, datetime_part),
    function("startofday", &[], (1, 2), datetime, |_, a| bound(a, "day", false)),
    function("startofweek", &[], (1, 2), datetime, |_, a| bound(a, "week", false)),
    function("startofmonth", &[], (1, 2), datetime, |_, a| bound(a, "month", false)),
    function("startofyear", &[], (1, 2), datetime, |_, a| bound(a, "year", false)),
    function("endofday", &[], (1, 2), datetime, |_, a| bound(a, "day", true)),
    function("endofweek", &[], (1, 2), datetime, |_, a| bound(a, "week", true)),
    function("endofmonth", &[], (1, 2), datetime, |_, a| bound(a, "month", true)),
    function("endofyear", &[], (1, 2), datetime, |_, a| bound(a, "year", true)),
    function("dayofweek", &[], (1, 1), timespan, |_, a| {
        of(&a[0], |t, _| Value::TimeSpan(weekday(t) * time::DAY))
    }),
    function("dayofmonth", &[], (1, 1), int, |_, a| of(&a[0], |_, c| number(c.day))),
    function("dayofyear", &[], (1, 1), int, |_, a| {
        of(&a[0], |t, c| number(t.div_euclid(time::DAY) - time::days(c.year, 1, 1) + 1))
    }),
    function("week_of_year", &["weekofyear"], (1, 1), int, |_, a| {
        of(&a[0], |t, _| number(iso_week(t)))
    }),
    function("monthofyear", &["getmonth"], (1, 1), int, |_, a| of(&a[0], |_, c| number(c.month))),
    function("getyear", &[], (1, 1), int, |_, a| of(&a[0], |_, c| number(c.year))),
    function("hourofday", &[], (1, 1), int, |_, a| of(&a[0], |_, c| number(c.of_day / time::HOUR))),
    function("make_datetime", &[], (1, 7), datetime, make_datetime),
    function("make_timespan", &[], (2, 4), timespan, make_timespan),
    function("unixtime_seconds_todatetime", &[], (1, 1), datetime, |_, a| {
        unix(&a[0], time::SECOND)
    }),
    function("unixtime_milliseconds_todatetime", &[], (1, 1), datetime, |_, a| {
        unix(&a[0], time::MILLISECOND)
    }),
    function("unixtime_microseconds_todatetime", &[], (1, 1), datetime, |_, a| {
        unix(&a[0], time::MICROSECOND)
    }),
    function("unixtime_nanoseconds_todatetime", &[], (1, 1), datetime, |_, a| {
        Ok(a[0].as_long().map_or(Value::Null, |n| within(time::UNIX.checked_add(n / 100))))
    }),
    function("format_datetime", &[], (2, 2), string, |_, a| {
        text(a[0].as_datetime().map_or_else(String::new, |t| format(t, &a[1].to_text(), false)))
    }),
    function("format_timespan", &[], (2, 2), string, |_, a| {
        text(a[0].as_timespan().map_or_else(String::new, |t| format(t, &a[1].to_text(), true)))
    }),
];

fn number(n: i64) -> Value {
    i32::try_from(n).map_or(Value::Null, Value::Int)
}

fn within(ticks: Option<i64>) -> Value {
    ticks.filter(|t| (0..=time::LAST).contains(t)).map_or(Value::Null, Value::DateTime)
}

fn of(value: &Value, f: fn(i64, Civil) -> Value) -> Outcome {
    Ok(value.as_datetime().map_or(Value::Null, |t| f(t, time::civil(t))))
}

/// Sunday is 0; 0001-01-01 was a Monday.
fn weekday(t: i64) -> i64 {
    (t.div_euclid(time::DAY) + 1).rem_euclid(7)
}

/// The week of the year in which its Thursday lies.
fn iso_week(t: i64) -> i64 {
    let day = t.div_euclid(time::DAY);
    let thursday = day - (weekday(t) + 6).rem_euclid(7) + 3;
    let year = time::civil(thursday * time::DAY).year;
    (thursday - time::days(year, 1, 1)) / 7 + 1
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the cast saturates and is looked at"
)]
fn unix(value: &Value, unit: i64) -> Outcome {
    Ok(match value {
        Value::Int(_) | Value::Long(_) => value.as_long().map_or(Value::Null, |n| {
            within(n.checked_mul(unit).and_then(|t| t.checked_add(time::UNIX)))
        }),
        other => other.as_real().map_or(Value::Null, |n| {
            within(((n * unit as f64).round() as i64).checked_add(time::UNIX))
        }),
    })
}

/// So many months later; the day is cut to the length of the month.
fn months(t: i64, by: i64) -> Option<i64> {
    let c = time::civil(t);
    let all = (c.year * 12 + c.month - 1).checked_add(by)?;
    let (year, month) = (all.div_euclid(12), all.rem_euclid(12) + 1);
    time::ticks(year, month, c.day.min(time::month_length(year, month)), c.of_day)
}

fn unit(name: &str) -> Option<i64> {
    Some(match name {
        "week" => 7 * time::DAY,
        "day" => time::DAY,
        "hour" => time::HOUR,
        "minute" => time::MINUTE,
        "second" => time::SECOND,
        "millisecond" => time::MILLISECOND,
        "microsecond" => time::MICROSECOND,
        _ => return None,
    })
}

fn datetime_add(_: &Context, args: &[Value]) -> Outcome {
    let name = args[0].to_text().to_lowercase();
    let (Some(by), Some(t)) = (args[1].as_long(), args[2].as_datetime()) else {
        return Ok(Value::Null);
    };
    Ok(match name.as_str() {
        "year" => {
            by.checked_mul(12).and_then(|by| months(t, by)).map_or(Value::Null, Value::DateTime)
        }
        "quarter" => {
            by.checked_mul(3).and_then(|by| months(t, by)).map_or(Value::Null, Value::DateTime)
        }
        "month" => months(t, by).map_or(Value::Null, Value::DateTime),
        "nanosecond" => within(t.checked_add(by / 100)),
        other => match unit(other) {
            Some(unit) => within(by.checked_mul(unit).and_then(|by| t.checked_add(by))),
            None => {
                return Err(format!(
                    "`{other}` is no part of a time: year, quarter, month, week, day, hour, minute, second, millisecond, microsecond"
                ));
            }
        },
    })
}

/// How many boundaries of the unit lie between.
fn datetime_diff(_: &Context, args: &[Value]) -> Outcome {
    let name = args[0].to_text().to_lowercase();
    let (Some(a), Some(b)) = (args[1].as_datetime(), args[2].as_datetime()) else {
        return Ok(Value::Null);
    };
    let (x, y) = (time::civil(a), time::civil(b));
    Ok(Value::Long(match name.as_str() {
        "year" => x.year - y.year,
        "quarter" => (x.year * 4 + (x.month - 1) / 3) - (y.year * 4 + (y.month - 1) / 3),
        "month" => (x.year * 12 + x.month) - (y.year * 12 + y.month),
        // weeks begin on Sunday
        "week" => {
            (a.div_euclid(time::DAY) + 1).div_euclid(7)
                - (b.div_euclid(time::DAY) + 1).div_euclid(7)
        }
        "nanosecond" => (a - b).wrapping_mul(100),
        other => match unit(other) {
            Some(unit) => a.div_euclid(unit) - b.div_euclid(unit),
            None => return Err(format!("`{other}` is no part of a time")),
        },
    }))
}

fn datetime_part(_: &Context, args: &[Value]) -> Outcome {
    let name = args[0].to_text().to_lowercase();
    let Some(t) = args[1].as_datetime() else { return Ok(Value::Null) };
    let c = time::civil(t);
    Ok(number(match name.as_str() {
        "year" => c.year,
        "quarter" => (c.month - 1) / 3 + 1,
        "month" => c.month,
        "week_of_year" | "weekofyear" | "week" => iso_week(t),
        "day" => c.day,
        "dayofyear" => t.div_euclid(time::DAY) - time::days(c.year, 1, 1) + 1,
        "hour" => c.of_day / time::HOUR,
        "minute" => c.of_day / time::MINUTE % 60,
        "second" => c.of_day / time::SECOND % 60,
        "millisecond" => c.of_day / time::MILLISECOND % 1_000,
        "microsecond" => c.of_day / time::MICROSECOND % 1_000_000,
        "nanosecond" => c.of_day % time::SECOND * 100,
        other => return Err(format!("`{other}` is no part of a time")),
    }))
}

/// The first or last tick of the unit that the time lies in, so many units further.
fn bound(args: &[Value], name: &str, end: bool) -> Outcome {
    let Some(t) = args[0].as_datetime() else { return Ok(Value::Null) };
    let by = args.get(1).map_or(Some(0), Value::as_long);
    let Some(by) = by else { return Ok(Value::Null) };
    let c = time::civil(t);
    let midnight = t - c.of_day;
    type Step = fn(i64, i64) -> Option<i64>;
    let (start, step): (Option<i64>, Step) = match name {
        "day" => (Some(midnight), |t, by| t.checked_add(by.checked_mul(time::DAY)?)),
        "week" => (Some(midnight - weekday(t) * time::DAY), |t, by| {
            t.checked_add(by.checked_mul(7 * time::DAY)?)
        }),
        "month" => (time::ticks(c.year, c.month, 1, 0), months),
        _ => (time::ticks(c.year, 1, 1, 0), |t, by| months(t, by.checked_mul(12)?)),
    };
    let found = start.and_then(|start| step(start, if end { by.checked_add(1)? } else { by }));
    if end && found.is_none() && c.year == 9_999 && by == 0 {
        return Ok(Value::DateTime(time::LAST));
    }
    Ok(within(found.map(|t| if end { t - 1 } else { t })))
}

fn make_datetime(_: &Context, args: &[Value]) -> Outcome {
    if let [one] = args {
        return Ok(one.cast(crate::value::Type::DateTime));
    }
    let at = |place: usize, other: i64| args.get(place).map_or(Some(other), Value::as_long);
    let parts = (at(0, 1), at(1, 1), at(2, 1), at(3, 0), at(4, 0));
    let (Some(year), Some(month), Some(day), Some(hour), Some(minute)) = parts else {
        return Ok(Value::Null);
    };
    let second = args.get(5).map_or(Some(0.0), Value::as_real);
    let Some(second) = second.filter(|s| (0.0..60.0).contains(s)) else { return Ok(Value::Null) };
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) {
        return Ok(Value::Null);
    }
    let of_day = hour * time::HOUR + minute * time::MINUTE + ticks_of(second);
    Ok(time::ticks(year, month, day, of_day).map_or(Value::Null, Value::DateTime))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "below a minute")]
fn ticks_of(seconds: f64) -> i64 {
    (seconds * time::SECOND as f64).round() as i64
}

fn make_timespan(_: &Context, args: &[Value]) -> Outcome {
    let numbers: Option<Vec<f64>> = args.iter().map(Value::as_real).collect();
    let Some(numbers) = numbers else { return Ok(Value::Null) };
    let (day, hour, minute, second) = match numbers.as_slice() {
        [h, m] => (0.0, *h, *m, 0.0),
        [h, m, s] => (0.0, *h, *m, *s),
        [d, h, m, s] => (*d, *h, *m, *s),
        _ => return Ok(Value::Null),
    };
    if !(0.0..24.0).contains(&hour)
        || !(0.0..60.0).contains(&minute)
        || !(0.0..60.0).contains(&second)
        || !(0.0..1e7).contains(&day)
    {
        return Ok(Value::Null);
    }
    Ok(Value::TimeSpan(
        ticks_of(day * 86_400.0 + hour * 3_600.0 + minute * 60.0) + ticks_of(second),
    ))
}

/// Letters of the pattern stand for parts of the time; what is no letter of a part stands for itself.
fn format(t: i64, pattern: &str, span: bool) -> String {
    let c = time::civil(t);
    let (day, of_day) =
        if span { (t.abs() / time::DAY, t.abs() % time::DAY) } else { (c.day, c.of_day) };
    let mut out = if span && t < 0 { "-".to_owned() } else { String::new() };
    let letters: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let letter = letters[at];
        // more letters than a part has are several parts
        let most = match letter {
            'y' => 4,
            'f' | 'F' => 7,
            _ => 2,
        };
        let run = letters[at..].iter().take(most).take_while(|other| **other == letter).count();
        at += run;
        let padded = |n: i64| format!("{n:0run$}");
        let fraction =
            || format!("{:07}", of_day % time::SECOND).chars().take(run.min(7)).collect::<String>();
        match letter {
            'y' if run <= 2 => out.push_str(&padded(c.year % 100)),
            'y' => out.push_str(&padded(c.year)),
            'M' => out.push_str(&padded(c.month)),
            'd' => out.push_str(&padded(day)),
            'H' => out.push_str(&padded(of_day / time::HOUR)),
            'h' if span => out.push_str(&padded(of_day / time::HOUR)),
            'h' => out.push_str(&padded((of_day / time::HOUR + 11) % 12 + 1)),
            'm' => out.push_str(&padded(of_day / time::MINUTE % 60)),
            's' => out.push_str(&padded(of_day / time::SECOND % 60)),
            'f' => out.push_str(&fraction()),
            'F' => out.push_str(fraction().trim_end_matches('0')),
            't' if !span => out.push_str(if of_day < 12 * time::HOUR { "AM" } else { "PM" }),
            other => out.extend(std::iter::repeat_n(other, run)),
        }
    }
    out
}
