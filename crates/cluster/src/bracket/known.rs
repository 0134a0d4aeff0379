//! Tests of fields that the map knows, on events whose value is as mapped; the others are marked odd.
use super::{Bracket, Ends, beginning, exists, of_few, text_ends, wildcard};
use crate::document::EXACT;
use crate::dsl::Dsl;
use model::Micros;
use search::ast::{Bound, Test};
use search::literal::{self, Num};
use search::terms::fold;
use std::net::IpAddr;

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
        Num::Float(f) if f.abs() < EXACT as f64 => Some(if up { f.ceil() } else { f.floor() } as i64),
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
                let (text, including) = match bound {
                    Bound::Open => continue,
                    Bound::Including(b) => (b, true),
                    Bound::Excluding(b) => (b, false),
                };
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
            let floats = [from, to].iter().any(|b| match b {
                Bound::Including(b) | Bound::Excluding(b) => {
                    matches!(Num::parse(b), Some(Num::Float(_)))
                }
                Bound::Open => false,
            });
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
                let (text, including) = match bound {
                    Bound::Open => continue,
                    Bound::Including(b) => (b, true),
                    Bound::Excluding(b) => (b, false),
                };
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

const EVERY_V4: &str = "0.0.0.0/0";

pub fn address(name: &str, test: &Test) -> Bracket {
    let v4 = || Dsl::term(name, EVERY_V4);
    match test {
        Test::Is(wanted) => Bracket::exactly(match literal::ip(wanted) {
            Some(a) => Dsl::term(name, a.to_string()),
            None => Dsl::None,
        }),
        Test::Cidr(block) => Bracket::exactly(match cidr(block) {
            None => Dsl::None,
            Some((net, true)) => Dsl::term(name, net),
            Some((net, false)) => Dsl::and([Dsl::term(name, net), v4().not()]),
        }),
        Test::Glob(pattern) => glob(&format!("{name}.text"), pattern),
        Test::Range { from, to } => {
            let read = |b: &Bound| match b {
                Bound::Open => Some(None),
                Bound::Including(t) => literal::ip(t).map(|a| Some((a, true))),
                Bound::Excluding(t) => literal::ip(t).map(|a| Some((a, false))),
            };
            let (Some(from), Some(to)) = (read(from), read(to)) else {
                return Bracket::exactly(Dsl::None);
            };
            if from.is_none() && to.is_none() {
                return Bracket::exactly(there(name));
            }
            // every IPv4 address comes before every IPv6 address; OpenSearch keeps the former among the latter
            let side = |is_v4: bool| {
                let mut ends = Ends::default();
                for (bound, lower) in [(from, true), (to, false)] {
                    let Some((a, including)) = bound else { continue };
                    match (a.is_ipv4() == is_v4, lower) {
                        (true, _) => {
                            let word = match (lower, including) {
                                (true, true) => "gte",
                                (true, false) => "gt",
                                (false, true) => "lte",
                                (false, false) => "lt",
                            };
                            ends = ends.with(word, a.to_string());
                        }
                        // the bound lies in the other family: on the side of it that holds nothing, or all
                        (false, true) if is_v4 => return Dsl::None,
                        (false, false) if !is_v4 => return Dsl::None,
                        (false, _) => {}
                    }
                }
                let family = if is_v4 { v4() } else { v4().not() };
                let within =
                    if ends.0.is_empty() { there(name) } else { Dsl::range(name, ends.0) };
                Dsl::and([within, family])
            };
            Bracket::exactly(Dsl::or([side(true), side(false)]))
        }
    }
}

/// Events with a value in the field as mapped; those with another value are odd.
fn there(name: &str) -> Dsl {
    Dsl::Query(serde_json::json!({"exists": {"field": name}}))
}

/// A block in OpenSearch's syntax, and whether it is of IPv4.
fn cidr(block: &str) -> Option<(String, bool)> {
    literal::Cidr::parse(block)?;
    let (net, bits) = block.split_once('/')?;
    let (raw, bits): (IpAddr, u8) = (net.parse().ok()?, bits.parse().ok()?);
    let canonical = raw.to_canonical();
    let bits = if raw.is_ipv6() && canonical.is_ipv4() { bits.checked_sub(96)? } else { bits };
    Some((format!("{canonical}/{bits}"), canonical.is_ipv4()))
}
