//! What the text of a query means beside a value: a number, an instant, an address, a block of addresses.
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};
use model::{Micros, time};
use std::cmp::Ordering;
use std::net::IpAddr;

/// A number as typed: whole numbers stay exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Num {
    Int(i64),
    Float(f64),
}

impl Num {
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(i) = text.parse() {
            return Some(Self::Int(i));
        }
        // `inf`, `nan` and `infinity` are words, not numbers
        let digits = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b))
            && text.bytes().any(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten().filter(|f: &f64| f.is_finite()).map(Self::Float)
    }

    /// By value; `None` beside a NaN.
    pub fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(&b)),
            (a, b) => a.float().partial_cmp(&b.float()),
        }
    }

    fn float(self) -> f64 {
        match self {
            Self::Int(i) => i as f64,
            Self::Float(f) => f,
        }
    }
}

/// The instants that a date text names, half-open, in microseconds: `2020-10-30` is the whole day, `2020-10-30T17` the hour,
/// and so on down to one microsecond. 13 digits are milliseconds since 1970, 16 are microseconds.
pub fn span(text: &str) -> Option<(i64, i64)> {
    let text = text.trim();
    let all_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let day = |y: i32, m: u32, d: u32| {
        Some(NaiveDate::from_ymd_opt(y, m, d)?.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros())
    };
    if all_digits {
        let n: i64 = text.parse().ok()?;
        return match text.len() {
            4 => Some((day(n as i32, 1, 1)?, day(n as i32 + 1, 1, 1)?)),
            13 => Some((n * 1000, n * 1000 + 1000)),
            16 => Some((n, n + 1)),
            _ => None,
        };
    }
    if let Ok(d) = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")
        && text.len() == 7
    {
        let (y, m) = if d.month() == 12 { (d.year() + 1, 1) } else { (d.year(), d.month() + 1) };
        return Some((day(d.year(), d.month(), 1)?, day(y, m, 1)?));
    }
    if let Ok(d) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        let start = day(d.year(), d.month(), d.day())?;
        return Some((start, start + time::DAY));
    }
    let (bare, offset) = zone(text)?;
    let bare = bare.replacen(' ', "T", 1);
    let parse = |text: &str, pattern: &str| {
        NaiveDateTime::parse_from_str(text, pattern)
            .ok()
            .map(|t| t.and_utc().timestamp_micros() - offset)
    };
    let (start, width) = match bare.len() {
        13 => (parse(&format!("{bare}:00:00"), "%Y-%m-%dT%H:%M:%S")?, time::HOUR),
        16 => (parse(&format!("{bare}:00"), "%Y-%m-%dT%H:%M:%S")?, time::MINUTE),
        19 => (parse(&bare, "%Y-%m-%dT%H:%M:%S")?, time::SECOND),
        21..=29 => {
            let digits = u32::try_from(bare.len() - 20).ok()?.min(6);
            (parse(&bare, "%Y-%m-%dT%H:%M:%S%.f")?, 10i64.pow(6 - digits))
        }
        _ => return None,
    };
    Some((start, start + width))
}

/// Cuts the zone off: the rest, and its offset from UTC in microseconds.
fn zone(text: &str) -> Option<(&str, i64)> {
    if let Some(bare) = text.strip_suffix(['Z', 'z']) {
        return Some((bare, 0));
    }
    let at = text.rfind(['+', '-']).filter(|at| *at >= 13);
    let Some(at) = at else { return Some((text, 0)) };
    let probe = format!("2020-01-01T00:00:00{}", &text[at..]);
    let t = DateTime::parse_from_rfc3339(&probe)
        .or_else(|_| DateTime::parse_from_str(&probe, "%Y-%m-%dT%H:%M:%S%z"))
        .ok()?;
    Some((&text[..at], i64::from(t.offset().local_minus_utc()) * time::SECOND))
}

/// An instant as an event carries it in a field.
pub fn instant(text: &str) -> Option<i64> {
    Micros::parse(text).map(|m| m.0)
}

