//! What people type into searches: queries, patterns, numbers, times, addresses; and the opaque texts that they hand back.
use crate::record::events;
use crate::{split, text};
use model::Micros;
use model::event::{Event, Scalar};
use model::fieldmap::{self, Kind};
use pipeline::key;
use search::ast::{Query, Test};
use search::conformance::random::{self, Rng};
use search::engine::After;
use search::glob::{Glob, Token, escape, find_ascii};
use search::literal::{Cidr, Num, instant, ip, span};
use search::lucene::{MAX_CLAUSES, MAX_LENGTH, parse, print};
use search::matcher::{Matcher, Needs, Phrase, TextMatcher};
use search::naive;
use search::terms::{any_term, fold, terms};
use std::cmp::Ordering;
use std::net::IpAddr;

/// A query: read to the same tree again after it was printed, or refused with a place in the text.
pub fn lucene(data: &[u8]) {
    let typed = text(data);
    match parse(&typed) {
        Ok(query) => {
            assert!(leaves(&query) <= MAX_CLAUSES, "{} clauses: {typed}", leaves(&query));
            let printed = print(&query);
            // names are longer in full
            if printed.len() <= MAX_LENGTH {
                assert_eq!(parse(&printed).as_ref(), Ok(&query), "{typed:?} prints {printed:?}");
            }
        }
        Err(e) => {
            assert!(typed.get(e.span.clone()).is_some(), "{typed:?}: {e:?}");
            assert!(!e.message.is_empty() && !e.hint.is_empty(), "{typed:?}: {e:?}");
        }
    }
}

fn leaves(query: &Query) -> usize {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().map(leaves).sum(),
        Query::Not(part) => leaves(part),
        _ => 1,
    }
}

/// A query and a record: what engines make of a query means what the slow evaluator says, on that record and on odd events.
pub fn matcher(data: &[u8]) {
    let (typed, record) = split(data);
    let mut queries = vec![random::query(&mut Rng::seeded(&text(data)), 2)];
    queries.extend(parse(&text(typed)).ok());
    for event in events(record) {
        for query in &queries {
            let (fast, slow) = (matches(query, &event), naive::matches(query, &event));
            assert_eq!(fast, slow, "{} on {event:?}", print(query));
            tests(query, &mut |name, test| sound(name, test, &event));
        }
    }
}

/// As engines do it: everything made ready once, elements one by one.
fn matches(query: &Query, event: &Event) -> bool {
    match query {
        Query::All => true,
        Query::And(all) => all.iter().all(|q| matches(q, event)),
        Query::Or(any) => any.iter().any(|q| matches(q, event)),
        Query::Not(q) => !matches(q, event),
        Query::Exists(name) => !naive::elements(event, name).is_empty(),
        Query::Text(pattern) => {
            let ready = TextMatcher::new(pattern);
            let core = [
                fieldmap::MESSAGE,
                fieldmap::DATASET,
                fieldmap::SOURCE,
                fieldmap::TYPE,
                fieldmap::CATEGORY,
            ];
            let names = core.into_iter().chain(event.fields.iter().map(|(n, _)| &**n));
            let mut values = names.flat_map(|name| naive::elements(event, name));
            ready.is_all() || values.any(|v| ready.is_in(&v.text()))
        }
        Query::Field { name, test } => {
            let ready = Matcher::new(name, test);
            naive::elements(event, name).iter().any(|e| ready.scalar(e))
        }
    }
}

fn tests(query: &Query, run: &mut impl FnMut(&str, &Test)) {
    match query {
        Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|q| tests(q, run)),
        Query::Not(part) => tests(part, run),
        Query::Field { name, test } => run(name, test),
        _ => {}
    }
}

