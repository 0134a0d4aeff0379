//! Functions on datetimes and timespans.
use super::fn_numeric::{call, long, real, text};
use kql::value::{Type, Value, time};

fn at(text: &str) -> Value {
    Value::DateTime(time::parse_datetime(text).unwrap_or_else(|| panic!("no time: {text}")))
}

fn span(text: &str) -> Value {
    Value::TimeSpan(time::parse_timespan(text).unwrap_or_else(|| panic!("no span: {text}")))
}

#[test]
fn bins() {
    let t = at("1955-11-05 06:15:00.5");
    assert_eq!(call("bin", &[t.clone(), span("1h")]), at("1955-11-05 06:00"));
    assert_eq!(call("bin", &[t.clone(), span("7d")]), at("1955-10-31"));
    assert_eq!(call("bin", &[t.clone(), span("-1h")]), Value::Null);
    let fixed = at("1955-11-05 00:30");
    assert_eq!(call("bin_at", &[t, span("3h"), fixed]), at("1955-11-05 03:30"));
    let wanted = at("2017-05-14");
    assert_eq!(call("bin_at", &[at("2017-05-17 10:20"), span("7d"), at("2017-06-04")]), wanted);
}

#[test]
fn starts_and_ends() {
    let t = at("2017-01-01 10:10:17");
    for (name, offset, wanted) in [
        ("startofweek", -1, "2016-12-25"),
        ("startofweek", 0, "2017-01-01"),
        ("startofmonth", -13, "2015-12-01"),
        ("startofyear", 1, "2018-01-01"),
        ("startofday", 3, "2017-01-04"),
        ("endofweek", -1, "2016-12-31 23:59:59.9999999"),
        ("endofmonth", 1, "2017-02-28 23:59:59.9999999"),
        ("endofyear", 0, "2017-12-31 23:59:59.9999999"),
        ("endofday", 0, "2017-01-01 23:59:59.9999999"),
    ] {
        assert_eq!(call(name, &[t.clone(), long(offset)]), at(wanted), "{name} {offset}");
    }
    let last = Value::DateTime(time::LAST);
    assert_eq!(call("endofmonth", std::slice::from_ref(&last)), last);
    assert_eq!(call("startofyear", &[last, long(i64::MAX)]), Value::Null);
}

#[test]
fn steps() {
    for (part, by, from, wanted) in [
        ("month", 1, "2020-01-31 23:59:59.9999999", "2020-02-29 23:59:59.9999999"),
        ("quarter", -3, "2020-02-29 12:00", "2019-05-29 12:00"),
        ("year", 1, "2020-02-29", "2021-02-28"),
        ("Week", 100, "2017-01-01", "2018-12-02"),
        ("millisecond", 1_500, "2020-01-01", "2020-01-01 00:00:01.5"),
    ] {
        assert_eq!(call("datetime_add", &[text(part), long(by), at(from)]), at(wanted), "{part}");
    }
    let first = at("0001-01-01 12:00");
    assert_eq!(call("datetime_add", &[text("day"), long(-1), first.clone()]), Value::Null);
    assert_eq!(call("datetime_add", &[text("year"), long(i64::MAX), first]), Value::Null);
}

#[test]
fn differences() {
    for (part, a, b, wanted) in [
        ("year", "2017-01-01", "2000-12-31", 17),
        ("quarter", "2017-07-01", "2017-03-30", 2),
        ("month", "2017-01-01", "2015-12-30", 13),
        ("week", "2017-10-29", "2017-09-30 23:59", 5),
        ("day", "2017-10-29", "2017-09-30 23:59", 29),
        ("hour", "2017-10-31 01:00", "2017-10-30 23:59", 2),
        ("minute", "2020-01-01", "2020-01-01 13:45", -825),
        ("second", "2020-01-01 00:00:01.9999999", "2020-01-01 00:00:00.0000001", 1),
        ("microsecond", "2020-01-01 00:00:00.0000020", "2020-01-01 00:00:00.0000005", 2),
        ("nanosecond", "2017-10-30 23:00:00", "2017-10-30 23:00:00.0000007", -700),
    ] {
        assert_eq!(call("datetime_diff", &[text(part), at(a), at(b)]), long(wanted), "{part}");
    }
}

