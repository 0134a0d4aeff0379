//! Between UTC and the time of a place, by the IANA time zone database that is built in.
use super::super::support::{Outcome, datetime, dynamic, function, moment};
use crate::functions::{Context, Function};
use crate::value::{
    Dyn, Value,
    time::{DAY, HOUR, MINUTE, SECOND, UNIX, civil},
};
use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{TimeZone, TimeZoneDatabase},
};
use std::sync::LazyLock;

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("datetime_utc_to_local", 2, 2, datetime, to_local),
    function("datetime_local_to_utc", 2, 2, datetime, to_utc),
    function("datetime_list_timezones", 0, 0, dynamic, list),
];

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

fn zone(name: &Value) -> Option<TimeZone> {
    ZONES.get(&name.to_text()).ok()
}

fn to_local(_: &Context, a: &[Value]) -> Outcome {
    let local = || {
        let at = a[0].as_datetime()?;
        let seconds = (at - UNIX).div_euclid(SECOND);
        let offset = zone(&a[1])?.to_offset(Timestamp::from_second(seconds).ok()?);
        at.checked_add(i64::from(offset.seconds()) * SECOND)
    };
    Ok(moment(local()))
}

/// Of a time that is skipped or comes twice in the place, the earlier of the two that it may be.
fn to_utc(_: &Context, a: &[Value]) -> Outcome {
    let utc = || {
        let at = a[0].as_datetime()?;
        let (c, second) = (civil(at), at.rem_euclid(DAY) / SECOND);
        let small = |n: i64| i8::try_from(n).ok();
        let local = DateTime::new(
            i16::try_from(c.year).ok()?,
            small(c.month)?,
            small(c.day)?,
            small(c.of_day / HOUR)?,
            small(c.of_day / MINUTE % 60)?,
            small(second % 60)?,
            0,
        );
        let found = zone(&a[1])?.to_ambiguous_timestamp(local.ok()?).earlier().ok()?;
        (found.as_second() * SECOND).checked_add(UNIX + at.rem_euclid(SECOND))
    };
    Ok(moment(utc()))
}

fn list(_: &Context, _: &[Value]) -> Outcome {
    let names = ZONES.available().map(|name| Dyn::Str(name.as_str().into())).collect();
    Ok(Value::dynamic(Dyn::Array(names)))
}
