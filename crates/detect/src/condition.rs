//! A compiled condition, and whether it holds.
//!
//! A key whose value is a list passes when one member passes. A missing value equals `null`, passes `not`, and nothing else.
//! Equality is strict about type and case; operators on text ignore case; comparisons read numbers also from text.
use crate::key::{Attribute, Key};
use crate::text::{Cidr, Folded, Glob};
use crate::view::{Seen, View};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// All tests must pass on the value of the key.
    Field(Box<Key>, Vec<Test>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// Any of these, strictly.
    Equals(Vec<Value>),
    Contains(Vec<Folded>),
    ContainsAll(Vec<Folded>),
    StartsWith(Vec<Folded>),
    EndsWith(Vec<Folded>),
    /// Whole value, ignoring case.
    Is(Vec<Folded>),
    Glob(Vec<Glob>),
    Cidr(Vec<Cidr>),
    Greater {
        than: f64,
        equal: bool,
    },
    Less {
        than: f64,
        equal: bool,
    },
    /// More characters than this, counting them.
    Longer(f64),
    Exists(bool),
    Not(Vec<Test>),
}

impl Condition {
    pub fn holds(&self, view: &View) -> bool {
        match self {
            Self::All(all) => all.iter().all(|c| c.holds(view)),
            Self::Any(any) => any.iter().any(|c| c.holds(view)),
            Self::Not(c) => !c.holds(view),
            Self::Field(key, tests) => {
                key.with(view, |seen| tests.iter().all(|t| t.passes(key, view, seen)))
            }
        }
    }
}

impl Test {
    fn passes(&self, key: &Key, view: &View, seen: Seen) -> bool {
        let text = |list: &[Folded], test: fn(&Folded, &str) -> bool| {
            seen.any(&mut |s| texts(s, |t| list.iter().any(|f| test(f, t))))
        };
        match self {
            Self::Equals(any) => {
                any.iter().any(|want| equal(want, seen) || seen.any(&mut |s| equal(want, s)))
                    || (is_network_type(key, view) && any.iter().any(|w| w == "network"))
            }
            Self::Contains(any) => text(any, Folded::is_in),
            Self::ContainsAll(all) => {
                all.iter().all(|f| text(std::slice::from_ref(f), Folded::is_in))
            }
            Self::StartsWith(any) => text(any, Folded::starts),
            Self::EndsWith(any) => text(any, Folded::ends),
            Self::Is(any) => text(any, Folded::equals),
            Self::Glob(any) => seen.any(&mut |s| texts(s, |t| any.iter().any(|g| g.matches(t)))),
            Self::Cidr(any) => {
                seen.any(&mut |s| matches!(s, Seen::Text(t) if any.iter().any(|c| c.holds(t))))
            }
            Self::Greater { than, equal } => compare(seen, |n| n > *than || (*equal && n == *than)),
            Self::Less { than, equal } => compare(seen, |n| n < *than || (*equal && n == *than)),
            Self::Longer(than) => seen.any(&mut |s| texts(s, |t| t.chars().count() as f64 > *than)),
            Self::Exists(want) => matches!(seen, Seen::Missing) != *want,
            Self::Not(tests) => !tests.iter().all(|t| t.passes(key, view, seen)),
        }
    }
}

/// The contract calls every event of a sensor `network`; here they keep their own types and answer to both.
fn is_network_type(key: &Key, view: &View) -> bool {
    key.attribute == Some(Attribute::Type) && view.is_network()
}

fn texts(seen: Seen, test: impl Fn(&str) -> bool) -> bool {
    match seen {
        Seen::Missing => false,
        Seen::Text(t) => test(t),
        other => test(&other.text()),
    }
}

fn compare(seen: Seen, test: impl Fn(f64) -> bool) -> bool {
    seen.any(&mut |s| s.number().is_some_and(&test))
}

/// Strict: `445` is not `"445"`, `1` is `1.0`, a missing value is `null`.
fn equal(want: &Value, seen: Seen) -> bool {
    match (want, seen) {
        (Value::Null, Seen::Missing) => true,
        (Value::String(w), Seen::Text(t)) => w == t,
        (Value::Bool(w), Seen::Bool(b)) => *w == b,
        (Value::Number(w), Seen::Int(i)) => {
            w.as_i64() == Some(i) || (w.is_f64() && w.as_f64() == Some(i as f64))
        }
        (Value::Number(w), Seen::Float(f)) => w.as_f64() == Some(f),
        // a list fresh from the road and the same list read back
        (Value::Array(want), Seen::Scalars(list)) => {
            want.len() == list.len()
                && want.iter().zip(list).all(|(w, s)| equal(w, Seen::of_scalar(s)))
        }
        (Value::Array(want), Seen::Json(Value::Array(list))) => {
            want.len() == list.len()
                && want.iter().zip(list).all(|(w, v)| equal(w, Seen::of_json(v)))
        }
        (want, Seen::Json(v)) => want == v,
        _ => false,
    }
}
