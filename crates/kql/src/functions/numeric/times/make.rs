//! The time of the query, and datetimes and timespans from numbers.
use super::super::support::{Outcome, datetime, function, moment, timespan};
use crate::functions::{Context, Function};
use crate::value::{
    Type, Value,
    time::{self, DAY, HOUR, MINUTE, SECOND},
};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("now", 0, 1, datetime, now),
    function("ago", 1, 1, datetime, ago),
    function("make_datetime", 1, 6, datetime, make_datetime),
    function("make_timespan", 1, 4, timespan, make_timespan),
    function("unixtime_seconds_todatetime", 1, 1, datetime, |_, a| Ok(unix(&a[0], SECOND))),
    function("unixtime_milliseconds_todatetime", 1, 1, datetime, |_, a| {
        Ok(unix(&a[0], time::MILLISECOND))
    }),
    function("unixtime_microseconds_todatetime", 1, 1, datetime, |_, a| {
        Ok(unix(&a[0], time::MICROSECOND))
    }),
    function("unixtime_nanoseconds_todatetime", 1, 1, datetime, |_, a| {
        Ok(moment(a[0].as_long().and_then(|n| time::UNIX.checked_add(n.div_euclid(100)))))
    }),
];

fn now(context: &Context, a: &[Value]) -> Outcome {
    let offset = a.first().map_or(Some(0), Value::as_timespan);
    Ok(moment(offset.and_then(|by| context.now.checked_add(by))))
}

fn ago(context: &Context, a: &[Value]) -> Outcome {
    Ok(moment(a[0].as_timespan().and_then(|by| context.now.checked_sub(by))))
}

/// Year, month, day and maybe hour, minute, second; one value alone is converted.
fn make_datetime(_: &Context, a: &[Value]) -> Outcome {
    if let [one] = a {
        return Ok(one.cast(Type::DateTime));
    }
    let number = |at: usize, missing: i64| a.get(at).map_or(Some(missing), Value::as_long);
    let seconds = a.get(5).map_or(Some(0), ticks_of_minute);
    let made = || {
        let (hour, minute) = (number(3, 0)?, number(4, 0)?);
        let clock = (0..24).contains(&hour) && (0..60).contains(&minute);
        let of_day = clock.then(|| hour * HOUR + minute * MINUTE)? + seconds?;
        time::ticks(number(0, 1)?, number(1, 1)?, number(2, 1)?, of_day)
    };
    Ok(moment(made()))
}

/// Seconds as ticks; none for what is more than a minute.
fn ticks_of_minute(value: &Value) -> Option<i64> {
    let seconds = value.as_real().filter(|s| (0.0..60.0).contains(s))?;
    Some((seconds * SECOND as f64).round() as i64)
}

/// Hours and minutes, hours, minutes and seconds, or all after the days; one value alone is converted.
fn make_timespan(_: &Context, a: &[Value]) -> Outcome {
    if let [one] = a {
        return Ok(one.cast(Type::TimeSpan));
    }
    let (days, rest) = match a {
        [days, rest @ ..] if a.len() == 4 => (days.as_long(), rest),
        rest => (Some(0), rest),
    };
    let made = || {
        let (hours, minutes) = (rest[0].as_long()?, rest[1].as_long()?);
        let seconds = rest.get(2).map_or(Some(0), ticks_of_minute)?;
        let clock = (0..24).contains(&hours) && (0..60).contains(&minutes);
        let of_day = clock.then(|| hours * HOUR + minutes * MINUTE)? + seconds;
        days?.checked_mul(DAY)?.checked_add(of_day)
    };
    Ok(made().map_or(Value::Null, Value::TimeSpan))
}

fn unix(value: &Value, unit: i64) -> Value {
    let ticks = match value {
        Value::Real(n) => {
            let ticks = (n * unit as f64).round();
            (ticks.abs() < 9e18).then_some(ticks as i64)
        }
        Value::Decimal(_) => return unix(&value.cast(Type::Real), unit),
        value => value.as_long().and_then(|n| n.checked_mul(unit)),
    };
    moment(ticks.and_then(|ticks| time::UNIX.checked_add(ticks)))
}