/// What a filter may ask for is there wherever the test passes: otherwise engines would leave events out.
fn sound(name: &str, test: &Test, event: &Event) {
    let ready = Matcher::new(name, test);
    for element in naive::elements(event, name).iter().filter(|e| ready.scalar(e)) {
        match element {
            Scalar::Int(i) => {
                let range = ready.int_range();
                assert!(range.is_none_or(|(low, high)| low <= *i && *i <= high), "{test:?}: {i}");
            }
            Scalar::Str(value) => {
                let have: Vec<String> = terms(value).collect();
                let needed: Vec<String> = match ready.needs() {
                    Needs::Unknown => Vec::new(),
                    Needs::Terms(needed) => needed,
                    Needs::Value(v) if ready.kind() == Kind::Ip => {
                        let address = ip(value).map(|a| a.to_string());
                        assert_eq!(address, Some(v), "{test:?}: {value}");
                        Vec::new()
                    }
                    Needs::Value(v) => terms(&v).collect(),
                };
                assert!(
                    needed.iter().all(|t| have.contains(t)),
                    "{test:?} needs {needed:?}: {value}"
                );
            }
            _ => {}
        }
    }
}

/// A pattern, and a text in the lines after it: globs, terms and phrases found in the quick way are those that are there.
pub fn glob(data: &[u8]) {
    let (pattern, value) = split(data);
    let (pattern, value) = (text(pattern), text(value));
    if pattern.len().saturating_mul(value.len()) > 1 << 22 {
        return;
    }
    let glob = Glob::new(&pattern);
    let folded = fold(&value);
    let taken = takes(glob.lowered(), &folded.chars().collect::<Vec<_>>());
    assert_eq!(glob.matches(&value), taken, "{pattern:?} on {value:?}");
    assert_eq!(glob.matches_folded(&folded), taken, "{pattern:?} on {folded:?}");
    let have: Vec<String> = terms(&value).collect();
    if taken {
        assert!(folded.starts_with(glob.prefix()), "{pattern:?} on {value:?}");
        assert!(glob.certain_terms().iter().all(|t| have.contains(t)), "{pattern:?} on {value:?}");
    }
    assert!(Glob::new(&escape(&value)).matches(&value), "{value:?} is not itself");

    let mut walked = Vec::new();
    any_term(&value, &mut String::new(), |t| {
        walked.push(t.to_owned());
        false
    });
    assert_eq!(walked, have, "{value:?}");
    assert_eq!(fold(&folded), folded, "{value:?} is folded in two ways");
    assert_eq!(terms(&folded).collect::<Vec<_>>(), have, "{value:?}");

    let wanted: Vec<String> = terms(&pattern).collect();
    let there = !wanted.is_empty() && have.windows(wanted.len()).any(|w| w == wanted);
    assert_eq!(Phrase::new(&pattern).is_in(&value), there, "{pattern:?} in {value:?}");
    if pattern.is_ascii() && value.is_ascii() && !pattern.is_empty() {
        let needle = pattern.to_ascii_lowercase();
        let mut windows = value.as_bytes().windows(needle.len());
        let first = windows.position(|w| w.eq_ignore_ascii_case(needle.as_bytes()));
        assert_eq!(
            find_ascii(value.as_bytes(), needle.as_bytes()),
            first,
            "{needle:?} in {value:?}"
        );
    }
}

/// The meaning of a pattern: after each token, how many characters it and those before it may have taken.
fn takes(tokens: &[Token], text: &[char]) -> bool {
    let mut reach = vec![false; text.len() + 1];
    reach[0] = true;
    for token in tokens {
        let mut any = false;
        let before = reach.iter().copied();
        reach = match token {
            Token::Any => before
                .map(|r| {
                    any |= r;
                    any
                })
                .collect(),
            Token::One => [false].into_iter().chain(before.take(text.len())).collect(),
            Token::Char(c) => {
                let next = before.zip(text).map(|(r, t)| r && t == c);
                [false].into_iter().chain(next).collect()
            }
        };
    }
    reach[text.len()]
}

/// Two texts, a line each: numbers, instants, addresses and blocks.
pub fn literal(data: &[u8]) {
    let (a, b) = split(data);
    let (a, b) = (text(a), text(b));
    numbers(&a, &b);
    instants(&a);
    addresses(&a, &b);
}

