//! Datetimes and timespans: ticks of 100 nanoseconds, the former since 0001-01-01 and up to 9999-12-31, UTC.
use std::fmt::Write as _;

pub const MICROSECOND: i64 = 10;
pub const MILLISECOND: i64 = 10_000;
pub const SECOND: i64 = 10_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
/// 9999-12-31T23:59:59.9999999
pub const LAST: i64 = 3_155_378_975_999_999_999;
/// 1970-01-01.
pub const UNIX: i64 = 621_355_968_000_000_000;

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    /// Ticks since midnight.
    pub of_day: i64,
}

/// Days from 0001-01-01 to the first of `month` of `year`, both from 1 (proleptic Gregorian).
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month <= 2 { (year - 1, month + 12) } else { (year, month) };
    365 * y + y.div_euclid(4) - y.div_euclid(100)
        + y.div_euclid(400)
        + (153 * (m - 3) + 2) / 5
        + day
        - 307
}

pub fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub fn civil(ticks: i64) -> Civil {
    let (day_number, of_day) = (ticks.div_euclid(DAY), ticks.rem_euclid(DAY));
    let z = day_number + 306; // since 0000-03-01
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let m = (5 * day_of_year + 2) / 153;
    let month = if m < 10 { m + 3 } else { m - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Civil { year, month, day: day_of_year - (153 * m + 2) / 5 + 1, of_day }
}

/// `None` when the date is none or outside of the years 1 to 9999.
pub fn ticks(year: i64, month: i64, day: i64, of_day: i64) -> Option<i64> {
    let real = (1..=9_999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=month_length(year, month)).contains(&day);
    (real && (0..DAY).contains(&of_day)).then(|| days(year, month, day) * DAY + of_day)
}

/// `2020-01-02T03:04:05.0000000Z`
pub fn datetime_text(at: i64) -> String {
    let c = civil(at);
    let second = c.of_day / SECOND;
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z",
        c.year,
        c.month,
        c.day,
        second / 3_600,
        second / 60 % 60,
        second % 60,
        c.of_day % SECOND
    )
}

/// `1.02:03:04.0500000`; days and fraction only where there are any.
pub fn timespan_text(span: i64) -> String {
    let mut out = String::new();
    if span < 0 {
        out.push('-');
    }
    let size = span.unsigned_abs();
    let unit = |unit: i64| unit.unsigned_abs();
    if size >= unit(DAY) {
        let _ = write!(out, "{}.", size / unit(DAY));
    }
    let rest = size % unit(DAY);
    let _ = write!(
        out,
        "{:02}:{:02}:{:02}",
        rest / unit(HOUR),
        rest / unit(MINUTE) % 60,
        rest / unit(SECOND) % 60
    );
    let fraction = rest % unit(SECOND);
    if fraction > 0 {
        let _ = write!(out, ".{fraction:07}");
    }
    out
}

/// Digits behind a point as ticks.
fn fraction(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let kept: String = digits.chars().chain(std::iter::repeat('0')).take(7).collect();
    kept.parse().ok()
}

/// `1.02:03:04.5`, `02:03`, `1d`, `5 minutes`, or a number of days.
pub fn parse_timespan(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let span = if text.contains(':') { clock(text)? } else { unit(text)? };
    Some(if negative { -span } else { span })
}

fn clock(text: &str) -> Option<i64> {
    let mut pieces = text.split(':');
    let first = pieces.next()?;
    let (day, hour) = first.split_once('.').map_or((None, first), |(d, h)| (Some(d), h));
    let number = |digits: &str| {
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse::<i64>().ok())
            .flatten()
    };
    let (mut day, hour, minute) =
        (day.map_or(Some(0), number)?, number(hour)?, number(pieces.next()?)?);
    let (second, part) = match pieces.next() {
        None => (0, 0),
        Some(seconds) => match seconds.split_once('.') {
            Some((s, f)) => (number(s)?, fraction(f)?),
            None => (number(seconds)?, 0),
        },
    };
    let mut hour = hour;
    if let Some(last) = pieces.next() {
        // days:hours:minutes:seconds
        if pieces.next().is_some() || day != 0 {
            return None;
        }
        let (s, f) = last.split_once('.').map_or((last, None), |(s, f)| (s, Some(f)));
        day = hour;
        hour = minute;
        return (hour < 24 && second < 60).then_some(()).and_then(|()| {
            Some(
                day.checked_mul(DAY)?
                    + hour * HOUR
                    + second * MINUTE
                    + number(s)? * SECOND
                    + f.map_or(Some(0), fraction)?,
            )
        });
    }
    if hour >= 24 || minute >= 60 || second >= 60 {
        return None;
    }
    day.checked_mul(DAY)?.checked_add(hour * HOUR + minute * MINUTE + second * SECOND + part)
}

fn unit(text: &str) -> Option<i64> {
    let end =
        text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '+').unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let per = match text[end..].trim().to_ascii_lowercase().as_str() {
        "" | "d" | "day" | "days" => DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "m" | "min" | "minute" | "minutes" => MINUTE,
        "s" | "sec" | "second" | "seconds" => SECOND,
        "ms" | "milli" | "millis" | "millisec" | "millisecond" | "milliseconds" => MILLISECOND,
        "micro" | "micros" | "microsec" | "microsecond" | "microseconds" => MICROSECOND,
        "tick" | "ticks" => 1,
        _ => return None,
    };
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a literal's few digits; the cast saturates"
    )]
    let span = (number * per as f64).round() as i64;
    Some(span)
}

