//! Times as senders write them: ISO 8601 in all common spellings, or seconds since the epoch.
use crate::json::Json;
use model::Micros;

/// A time from text or an epoch number; numbers above 10^11 are milliseconds, above 10^14 microseconds.
pub(crate) fn of(value: &Json) -> Option<Micros> {
    match value {
        Json::Str(s) => parse(s).or_else(|| s.trim().parse().ok().and_then(epoch)),
        Json::Number(n) => n.as_f64().and_then(epoch),
        _ => None,
    }
}

fn epoch(number: f64) -> Option<Micros> {
    let seconds = match number.abs() {
        n if n >= 1e14 => number / 1e6,
        n if n >= 1e11 => number / 1e3,
        _ => number,
    };
    Micros::from_epoch_seconds(seconds)
}

/// `2020-06-10T02:51:01.636Z`, a blank for the `T`, any number of decimals, `Z`, `+00:00`, `+0000` or nothing (UTC).
pub(crate) fn parse(text: &str) -> Option<Micros> {
    fast(text.trim().as_bytes()).or_else(|| Micros::parse(text))
}

/// The fixed layout that nearly every record uses, without the general parser's tries.
fn fast(b: &[u8]) -> Option<Micros> {
    let two = |at: usize| -> Option<i64> {
        let (a, z) = (b.get(at)?.wrapping_sub(b'0'), b.get(at + 1)?.wrapping_sub(b'0'));
        (a < 10 && z < 10).then_some(i64::from(a) * 10 + i64::from(z))
    };
    if b.len() < 19
        || b[4] != b'-'
        || b[7] != b'-'
        || !matches!(b[10], b'T' | b' ')
        || b[13] != b':'
        || b[16] != b':'
    {
        return None;
    }
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = [31, 28 + i64::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *days.get(usize::try_from(month - 1).ok()?)?;
    if year == 0 || !(1..=length).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut at = 19;
    let mut micros = 0;
    if b.get(at) == Some(&b'.') {
        let digits = b[at + 1..].iter().take_while(|c| c.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        for place in 0..6 {
            let digit = if place < digits { i64::from(b[at + 1 + place] - b'0') } else { 0 };
            micros = micros * 10 + digit;
        }
        at += 1 + digits;
    }
    let offset = match &b[at..] {
        [] | [b'Z'] => 0,
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let minutes_at = match rest {
                [_, _, b':', _, _] => at + 4,
                [_, _, _, _] => at + 3,
                _ => return None,
            };
            let (hours, minutes) = (two(at + 1)?, two(minutes_at)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3600 + minutes * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    // days since 1970 in the Gregorian calendar (Hinnant's algorithm)
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_number = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = day_number * 86_400 + hour * 3600 + minute * 60 + second - offset;
    Micros(seconds * 1_000_000 + micros).of_our_era()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Micros> {
        of(&crate::parse(json).unwrap())
    }

    #[test]
    fn the_fast_way_agrees_with_the_general_one() {
        for s in [
            "2020-06-10T02:51:01.636Z",
            "2020-08-05T06:10:02.588575+0000",
            "2020-02-29 23:59:59",
            "2000-02-29T00:00:00.1234567Z",
            "1969-12-31T23:59:59.999999Z",
            "2025-10-25T13:44:33.440907-05:30",
            "9999-12-31T23:59:59Z",
            "0001-01-01T00:00:00Z",
        ] {
            let general = Micros::parse(s);
            assert!(general.is_some(), "{s}");
            assert_eq!(fast(s.as_bytes()), general, "{s}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for s in [
            "2021-02-29T00:00:00Z",
            "2020-13-01T00:00:00Z",
            "2020-06-10T24:00:00Z",
            "2020-06-10T02:51:01.Z",
            "soon",
            "",
            "2020-06-10T02:51:01+9",
            "2020-06-10T02:51:01+99:99",
            "2020-06-10T02:51:01+24:00",
            "2020-06-10T02:51:01+00:60",
            "2020-06-10T02:51:01+01234",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-00:01",
        ] {
            assert_eq!(fast(s.as_bytes()), None, "{s}");
            assert_eq!(parse(s), None, "{s}");
        }
        assert_eq!(read(r#""soon""#), None);
        assert_eq!(read("1e300"), None);
        assert_eq!(read("null"), None);
    }

    #[test]
    fn epochs_are_told_apart_by_size() {
        let want = Some(Micros(1_588_205_199_824_370));
        assert_eq!(read("1588205199.82437"), want);
        assert_eq!(read(r#""1588205199.82437""#), want);
        assert_eq!(read("1588205199824.37"), want);
        assert_eq!(read("1588205199824370"), want);
    }
}
