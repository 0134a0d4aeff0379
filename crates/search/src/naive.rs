//! The meaning of a query, as the simplest code that says it. Slow: for tests and for single events.
//!
//! A field's value is a list of elements (a single value is a list of one); a test holds when one element passes it. Core
//! attributes are fields under the names of `model::fieldmap`; an empty core text is no value.
use crate::ast::{Bound, Pattern, Query, Test};
use crate::glob::Glob;
use crate::literal::{self, Cidr, Num};
use crate::terms::{fold, terms};
use model::event::{Event, Scalar};
use model::fieldmap::{self, Kind};
use model::{Micros, Severity};
use std::cmp::Ordering;

pub fn matches(query: &Query, event: &Event) -> bool {
    match query {
        Query::All => true,
        Query::And(all) => all.iter().all(|q| matches(q, event)),
        Query::Or(any) => any.iter().any(|q| matches(q, event)),
        Query::Not(q) => !matches(q, event),
        Query::Exists(name) => !elements(event, name).is_empty(),
        Query::Text(Pattern::Phrase(text)) => {
            let wanted: Vec<String> = terms(text).collect();
            wanted.is_empty() || searched(event).iter().any(|v| has_phrase(&v.text(), &wanted))
        }
        Query::Text(Pattern::Glob(pattern)) => {
            let glob = Glob::new(pattern);
            searched(event).iter().any(|v| terms(&v.text()).any(|t| glob.matches_folded(&t)))
        }
        Query::Field { name, test } => elements(event, name).iter().any(|e| passes(name, test, e)),
    }
}

/// Whether a whole selection takes the event, its tenant aside.
pub fn selects(select: &crate::engine::Select, event: &Event) -> bool {
    let dataset = |pattern: &String| match pattern.strip_suffix('*') {
        Some(prefix) => event.dataset.starts_with(prefix),
        None => &*event.dataset == pattern.as_str(),
    };
    *event.tenant == select.tenant
        && select.from.is_none_or(|f| event.time >= f)
        && select.to.is_none_or(|t| event.time < t)
        && (select.severity.is_empty() || select.severity.contains(&event.severity))
        && (select.datasets.is_empty() || select.datasets.iter().any(dataset))
        && matches(&select.query, event)
}

/// The elements of a field.
pub fn elements(event: &Event, name: &str) -> Vec<Scalar> {
    let text = |s: &str| if s.is_empty() { Vec::new() } else { vec![Scalar::from(s)] };
    match name {
        fieldmap::TIME => vec![Scalar::Int(event.time.0)],
        fieldmap::RECEIVED => vec![Scalar::Int(event.received_at.0)],
        fieldmap::ID => vec![Scalar::Int(event.id)],
        fieldmap::DATASET => text(&event.dataset),
        fieldmap::SOURCE => text(&event.source),
        fieldmap::TYPE => text(&event.event_type),
        fieldmap::CATEGORY => text(&event.category),
        fieldmap::SEVERITY => text(event.severity.as_str()),
        fieldmap::MESSAGE => text(&event.message),
        fieldmap::RAW => text(&event.raw),
        fieldmap::SAMPLE => vec![Scalar::Bool(event.sample)],
        _ => event.get(name).map(flat).unwrap_or_default(),
    }
}

fn flat(value: &Scalar) -> Vec<Scalar> {
    match value {
        Scalar::List(l) => l.iter().flat_map(flat).collect(),
        one => vec![one.clone()],
    }
}

/// What words without a field are looked for in: message, data set, source, type, category, and every field.
fn searched(event: &Event) -> Vec<Scalar> {
    let core = [
        fieldmap::MESSAGE,
        fieldmap::DATASET,
        fieldmap::SOURCE,
        fieldmap::TYPE,
        fieldmap::CATEGORY,
    ];
    let core = core.iter().flat_map(|name| elements(event, name));
    core.chain(event.fields.iter().flat_map(|(_, v)| flat(v))).collect()
}

fn has_phrase(text: &str, wanted: &[String]) -> bool {
    let have: Vec<String> = terms(text).collect();
    have.windows(wanted.len()).any(|w| w == wanted)
}

/// How an element reads: an instant as a date, everything else as `Scalar::text`.
fn text_of(kind: Kind, element: &Scalar) -> String {
    match (kind, element) {
        (Kind::Date, Scalar::Int(micros)) => Micros(*micros).rfc3339(),
        _ => element.text().into_owned(),
    }
}