/// ISO 8601 and its common relatives; zones are converted to UTC.
pub fn parse_datetime(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('.');
    iso(text)
        .or_else(|| american(text))
        .or_else(|| rfc(text))
        .or_else(|| named_month(text))
        .filter(|t| (0..=LAST).contains(t))
}

/// Splits off a number of at most `most` digits.
fn take(text: &str, most: usize) -> Option<(i64, &str)> {
    let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    Some((text[..end].parse().ok()?, &text[end..]))
}

fn iso(text: &str) -> Option<i64> {
    let (year, rest) = take(text, 4)?;
    if text.len() - rest.len() != 4 {
        return None;
    }
    let Some(rest) = rest.strip_prefix('-') else {
        return if rest.is_empty() { ticks(year, 1, 1, 0) } else { compact(year, rest) };
    };
    let (month, rest) = take(rest, 2)?;
    let Some(rest) = rest.strip_prefix('-') else {
        return if rest.is_empty() { ticks(year, month, 1, 0) } else { None };
    };
    let (day, rest) = take(rest, 2)?;
    let date = ticks(year, month, day, 0)?;
    match rest.chars().next() {
        None => Some(date),
        Some('T' | 't' | ' ') => of_day(rest[1..].trim_start()).map(|time| date + time),
        Some('Z') => Some(date),
        _ => None,
    }
}

/// `20200102`, `20200102T0304`
fn compact(year: i64, rest: &str) -> Option<i64> {
    let (month, rest) = take(rest, 2)?;
    let (day, rest) = take(rest, 2)?;
    let date = ticks(year, month, day, 0)?;
    if rest.is_empty() {
        Some(date)
    } else {
        of_day(rest.strip_prefix(['T', ' '])?).map(|time| date + time)
    }
}

/// A time of day with an optional zone, as ticks in UTC: may be below 0 or above a day.
fn of_day(text: &str) -> Option<i64> {
    let (hour, rest) = take(text, 2)?;
    let (mut minute, mut second, mut part) = (0, 0, 0);
    let mut rest = rest;
    if let Some(after) = rest.strip_prefix(':') {
        (minute, rest) = take(after, 2)?;
        if let Some(after) = rest.strip_prefix(':') {
            (second, rest) = take(after, 2)?;
            if let Some(after) = rest.strip_prefix(['.', ',']) {
                let end = after.bytes().take_while(u8::is_ascii_digit).count();
                part = fraction(&after[..end])?;
                rest = &after[end..];
            }
        }
    }
    let rest = rest.trim();
    let (hour, rest) = match rest.get(..2).map(str::to_ascii_uppercase).as_deref() {
        Some("AM") if hour <= 12 => (hour % 12, rest[2..].trim()),
        Some("PM") if hour <= 12 => (hour % 12 + 12, rest[2..].trim()),
        _ => (hour, rest),
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(hour * HOUR + minute * MINUTE + second * SECOND + part - zone(rest)?)
}

fn zone(text: &str) -> Option<i64> {
    let sign = match text.chars().next() {
        None => return Some(0),
        Some('+') => 1,
        Some('-') => -1,
        _ => return matches!(text.to_ascii_uppercase().as_str(), "Z" | "UTC" | "GMT").then_some(0),
    };
    let (hour, rest) = take(&text[1..], 2)?;
    let minute = match rest.strip_prefix(':').unwrap_or(rest) {
        "" => 0,
        digits => digits.parse().ok()?,
    };
    (hour <= 14 && minute < 60).then_some(sign * (hour * HOUR + minute * MINUTE))
}

/// `1/31/2020`, `1/31/2020 5:06:07 PM`
fn american(text: &str) -> Option<i64> {
    let (month, rest) = take(text, 2)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '/' | '-'))?;
    let (day, rest) = take(&rest[1..], 2)?;
    let (year, rest) = take(rest.strip_prefix(separator)?, 4)?;
    let date = ticks(year, month, day, 0)?;
    if rest.is_empty() {
        Some(date)
    } else {
        of_day(rest.strip_prefix([' ', 'T'])?.trim_start()).map(|time| date + time)
    }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn month_of(name: &str) -> Option<i64> {
    let short = name.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|m| *m == short)?;
    i64::try_from(at + 1).ok()
}

/// `Sat, 8 Nov 2014 15:05:02 GMT`
fn rfc(text: &str) -> Option<i64> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest.trim_start());
    let (day, rest) = take(text, 2)?;
    let rest = rest.strip_prefix([' ', '-'])?;
    let (name, rest) = rest.split_once([' ', '-'])?;
    let (year, rest) = take(rest, 4)?;
    let date = ticks(if year < 100 { year + 2_000 } else { year }, month_of(name)?, day, 0)?;
    if rest.is_empty() { Some(date) } else { of_day(rest.trim_start()).map(|time| date + time) }
}

/// `Nov 8 2014 15:05:02`, `November 8, 2014`
fn named_month(text: &str) -> Option<i64> {
    let (name, rest) = text.split_once(' ')?;
    let month = month_of(name)?;
    let (day, rest) = take(rest.trim_start(), 2)?;
    let (year, rest) = take(rest.trim_start_matches([',', ' ']), 4)?;
    let date = ticks(year, month, day, 0)?;
    if rest.is_empty() { Some(date) } else { of_day(rest.trim_start()).map(|time| date + time) }
}
