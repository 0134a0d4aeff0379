//! A query between two OpenSearch queries: what certainly matches, and what possibly does.
//!
//! Invariant: an event that `certain` finds matches, and one that `possible` does not find does not. Where the two are one query,
//! OpenSearch's answer is the answer.
use crate::dsl::Dsl;
use crate::names::{self, ODD, ODD_WORDS, WORDS};
use model::Severity;
use model::event::Scalar;
use model::fieldmap::{self, Kind};
use search::ast::{Bound, Pattern, Query, Test};
use search::engine::Select;
use search::glob::{Glob, Token};
use search::naive;
use search::terms::terms;
use serde_json::{Value, json};

mod known;
mod unknown;

/// Longest pattern that is sent as one; a longer one is judged here.
const MAX_PATTERN: usize = 512;

/// `?` after a `*`: each doubles the states of the pattern.
const MAX_ONES: usize = 8;

/// The two sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Bracket {
    pub certain: Dsl,
    pub possible: Dsl,
}

impl Bracket {
    pub fn exactly(q: Dsl) -> Self {
        Self { certain: q.clone(), possible: q }
    }

    /// Nothing is certain.
    pub fn at_most(possible: Dsl) -> Self {
        Self { certain: Dsl::None, possible }
    }

    fn or_possibly(self, more: Dsl) -> Self {
        Self { certain: self.certain, possible: Dsl::or([self.possible, more]) }
    }

    pub fn is_closed(&self) -> bool {
        self.certain == self.possible
    }

    /// What has to be judged one by one.
    pub fn open(&self) -> Dsl {
        if self.is_closed() {
            return Dsl::None;
        }
        Dsl::and([self.possible.clone(), self.certain.clone().not()])
    }
}

/// A whole selection.
pub fn select(s: &Select) -> Bracket {
    let mut frame = vec![Dsl::term(names::TENANT, s.tenant.as_str())];
    let mut time = serde_json::Map::new();
    s.from.iter().for_each(|t| drop(time.insert("gte".into(), t.0.into())));
    s.to.iter().for_each(|t| drop(time.insert("lt".into(), t.0.into())));
    if !time.is_empty() {
        frame.push(Dsl::range(names::TIME, time));
    }
    if !s.severity.is_empty() {
        let words = s.severity.iter().map(|s| s.as_str().into()).collect();
        frame.push(Dsl::terms(fieldmap::SEVERITY, words));
    }
    let mut inner = vec![query(&s.query)];
    if !s.datasets.is_empty() {
        let any = s.datasets.iter().map(|d| match d.strip_suffix('*') {
            Some("") => Dsl::All,
            Some(start) => Dsl::prefix(fieldmap::DATASET, start),
            None => Dsl::term(fieldmap::DATASET, d.as_str()),
        });
        // a name that is too long for the field is judged
        inner.push(Bracket::exactly(Dsl::or(any)).or_possibly(odd(fieldmap::DATASET)));
    }
    let all =
        |side: fn(&Bracket) -> Dsl| Dsl::and(frame.iter().cloned().chain(inner.iter().map(side)));
    Bracket { certain: all(|b| b.certain.clone()), possible: all(|b| b.possible.clone()) }
}

pub fn query(q: &Query) -> Bracket {
    match q {
        Query::All => Bracket::exactly(Dsl::All),
        Query::And(parts) => {
            let parts: Vec<Bracket> = parts.iter().map(query).collect();
            Bracket {
                certain: Dsl::and(parts.iter().map(|p| p.certain.clone())),
                possible: Dsl::and(parts.iter().map(|p| p.possible.clone())),
            }
        }
        Query::Or(parts) => {
            let parts: Vec<Bracket> = parts.iter().map(query).collect();
            Bracket {
                certain: Dsl::or(parts.iter().map(|p| p.certain.clone())),
                possible: Dsl::or(parts.iter().map(|p| p.possible.clone())),
            }
        }
        Query::Not(q) => {
            let inner = query(q);
            Bracket { certain: inner.possible.not(), possible: inner.certain.not() }
        }
        Query::Exists(name) => Bracket::exactly(exists(name)),
        Query::Text(pattern) => text(pattern),
        Query::Field { name, test } => field(name, test),
    }
}

/// Events whose value of the field is searched nowhere.
pub fn odd(name: &str) -> Dsl {
    Dsl::term(ODD, &*names::token(name))
}

pub fn exists(name: &str) -> Dsl {
    match name {
        fieldmap::TIME
        | fieldmap::RECEIVED
        | fieldmap::ID
        | fieldmap::SEVERITY
        | fieldmap::SAMPLE => Dsl::All,
        _ => Dsl::term(names::NAMES, &*names::token(name)),
    }
}

fn phrase(field: &str, words: &[String]) -> Dsl {
    match words {
        [one] => Dsl::term(field, one.as_str()),
        many => Dsl::Query(json!({"match_phrase": {field: {"query": many.join(" ")}}})),
    }
}

fn all_terms<'a>(field: &str, words: impl IntoIterator<Item = &'a String>) -> Dsl {
    Dsl::and(words.into_iter().map(|w| Dsl::term(field, w.as_str())))
}

