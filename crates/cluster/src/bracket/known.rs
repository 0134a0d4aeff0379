//! Tests of fields that the map knows, on events whose value is as mapped; the others are marked odd.
use super::{Bracket, Ends, beginning, exists, of_few, text_ends, wildcard};
use crate::document::EXACT;
use crate::dsl::Dsl;
use model::Micros;
use search::ast::{Bound, Test};
use search::literal::{self, Num};
use search::terms::fold;
use std::net::{IpAddr, Ipv6Addr};

pub fn keyword(name: &str, test: &Test) -> Bracket {
    let ci = format!("{name}.ci");
    match test {
        Test::Is(wanted) => Bracket::exactly(Dsl::term(&ci, fold(wanted))),
        Test::Glob(pattern) => glob(&ci, pattern),
        // bounds of numbers compare by text where the value is text
        Test::Range { from: Bound::Open, to: Bound::Open } => Bracket::exactly(there(name)),
        Test::Range { from, to } => {
            Bracket::exactly(Dsl::range(&ci, text_ends("", None, from, to).0))
        }
        Test::Cidr(block) => match literal::Cidr::parse(block) {
            None => Bracket::exactly(Dsl::None),
            Some(_) => Bracket::at_most(exists(name)),
        },
    }
}

/// A glob over a field of lower-cased terms.
fn glob(field: &str, pattern: &str) -> Bracket {
    match wildcard(pattern) {
        Some(p) => Bracket::exactly(Dsl::wildcard(field, &p)),
        None => Bracket::at_most(Dsl::prefix(field, &beginning(pattern))),
    }
}

pub fn boolean(name: &str, test: &Test) -> Bracket {
    of_few(name, test, [true.into(), false.into()])
}

/// A bound of whole numbers: where it lies, and whether it is exact.
fn whole(n: Num, up: bool) -> Option<i64> {
    match n {
        Num::Int(i) => Some(i),
        Num::Float(f) if f.abs() < EXACT as f64 => {
            Some(if up { f.ceil() } else { f.floor() } as i64)
        }
        Num::Float(_) => None,
    }
}

pub fn long(name: &str, test: &Test) -> Bracket {
    let unsure = || Bracket::at_most(exists(name));
    match test {
        Test::Is(wanted) => match Num::parse(wanted) {
            Some(Num::Int(i)) => Bracket::exactly(Dsl::term(name, i)),
            Some(Num::Float(f)) if f.abs() >= EXACT as f64 => unsure(),
            Some(Num::Float(f)) if f.fract() == 0.0 => Bracket::exactly(Dsl::term(name, f as i64)),
            _ => Bracket::exactly(Dsl::None),
        },
        Test::Range { from, to } => {
            let mut ends = Ends::default();
            for (bound, lower) in [(from, true), (to, false)] {
                let Some((text, including)) = bound.end() else { continue };
                let Some(n) = Num::parse(text) else { return Bracket::exactly(Dsl::None) };
                let fraction = matches!(n, Num::Float(f) if f.fract() != 0.0);
                let Some(at) = whole(n, lower) else { return unsure() };
                // past a fraction the next whole number is in
                let word = match (lower, including || fraction) {
                    (true, true) => "gte",
                    (true, false) => "gt",
                    (false, true) => "lte",
                    (false, false) => "lt",
                };
                ends = ends.with(word, at);
            }
            if ends.0.is_empty() {
                return Bracket::exactly(there(name));
            }
            // a whole number beyond 2^53 may equal a float that is another whole number
            let floats = [from, to]
                .into_iter()
                .filter_map(Bound::end)
                .any(|(text, _)| matches!(Num::parse(text), Some(Num::Float(_))));
            let bracket = Bracket::exactly(Dsl::range(name, ends.0));
            if !floats {
                return bracket;
            }
            let far = [("gte", EXACT), ("lte", -EXACT)]
                .map(|(word, n)| Dsl::range(name, Ends::default().with(word, n).0));
            bracket.or_possibly(Dsl::or(far))
        }
        Test::Glob(_) => unsure(),
        // a number is no address
        Test::Cidr(_) => Bracket::exactly(Dsl::None),
    }
}

/// Instants in microseconds, kept in `unit` microseconds: 1 as numbers, 1000 as dates.
pub fn instant(name: &str, unit: i64, test: &Test) -> Bracket {
    let at = |micros: i64| {
        let units = micros.div_euclid(unit) + i64::from(micros.rem_euclid(unit) > 0);
        if unit == 1 { units.into() } else { date(units) }
    };
    match test {
        Test::Is(wanted) => match literal::span(wanted) {
            Some((start, end)) => Bracket::exactly(Dsl::range(
                name,
                Ends::default().with("gte", at(start)).with("lt", at(end)).0,
            )),
            // no date: it could only be the same text, which every instant's own text is not
            None => Bracket::exactly(Dsl::None),
        },
        Test::Range { from, to } => {
            let mut ends = Ends::default();
            for (bound, lower) in [(from, true), (to, false)] {
                let Some((text, including)) = bound.end() else { continue };
                let Some((start, end)) = literal::span(text) else {
                    return Bracket::exactly(Dsl::None);
                };
                // a coarse date is equal to every instant within it
                ends = match (lower, including) {
                    (true, true) => ends.with("gte", at(start)),
                    (true, false) => ends.with("gte", at(end)),
                    (false, true) => ends.with("lt", at(end)),
                    (false, false) => ends.with("lt", at(start)),
                };
            }
            if ends.0.is_empty() {
                return Bracket::exactly(there(name));
            }
            Bracket::exactly(Dsl::range(name, ends.0))
        }
        Test::Glob(_) => Bracket::at_most(there(name)),
        Test::Cidr(_) => Bracket::exactly(Dsl::None),
    }
}