/// An address; IPv4 inside IPv6 is IPv4.
pub fn ip(text: &str) -> Option<IpAddr> {
    // most texts are no address: look before parsing
    let b = text.as_bytes();
    if b.len() > 45 || !b.first()?.is_ascii_hexdigit() && b[0] != b':' {
        return None;
    }
    text.parse::<IpAddr>().ok().map(|a| a.to_canonical())
}

/// A block of addresses such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    net: IpAddr,
    bits: u8,
}

impl Cidr {
    /// `None` without a prefix length, or when it is too long for the address.
    pub fn parse(text: &str) -> Option<Self> {
        let (net, bits) = text.split_once('/')?;
        let raw: IpAddr = net.parse().ok()?;
        let bits: u8 = bits.parse().ok().filter(|_| bits.bytes().all(|b| b.is_ascii_digit()))?;
        let most = if raw.is_ipv4() { 32 } else { 128 };
        if bits > most {
            return None;
        }
        let net = raw.to_canonical();
        // ::ffff:10.0.0.0/104 is 10.0.0.0/8
        let bits = if raw.is_ipv6() && net.is_ipv4() { bits.checked_sub(96)? } else { bits };
        Some(Self { net, bits })
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.net, address) {
            (IpAddr::V4(n), IpAddr::V4(a)) => {
                self.bits == 0 || (n.to_bits() ^ a.to_bits()) >> (32 - u32::from(self.bits)) == 0
            }
            (IpAddr::V6(n), IpAddr::V6(a)) => {
                self.bits == 0 || (n.to_bits() ^ a.to_bits()) >> (128 - u32::from(self.bits)) == 0
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value() {
        let n = |s| Num::parse(s).unwrap();
        assert_eq!(n("5").order(n("5.0")), Some(Ordering::Equal));
        assert_eq!(n("9007199254740993").order(n("9007199254740992")), Some(Ordering::Greater));
        assert_eq!(n("-1e3").order(n("-999")), Some(Ordering::Less));
        for no in ["inf", "nan", "", "0x10", "five", "1e999", "-"] {
            assert_eq!(Num::parse(no), None, "{no}");
        }
    }

    #[test]
    fn a_coarse_date_names_all_of_its_instants() {
        let (a, b) = span("2020-10-30").unwrap();
        assert_eq!((b - a, Micros(a).rfc3339()), (time::DAY, "2020-10-30T00:00:00.000000Z".into()));
        assert_eq!(span("2020").map(|(a, b)| (b - a) / time::DAY), Some(366));
        assert_eq!(span("2020-12").map(|(_, b)| Micros(b).date()), Some("2021-01-01".into()));
        let (s, e) = span("2020-10-30T19:35+02:00").unwrap();
        assert_eq!((s, e - s), (instant("2020-10-30T17:35:00Z").unwrap(), time::MINUTE));
        assert_eq!(span("2020-10-30T17:35:21.5Z").map(|(a, b)| b - a), Some(100_000));
        assert_eq!(span("2020-10-30 17:35:21"), span("2020-10-30T17:35:21Z"));
        assert_eq!(span("1604079321500"), Some((1_604_079_321_500_000, 1_604_079_321_501_000)));
        for no in ["", "yesterday", "2020-13", "2020-02-30", "99", "2020-10-30T25"] {
            assert_eq!(span(no), None, "{no}");
        }
    }

    #[test]
    fn blocks_hold_their_addresses() {
        let c = |s| Cidr::parse(s).unwrap();
        assert!(c("10.0.0.0/8").contains(ip("10.255.0.1").unwrap()));
        assert!(!c("10.0.0.0/8").contains(ip("11.0.0.1").unwrap()));
        assert!(c("0.0.0.0/0").contains(ip("1.2.3.4").unwrap()));
        assert!(c("fe80::/10").contains(ip("fe80::1").unwrap()));
        assert!(c("10.0.0.0/8").contains(ip("::ffff:10.1.1.1").unwrap()));
        for no in ["10.0.0.0", "10.0.0.0/33", "::/129", "x/8", "10.0.0.0/+8"] {
            assert_eq!(Cidr::parse(no), None, "{no}");
        }
    }
}
