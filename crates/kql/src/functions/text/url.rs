//! URLs and their queries.
use super::support::{bag, dynamic, function, text};
use crate::functions::Function;
use crate::value::{Dyn, Value};
use std::collections::HashMap;

pub(super) static FUNCTIONS: &[Function] = &[
    super::support::aliased(
        function("parse_url", 1, 1, dynamic, |_, args| Ok(Value::dynamic(parse(&text(args, 0))))),
        &["parseurl"],
    ),
    super::support::aliased(
        function("parse_urlquery", 1, 1, dynamic, |_, args| {
            let text = text(args, 0);
            let query = text.strip_prefix('?').unwrap_or(&text);
            Ok(Value::dynamic(bag([("Query Parameters", parameters(query))])))
        }),
        &["parseurlquery"],
    ),
];

/// As many parameters as are looked at.
const MOST_PARAMETERS: usize = 10_000;

/// In the order of the query; the last of the same name counts.
fn parameters(query: &str) -> Dyn {
    let mut entries: Vec<(std::sync::Arc<str>, Dyn)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()).take(MOST_PARAMETERS) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match places.get(name) {
            Some(at) => entries[*at].1 = Dyn::str(value),
            None => {
                places.insert(name, entries.len());
                entries.push((name.into(), Dyn::str(value)));
            }
        }
    }
    Dyn::Bag(entries)
}

fn parse(url: &str) -> Dyn {
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (scheme, rest, absolute) = match rest.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest, true),
        _ => match rest.split_once(':') {
            Some((scheme, rest))
                if is_scheme(scheme) && !rest.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                (scheme, rest, false)
            }
            _ => ("", rest, false),
        },
    };
    let (authority, path) = match rest.find('/') {
        _ if !absolute => ("", rest),
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (username, password) = user.split_once(':').unwrap_or((user, ""));
    // the colons of an IPv6 address stand in brackets
    let (host, port) = match place.rfind(':') {
        Some(at) if !place[at..].contains(']') => (&place[..at], &place[at + 1..]),
        _ => (place, ""),
    };
    let parts = [scheme, host, port, path, username, password, fragment].map(Dyn::str);
    let [scheme, host, port, path, username, password, fragment] = parts;
    bag([
        ("Scheme", scheme),
        ("Host", host),
        ("Port", port),
        ("Path", path),
        ("Username", username),
        ("Password", password),
        ("Query Parameters", parameters(query)),
        ("Fragment", fragment),
    ])
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}