/// Milliseconds as OpenSearch reads a date; what lies outside the years 1 to 9999 is put to their ends, where no value is.
fn date(millis: i64) -> serde_json::Value {
    let text = Micros(millis.saturating_mul(1000)).rfc3339();
    match Micros::parse(&text) {
        Some(_) => text.into(),
        None if millis < 0 => "0001-01-01T00:00:00.000Z".into(),
        None => "9999-12-31T23:59:59.999Z".into(),
    }
}

/// IPv4 inside IPv6, as OpenSearch keeps it.
const V4: (u128, u128) = (0xffff_0000_0000, 0xffff_ffff_ffff);

fn bits(a: IpAddr) -> u128 {
    match a {
        IpAddr::V4(a) => a.to_ipv6_mapped().to_bits(),
        IpAddr::V6(a) => a.to_bits(),
    }
}

/// Addresses from one to another, both in it, of one family. Each is a range of its own: of a list, one element may be in one range and
/// another element in another.
fn within(name: &str, (low, high): (u128, u128), v4: bool) -> Dsl {
    let pieces = if v4 { vec![V4] } else { vec![(0, V4.0 - 1), (V4.1 + 1, u128::MAX)] };
    let ranges = pieces.into_iter().filter_map(|(from, to)| {
        let (from, to) = (from.max(low), to.min(high));
        let text = |bits| Ipv6Addr::from_bits(bits).to_string();
        (from <= to).then(|| {
            Dsl::range(name, Ends::default().with("gte", text(from)).with("lte", text(to)).0)
        })
    });
    Dsl::or(ranges.collect::<Vec<_>>())
}

pub fn address(name: &str, test: &Test) -> Bracket {
    match test {
        Test::Is(wanted) => Bracket::exactly(match literal::ip(wanted) {
            Some(a) => Dsl::term(name, a.to_string()),
            None => Dsl::None,
        }),
        Test::Cidr(block) => Bracket::exactly(match cidr(block) {
            Some((low, high, v4)) => within(name, (low, high), v4),
            None => Dsl::None,
        }),
        Test::Glob(pattern) => glob(&format!("{name}.text"), pattern),
        Test::Range { from, to } => {
            let read = |b: &Bound| match b.end() {
                None => Some(None),
                Some((text, including)) => literal::ip(text).map(|a| Some((a, including))),
            };
            let (Some(from), Some(to)) = (read(from), read(to)) else {
                return Bracket::exactly(Dsl::None);
            };
            // every IPv4 address comes before every IPv6 address
            let side = |v4: bool| {
                let low = match from {
                    Some((a, _)) if v4 && a.is_ipv6() => return Dsl::None,
                    Some((a, including)) if v4 == a.is_ipv4() => {
                        bits(a).checked_add(u128::from(!including))
                    }
                    _ => Some(0),
                };
                let high = match to {
                    Some((a, _)) if !v4 && a.is_ipv4() => return Dsl::None,
                    Some((a, including)) if v4 == a.is_ipv4() => {
                        bits(a).checked_sub(u128::from(!including))
                    }
                    _ => Some(u128::MAX),
                };
                low.zip(high).map_or(Dsl::None, |ends| within(name, ends, v4))
            };
            Bracket::exactly(Dsl::or([side(true), side(false)]))
        }
    }
}

/// Events with a value in the field as mapped; those with another value are odd.
fn there(name: &str) -> Dsl {
    Dsl::Query(serde_json::json!({"exists": {"field": name}}))
}

/// First and last address of a block, and whether it is of IPv4.
fn cidr(block: &str) -> Option<(u128, u128, bool)> {
    literal::Cidr::parse(block)?;
    let (net, length) = block.split_once('/')?;
    let (raw, length): (IpAddr, u32) = (net.parse().ok()?, length.parse().ok()?);
    let v4 = raw.to_canonical().is_ipv4();
    let length = if raw.is_ipv4() { length + 96 } else { length };
    let rest = u128::MAX.checked_shr(length).unwrap_or(0);
    let low = bits(raw) & !rest;
    Some((low, low | rest, v4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_its_addresses() {
        let of = |block: &str| {
            cidr(block).map(|(a, b, v4)| {
                let text = |bits| Ipv6Addr::from_bits(bits).to_canonical().to_string();
                (text(a), text(b), v4)
            })
        };
        let v4 = |a: &str, b: &str| Some((a.to_owned(), b.to_owned(), true));
        assert_eq!(of("10.1.2.3/8"), v4("10.0.0.0", "10.255.255.255"));
        assert_eq!(of("::ffff:10.0.0.0/104"), v4("10.0.0.0", "10.255.255.255"));
        assert_eq!(of("0.0.0.0/0"), v4("0.0.0.0", "255.255.255.255"));
        assert_eq!(of("fe80::1/128"), Some(("fe80::1".into(), "fe80::1".into(), false)));
        assert_eq!(of("10.0.0.0/33"), None);
    }

    #[test]
    fn families_are_asked_apart() {
        let test = Test::Cidr("::/0".into());
        let Bracket { certain: Dsl::Query(q), .. } = address("host.ip", &test) else { panic!() };
        let ranges = q["bool"]["should"].as_array().unwrap();
        assert_eq!(ranges.len(), 2, "{q}");
        assert_eq!(ranges[0]["range"]["host.ip"]["lte"], "::fffe:ffff:ffff");
    }
}