fn text(pattern: &Pattern) -> Bracket {
    let bracket = match pattern {
        Pattern::Phrase(text) => {
            let words: Vec<String> = terms(text).collect();
            match words.len() {
                0 => return Bracket::exactly(Dsl::All),
                1 => Bracket::exactly(Dsl::term(WORDS, words[0].as_str())),
                // positions are kept in fields of words alone
                _ => Bracket {
                    certain: Dsl::or(worded_fields().map(|name| phrase(name, &words))),
                    possible: all_terms(WORDS, &words),
                },
            }
        }
        Pattern::Glob(text) => match wildcard(text) {
            Some(pattern) => Bracket::exactly(Dsl::wildcard(WORDS, &pattern)),
            None => Bracket::at_most(Dsl::All),
        },
    };
    // not by `odd`: the mark is no field's name, and is not to be cleaned as one
    bracket.or_possibly(Dsl::term(ODD, ODD_WORDS))
}

fn field(name: &str, test: &Test) -> Bracket {
    match name {
        fieldmap::TIME => known::instant(names::TIME, 1, test),
        fieldmap::RECEIVED => known::instant(names::RECEIVED, 1, test),
        fieldmap::ID => known::long(name, test),
        fieldmap::SEVERITY => of_few(name, test, Severity::ALL.map(|s| s.as_str().into())),
        fieldmap::SAMPLE => known::boolean(name, test),
        fieldmap::MESSAGE => worded(name, test).or_possibly(odd(name)),
        fieldmap::RAW => Bracket::at_most(exists(name)),
        fieldmap::DATASET | fieldmap::SOURCE | fieldmap::TYPE | fieldmap::CATEGORY => {
            known::keyword(name, test).or_possibly(odd(name))
        }
        _ => match names::mapped(name) {
            Some(Kind::Keyword) => known::keyword(name, test).or_possibly(odd(name)),
            Some(Kind::Long) => known::long(name, test).or_possibly(odd(name)),
            Some(Kind::Bool) => known::boolean(name, test).or_possibly(odd(name)),
            Some(Kind::Ip) => known::address(name, test).or_possibly(odd(name)),
            Some(Kind::Date) => known::instant(name, 1000, test).or_possibly(odd(name)),
            Some(Kind::Text) => worded(name, test).or_possibly(odd(name)),
            Some(Kind::Double) => Bracket::at_most(exists(name)),
            None if fieldmap::kind(name) == Kind::Keyword => {
                unknown::field(name, test).or_possibly(odd(name))
            }
            // another word for a field of the map, and so of its kind
            None => Bracket::at_most(exists(name)),
        },
    }
}

/// A field with few possible texts: each is asked what the test says of it.
fn of_few<const N: usize>(name: &str, test: &Test, texts: [Value; N]) -> Bracket {
    let element = |v: &Value| match v {
        Value::Bool(b) => Scalar::Bool(*b),
        other => Scalar::from(other.as_str().unwrap_or_default()),
    };
    let passed: Vec<Value> =
        texts.into_iter().filter(|t| naive::passes(name, test, &element(t))).collect();
    Bracket::exactly(Dsl::terms(name, passed))
}

/// Fields that OpenSearch keeps as words and where they stand.
fn worded_fields() -> impl Iterator<Item = &'static str> {
    fieldmap::all()
        .iter()
        .filter(|f| f.kind == Kind::Text && f.name != fieldmap::RAW)
        .map(|f| f.name)
}

/// A test of such a field.
fn worded(name: &str, test: &Test) -> Bracket {
    let there = || exists(name);
    match test {
        Test::Is(text) => {
            let words: Vec<String> = terms(text).collect();
            if words.is_empty() {
                return Bracket::at_most(there());
            }
            Bracket::exactly(phrase(name, &words))
        }
        // a glob is over the whole text, which is not kept as one term
        Test::Glob(pattern) => Bracket::at_most(Dsl::and([
            there(),
            all_terms(name, &Glob::new(pattern).certain_terms()),
        ])),
        _ => Bracket::at_most(there()),
    }
}

/// A glob in OpenSearch's syntax, in lower case. `None` when it is too long to be sent.
fn wildcard(pattern: &str) -> Option<String> {
    let (mut out, mut any, mut ones) = (String::new(), false, 0);
    for token in Glob::new(pattern).lowered() {
        match token {
            Token::Any => {
                any = true;
                out.push('*');
            }
            Token::One => {
                ones += usize::from(any);
                out.push('?');
            }
            Token::Char(c) => {
                if matches!(c, '*' | '?' | '\\') {
                    out.push('\\');
                }
                out.push(*c);
            }
        }
    }
    (out.len() <= MAX_PATTERN && ones <= MAX_ONES).then_some(out)
}

/// The literal beginning of a glob, in lower case.
fn beginning(pattern: &str) -> String {
    Glob::new(pattern).prefix().to_owned()
}

/// Ends of a range: `gte`, `gt`, `lte`, `lt`.
#[derive(Default)]
struct Ends(serde_json::Map<String, Value>);

impl Ends {
    fn with(mut self, word: &str, value: impl Into<Value>) -> Self {
        self.0.insert(word.into(), value.into());
        self
    }
}

/// Text bounds as ends over lower-cased terms that begin with `head`.
fn text_ends(head: &str, after: Option<&str>, from: &Bound, to: &Bound) -> Ends {
    let end = |b: &str| format!("{head}{}", search::terms::fold(b));
    let ends = match from {
        Bound::Open if head.is_empty() => Ends::default(),
        Bound::Open => Ends::default().with("gte", head),
        Bound::Including(b) => Ends::default().with("gte", end(b)),
        Bound::Excluding(b) => Ends::default().with("gt", end(b)),
    };
    match (to, after) {
        (Bound::Open, None) => ends,
        (Bound::Open, Some(after)) => ends.with("lt", after),
        (Bound::Including(b), _) => ends.with("lte", end(b)),
        (Bound::Excluding(b), _) => ends.with("lt", end(b)),
    }
}