#[test]
fn parts() {
    let t = at("2017-10-30 01:02:03.7654321");
    for (part, wanted) in [
        ("quarter", 4),
        ("week_of_year", 44),
        ("dayOfYear", 303),
        ("millisecond", 765),
        ("microsecond", 765_432),
        ("nanosecond", 765_432_100),
    ] {
        assert_eq!(call("datetime_part", &[text(part), t.clone()]), Value::Int(wanted), "{part}");
    }
    for (day, week) in
        [("2016-01-01", 53), ("2017-01-01", 52), ("2021-01-03", 53), ("2019-01-01", 1)]
    {
        assert_eq!(call("week_of_year", &[at(day)]), Value::Int(week), "{day}");
    }
    assert_eq!(call("dayofweek", &[at("1970-05-11")]), span("1d"));
    assert_eq!(call("dayofweek", &[at("9999-12-31")]), Value::Null);
    assert_eq!(call("dayofyear", &[at("2020-12-31")]), Value::Int(366));
    assert_eq!(call("hourofday", &[at("2015-12-14 18:54")]), Value::Int(18));
    assert_eq!(call("getmonth", &[Value::Null]), Value::Null);
}

#[test]
fn made() {
    let numbers = |all: &[f64]| all.iter().map(|n| real(*n)).collect::<Vec<_>>();
    let made = call("make_datetime", &numbers(&[2020.0, 2.0, 29.0, 23.0, 59.0, 59.999_999_9]));
    assert_eq!(made, at("2020-02-29 23:59:59.9999999"));
    assert_eq!(call("make_datetime", &numbers(&[2021.0, 2.0, 29.0])), Value::Null);
    assert_eq!(call("make_timespan", &numbers(&[1.0, 2.0, 3.0])), span("01:02:03"));
    assert_eq!(call("make_timespan", &numbers(&[25.0, 70.0])), Value::Null);
    assert_eq!(call("make_timespan", &numbers(&[-1.0, -2.0])), Value::Null);
    assert_eq!(call("make_timespan", &numbers(&[0.0, 0.0, 0.0, 1e-7])), Value::TimeSpan(1));
    let unix = [("seconds", 1_546_300_800), ("milliseconds", 1_546_300_800_000)];
    for (unit, n) in unix {
        assert_eq!(call(&format!("unixtime_{unit}_todatetime"), &[long(n)]), at("2019-01-01"));
    }
    assert_eq!(call("unixtime_seconds_todatetime", &[long(i64::MAX)]), Value::Null);
    assert_eq!(call("now", &[]).type_of(), Some(Type::DateTime));
    assert_eq!(call("ago", &[Value::TimeSpan(i64::MIN)]), Value::Null);
}

#[test]
fn formats() {
    for (t, format, wanted) in [
        ("2017-01-29 09:00:05", "yy-MM-dd [HH:mm:ss]", "17-01-29 [09:00:05]"),
        ("2007-03-09 05:04:03", "dddd, MMMM d, yyyy", "0909, 0303 9, 2007"),
        ("2007-03-09 05:04:03", "ddd MMM", "099 033"),
        ("2020-06-15 13:45:09", "M/d/yyyy h:mm:ss tt", "6/15/2020 1:45:09 PM"),
        ("2007-03-09 00:30:00", "hh:mm tt", "12:30 AM"),
        ("2020-06-15 13:45:09.0000007", "FFFFFFF", "0000007"),
        ("2020-06-15 13:45:09", "FFFFFFF", ""),
        ("2007-03-09 05:04:03.5", "s.f", "3.5"),
    ] {
        assert_eq!(call("format_datetime", &[at(t), text(format)]), text(wanted), "{format}");
    }
    for (t, format, wanted) in [
        ("29.09:00:05.12345", "dd.hh:mm:ss:FF", "29.09:00:05:12"),
        ("29.09:00:05.12345", "ddd.h:mm:ss [fffffff]", "029.9:00:05 [1234500]"),
        ("-1.02:00:00", "d.hh:mm", "-1.02:00"),
        ("1.02:01:00", "h:m", "2:1"),
    ] {
        assert_eq!(call("format_timespan", &[span(t), text(format)]), text(wanted), "{format}");
    }
    assert_eq!(call("format_datetime", &[Value::Null, text("yyyy")]), text(""));
}

#[test]
fn zones() {
    let local = at("2020-02-02 20:02:20");
    for (zone, wanted) in [
        ("US/Pacific", "2020-02-03 04:02:20"),
        ("America/Chicago", "2020-02-03 02:02:20"),
        ("Europe/Paris", "2020-02-02 19:02:20"),
    ] {
        let utc = call("datetime_local_to_utc", &[local.clone(), text(zone)]);
        assert_eq!(utc, at(wanted));
        assert_eq!(call("datetime_utc_to_local", &[utc, text(zone)]), local);
    }
    // a time that the place skips
    let skipped = [at("2022-03-27 02:00"), text("Europe/Brussels")];
    assert_eq!(call("datetime_local_to_utc", &skipped), at("2022-03-27 00:00"));
    assert_eq!(call("datetime_local_to_utc", &[local, text("Mars/Base")]), Value::Null);
}