fn numbers(a: &str, b: &str) {
    let (a, b) = (Num::parse(a), Num::parse(b));
    if let Some(a) = a {
        assert_eq!(a.order(a), Some(Ordering::Equal));
        if let Num::Int(i) = a {
            assert_eq!(Num::parse(&i.to_string()), Some(a));
        }
        if let Some(b) = b {
            assert_eq!(a.order(b), b.order(a).map(Ordering::reverse));
        }
    }
}

fn instants(text: &str) {
    let whole = span(text);
    assert!(whole.is_none_or(|(start, end)| start < end), "{text}: {whole:?}");
    assert_eq!(instant(text), Micros::parse(text).map(|t| t.0));
    let seconds = text.trim().parse().ok().and_then(Micros::from_epoch_seconds);
    for t in Micros::parse(text).into_iter().chain(seconds) {
        assert_eq!(Micros::parse(&t.rfc3339()), Some(t), "{text}");
        assert!(t.rfc3339().starts_with(&t.date()), "{text}");
        let json = serde_json::to_string(&t).expect("a text");
        assert_eq!(serde_json::from_str::<Micros>(&json).ok(), Some(t), "{text}");
    }
    if let (Some((start, end)), Some(t)) = (whole, Micros::parse(text)) {
        assert!(start <= t.0 && t.0 < end, "{text} is {t:?} and not within itself");
    }
}

fn addresses(a: &str, b: &str) {
    for text in [a, b] {
        let parsed = text.parse::<IpAddr>().ok().map(|a| a.to_canonical());
        assert_eq!(ip(text), parsed, "{text}");
    }
    if let (Some(block), Some(address)) = (Cidr::parse(a), ip(b)) {
        assert_eq!(Some(block.contains(address)), within(a, address), "{address} in {a}");
    }
}

/// Bit by bit.
fn within(block: &str, address: IpAddr) -> Option<bool> {
    let (net, bits) = block.split_once('/')?;
    let (net, bits): (IpAddr, usize) = (net.parse().ok()?, bits.parse().ok()?);
    let lead = if net.is_ipv4() { 96 } else { 0 };
    let wide = |a: IpAddr| match a {
        IpAddr::V4(a) => a.to_ipv6_mapped().octets(),
        IpAddr::V6(a) => a.octets(),
    };
    let bit = |a: IpAddr, i: usize| (wide(a)[i / 8] >> (7 - i % 8)) & 1;
    let alike = (0..lead + bits).all(|i| bit(net, i) == bit(address, i));
    Some(net.to_canonical().is_ipv4() == address.is_ipv4() && alike)
}

/// What clients hand back, and what a batch is known by.
pub fn cursor(data: &[u8]) {
    let text = text(data);
    if let Some(after) = After::decode(&text) {
        assert_eq!(After::decode(&after.encode()), Some(after), "{text}");
    }
    for letter in ['n', 'o', 's', 'u', 't', 'd'] {
        keys::<1>(letter, &text);
        keys::<2>(letter, &text);
        keys::<3>(letter, &text);
    }
    batch_keys(&text);
}

fn batch_keys(text: &str) {
    fn content(sender: &str, records: &[&str]) -> String {
        key::from_content(sender, "edge", records.iter().copied())
    }
    let mut records: Vec<&str> = text.split('\n').collect();
    let own = content("user:1", &records);
    assert_eq!(content("user:1", &records), own);
    assert_ne!(content("user:2", &records), own, "another sender has the same key");
    if records.len() > 1 {
        let whole = records.concat();
        assert_ne!(
            content("user:1", &[whole.as_str()]),
            own,
            "borders between records say nothing"
        );
    }
    records.push("");
    assert_ne!(content("user:1", &records), own, "one more record has the same key");
    let (mine, theirs) = (key::from_client("user:1", text), key::from_client("user:11", text));
    assert!(mine != theirs && mine != own && mine.ends_with(text));
}

fn keys<const N: usize>(letter: char, text: &str) {
    let Ok(keys) = store::decode_cursor::<N>(letter, text) else { return };
    let again = store::encode_cursor(letter, &keys);
    assert_eq!(store::decode_cursor::<N>(letter, &again).ok(), Some(keys), "{text}");
    assert!(store::decode_cursor::<N>('x', text).is_err(), "{text} is read by another list");
}
