//! Starts and ends of days, weeks, months and years, and steps between them.
use super::super::support::{Outcome, datetime, function, long, moment};
use crate::functions::{Context, Function};
use crate::value::{
    Value,
    time::{self, DAY, civil},
};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("startofday", 1, 2, datetime, |_, a| starts(a, Unit::Day)),
    function("startofweek", 1, 2, datetime, |_, a| starts(a, Unit::Week)),
    function("startofmonth", 1, 2, datetime, |_, a| starts(a, Unit::Month)),
    function("startofyear", 1, 2, datetime, |_, a| starts(a, Unit::Year)),
    function("endofday", 1, 2, datetime, |_, a| ends(a, Unit::Day)),
    function("endofweek", 1, 2, datetime, |_, a| ends(a, Unit::Week)),
    function("endofmonth", 1, 2, datetime, |_, a| ends(a, Unit::Month)),
    function("endofyear", 1, 2, datetime, |_, a| ends(a, Unit::Year)),
    function("datetime_add", 3, 3, datetime, add),
    function("datetime_diff", 3, 3, long, diff),
];

/// What a datetime is counted in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

impl Unit {
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "year" => Self::Year,
            "quarter" => Self::Quarter,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" => Self::Day,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            "second" => Self::Second,
            "millisecond" => Self::Millisecond,
            "microsecond" => Self::Microsecond,
            "nanosecond" => Self::Nanosecond,
            _ => return None,
        })
    }

    /// Ticks, of the units that are of one length.
    fn ticks(self) -> Option<i64> {
        Some(match self {
            Self::Week => 7 * DAY,
            Self::Day => DAY,
            Self::Hour => time::HOUR,
            Self::Minute => time::MINUTE,
            Self::Second => time::SECOND,
            Self::Millisecond => time::MILLISECOND,
            Self::Microsecond => time::MICROSECOND,
            Self::Year | Self::Quarter | Self::Month | Self::Nanosecond => return None,
        })
    }
}

/// The start of the unit that is `offset` of them further; may lie outside of the calendar.
pub(super) fn start(at: i64, unit: Unit, offset: i64) -> Option<i64> {
    let months = |first: i64| -> Option<i64> {
        let month =
            first.checked_add(offset.checked_mul(if unit == Unit::Year { 12 } else { 1 })?)?;
        let year = month.div_euclid(12);
        (-1..=10_001).contains(&year).then(|| time::days(year, month.rem_euclid(12) + 1, 1) * DAY)
    };
    let c = civil(at);
    match unit {
        Unit::Year => months(c.year * 12),
        Unit::Month => months(c.year * 12 + c.month - 1),
        // the first day was a Monday
        Unit::Week => {
            let sunday = (at.div_euclid(DAY) + 1).div_euclid(7) * 7 - 1;
            sunday.checked_add(offset.checked_mul(7)?)?.checked_mul(DAY)
        }
        _ => at.div_euclid(DAY).checked_add(offset)?.checked_mul(DAY),
    }
}

fn offset(a: &[Value]) -> Option<i64> {
    a.get(1).map_or(Some(0), Value::as_long)
}

fn starts(a: &[Value], unit: Unit) -> Outcome {
    let found = a[0].as_datetime().zip(offset(a)).and_then(|(at, by)| start(at, unit, by));
    Ok(moment(found))
}

fn ends(a: &[Value], unit: Unit) -> Outcome {
    let next = |(at, by): (i64, i64)| start(at, unit, by.checked_add(1)?)?.checked_sub(1);
    Ok(moment(a[0].as_datetime().zip(offset(a)).and_then(next)))
}

fn unit_of(value: &Value) -> Result<Unit, String> {
    let name = value.to_text();
    Unit::parse(&name).ok_or_else(|| format!("`{name}` is no part of a date: year, quarter, month, week, day, hour, minute, second, millisecond, microsecond or nanosecond"))
}

fn add(_: &Context, a: &[Value]) -> Outcome {
    let unit = unit_of(&a[0])?;
    let Some((by, at)) = a[1].as_long().zip(a[2].as_datetime()) else { return Ok(Value::Null) };
    Ok(moment(match unit {
        Unit::Year => by.checked_mul(12).and_then(|by| add_months(at, by)),
        Unit::Quarter => by.checked_mul(3).and_then(|by| add_months(at, by)),
        Unit::Month => add_months(at, by),
        Unit::Nanosecond => at.checked_add(by / 100),
        unit => unit.ticks().and_then(|one| at.checked_add(by.checked_mul(one)?)),
    }))
}

/// A day that the month does not have becomes its last.
fn add_months(at: i64, by: i64) -> Option<i64> {
    let c = civil(at);
    let month = (c.year * 12 + c.month - 1).checked_add(by)?;
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    if !(1..=9_999).contains(&year) {
        return None;
    }
    time::ticks(year, month, c.day.min(time::month_length(year, month)), c.of_day)
}

/// How many borders of the unit lie between the two.
fn diff(_: &Context, a: &[Value]) -> Outcome {
    let unit = unit_of(&a[0])?;
    let Some((to, from)) = a[1].as_datetime().zip(a[2].as_datetime()) else {
        return Ok(Value::Null);
    };
    let number = |at: i64| match unit {
        Unit::Year => civil(at).year,
        Unit::Quarter => civil(at).year * 4 + (civil(at).month - 1) / 3,
        Unit::Month => civil(at).year * 12 + civil(at).month,
        Unit::Week => (at.div_euclid(DAY) + 1).div_euclid(7),
        unit => at.div_euclid(unit.ticks().unwrap_or(1)),
    };
    let steps = number(to) - number(from);
    Ok(Value::Long(if unit == Unit::Nanosecond { steps.saturating_mul(100) } else { steps }))
}