fn number(element: &Scalar) -> Option<Num> {
    match element {
        Scalar::Int(i) => Some(Num::Int(*i)),
        Scalar::Float(f) => Some(Num::Float(*f)),
        Scalar::Str(s) => Num::parse(s),
        _ => None,
    }
}

fn is_number(element: &Scalar) -> bool {
    matches!(element, Scalar::Int(_) | Scalar::Float(_))
}

fn instant(element: &Scalar) -> Option<i64> {
    match element {
        Scalar::Int(micros) => Some(*micros),
        Scalar::Str(s) => literal::instant(s),
        _ => None,
    }
}

/// Whether one element (not a list) of the field passes.
pub fn passes(name: &str, test: &Test, element: &Scalar) -> bool {
    let kind = fieldmap::kind(name);
    let text = text_of(kind, element);
    match test {
        Test::Glob(pattern) => Glob::new(pattern).matches(&text),
        Test::Cidr(block) => Cidr::parse(block)
            .zip(literal::ip(&text))
            .is_some_and(|(block, address)| block.contains(address)),
        Test::Is(wanted) => is(kind, wanted, element, &text),
        Test::Range { from, to } => range(name, kind, from, to, element, &text),
    }
}

fn is(kind: Kind, wanted: &str, element: &Scalar, text: &str) -> bool {
    let same_text = fold(wanted) == fold(text);
    let same_number = || {
        let both = number(element).zip(Num::parse(wanted));
        both.map(|(a, b)| a.order(b) == Some(Ordering::Equal))
    };
    match kind {
        Kind::Text => {
            let words: Vec<String> = terms(wanted).collect();
            if words.is_empty() { same_text } else { has_phrase(text, &words) }
        }
        Kind::Long | Kind::Double => same_number().unwrap_or(same_text),
        Kind::Keyword | Kind::Bool if is_number(element) => same_number().unwrap_or(same_text),
        Kind::Keyword | Kind::Bool => same_text,
        Kind::Date => match (literal::span(wanted), instant(element)) {
            (Some((start, end)), Some(at)) => start <= at && at < end,
            _ => same_text,
        },
        Kind::Ip => match (literal::ip(wanted), literal::ip(text)) {
            (Some(a), Some(b)) => a == b,
            _ => same_text,
        },
    }
}

/// `order` answers how the element compares with a bound's text: `Less` is below it. `None`: they cannot be compared.
fn between(from: &Bound, to: &Bound, order: impl Fn(&str) -> Option<Ordering>) -> bool {
    let above = match from {
        Bound::Open => true,
        Bound::Including(b) => order(b).is_some_and(Ordering::is_ge),
        Bound::Excluding(b) => order(b).is_some_and(Ordering::is_gt),
    };
    above
        && match to {
            Bound::Open => true,
            Bound::Including(b) => order(b).is_some_and(Ordering::is_le),
            Bound::Excluding(b) => order(b).is_some_and(Ordering::is_lt),
        }
}

fn range(name: &str, kind: Kind, from: &Bound, to: &Bound, element: &Scalar, text: &str) -> bool {
    let numeric = |b: &Bound| b.end().is_none_or(|(text, _)| Num::parse(text).is_some());
    if name == fieldmap::SEVERITY {
        let have = Severity::parse(text);
        return between(from, to, |b| Some(have?.cmp(&Severity::parse(b)?)));
    }
    match kind {
        Kind::Long | Kind::Double => {
            let have = number(element);
            have.is_some() && between(from, to, |b| have?.order(Num::parse(b)?))
        }
        Kind::Date => {
            let have = instant(element);
            // a coarse date compares as equal to every instant within it
            let order = |b: &str| {
                let (start, end) = literal::span(b)?;
                let at = have?;
                Some(if at < start {
                    Ordering::Less
                } else if at >= end {
                    Ordering::Greater
                } else {
                    Ordering::Equal
                })
            };
            have.is_some() && between(from, to, order)
        }
        Kind::Ip => {
            let have = literal::ip(text);
            have.is_some() && between(from, to, |b| Some(have?.cmp(&literal::ip(b)?)))
        }
        Kind::Keyword | Kind::Bool | Kind::Text
            if is_number(element) && numeric(from) && numeric(to) =>
        {
            between(from, to, |b| number(element)?.order(Num::parse(b)?))
        }
        Kind::Keyword | Kind::Bool | Kind::Text => {
            between(from, to, |b| Some(fold(text).cmp(&fold(b))))
        }
    }
}
