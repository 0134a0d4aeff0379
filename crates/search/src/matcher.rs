//! Tests made ready to run on many values: the same answers as `naive`, with the parsing done once.
//!
//! A matcher sees single elements: engines take lists apart.
use crate::ast::{Bound, Pattern, Test};
use crate::glob::{self, Glob, Token};
use crate::literal::{self, Cidr, Num};
use crate::terms::{any_term, fold, is_term, terms};
use model::event::Scalar;
use model::fieldmap::{self, Kind};
use std::cmp::Ordering;

/// Terms next to each other, in order.
#[derive(Clone, Debug)]
pub struct Phrase {
    terms: Vec<String>,
    ascii: bool,
}

impl Phrase {
    pub fn new(text: &str) -> Self {
        let terms: Vec<String> = terms(text).collect();
        Self { ascii: terms.iter().all(|t| t.is_ascii()), terms }
    }

    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// A phrase without terms is nowhere.
    pub fn is_in(&self, text: &str) -> bool {
        let Some(first) = self.terms.first() else { return false };
        if !text.is_ascii() {
            let have: Vec<String> = terms(text).collect();
            return have.windows(self.terms.len()).any(|w| w == self.terms);
        }
        if !self.ascii {
            return false;
        }
        let bytes = text.as_bytes();
        let mut from = 0;
        while let Some(at) =
            bytes.get(from..).and_then(|rest| glob::find_ascii(rest, first.as_bytes()))
        {
            let at = from + at;
            if (at == 0 || !bytes[at - 1].is_ascii_alphanumeric()) && self.goes_on(bytes, at) {
                return true;
            }
            from = at + 1;
        }
        false
    }

    /// All terms stand from `at` on, where the first one is known to begin.
    fn goes_on(&self, bytes: &[u8], mut at: usize) -> bool {
        for (i, term) in self.terms.iter().enumerate() {
            if i > 0 {
                at += bytes[at..].iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
            }
            let end = at + term.len();
            let Some(word) = bytes.get(at..end) else { return false };
            if !word.eq_ignore_ascii_case(term.as_bytes())
                || bytes.get(end).is_some_and(u8::is_ascii_alphanumeric)
            {
                return false;
            }
            at = end;
        }
        true
    }
}

/// `Query::Text`, made ready.
#[derive(Clone, Debug)]
pub enum TextMatcher {
    Phrase(Phrase),
    Glob(Glob),
}

impl TextMatcher {
    pub fn new(pattern: &Pattern) -> Self {
        match pattern {
            Pattern::Phrase(text) => Self::Phrase(Phrase::new(text)),
            Pattern::Glob(text) => Self::Glob(Glob::new(text)),
        }
    }

    /// Every event matches: the phrase has no terms.
    pub fn is_all(&self) -> bool {
        matches!(self, Self::Phrase(p) if p.terms.is_empty())
    }

    pub fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Phrase(p) => p.is_in(text),
            Self::Glob(g) => any_term(text, &mut String::new(), |t| g.matches_folded(t)),
        }
    }
}

#[derive(Clone, Debug)]
enum Ready {
    /// Nothing can match.
    Never,
    /// Lower-cased whole text.
    Same(String),
    Phrase(Phrase),
    /// By value where the element is a number, by text otherwise.
    Number {
        num: Num,
        text: String,
        strings_too: bool,
    },
    Address {
        address: std::net::IpAddr,
        text: String,
    },
    Instants {
        start: i64,
        end: i64,
        text: String,
    },
    Glob(Glob),
    Cidr(Cidr),
    Range(Box<Ends>),
}

#[derive(Clone, Debug)]
struct Ends {
    from: Bound,
    to: Bound,
    /// Both ends as numbers, where they are.
    numbers: Option<(Edge<Num>, Edge<Num>)>,
    texts: (Edge<String>, Edge<String>),
}

#[derive(Clone, Debug)]
enum Edge<T> {
    Open,
    Including(T),
    Excluding(T),
}

impl<T> Edge<T> {
    /// `None` when the bound's text cannot be read.
    fn new(bound: &Bound, read: impl Fn(&str) -> Option<T>) -> Option<Self> {
        Some(match bound {
            Bound::Open => Self::Open,
            Bound::Including(b) => Self::Including(read(b)?),
            Bound::Excluding(b) => Self::Excluding(read(b)?),
        })
    }
}

fn between<T>(ends: &(Edge<T>, Edge<T>), order: impl Fn(&T) -> Option<Ordering>) -> bool {
    let above = match &ends.0 {
        Edge::Open => true,
        Edge::Including(b) => order(b).is_some_and(Ordering::is_ge),
        Edge::Excluding(b) => order(b).is_some_and(Ordering::is_gt),
    };
    above
        && match &ends.1 {
            Edge::Open => true,
            Edge::Including(b) => order(b).is_some_and(Ordering::is_le),
            Edge::Excluding(b) => order(b).is_some_and(Ordering::is_lt),
        }
}

/// A test of one field, made ready.
#[derive(Clone, Debug)]
pub struct Matcher {
    name: String,
    kind: Kind,
    ready: Ready,
}

impl Matcher {
    pub fn new(name: &str, test: &Test) -> Self {
        let kind = fieldmap::kind(name);
        let ready = match test {
            Test::Glob(pattern) => Ready::Glob(Glob::new(pattern)),
            Test::Cidr(block) => Cidr::parse(block).map_or(Ready::Never, Ready::Cidr),
            Test::Range { from, to } => {
                let ends = |read: fn(&str) -> Option<Num>| {
                    Some((Edge::new(from, read)?, Edge::new(to, read)?))
                };
                let texts = |b: &Bound| Edge::new(b, |s| Some(fold(s))).unwrap_or(Edge::Open);
                Ready::Range(Box::new(Ends {
                    numbers: ends(Num::parse),
                    texts: (texts(from), texts(to)),
                    from: from.clone(),
                    to: to.clone(),
                }))
            }
            Test::Is(wanted) => Self::is(kind, wanted),
        };
        Self { name: name.into(), kind, ready }
    }

    fn is(kind: Kind, wanted: &str) -> Ready {
        let text = fold(wanted);
        let number = |strings_too| {
            Num::parse(wanted).map(|num| Ready::Number { num, text: text.clone(), strings_too })
        };
        match kind {
            Kind::Text => {
                let phrase = Phrase::new(wanted);
                if phrase.terms.is_empty() { Ready::Same(text) } else { Ready::Phrase(phrase) }
            }
            Kind::Long | Kind::Double => number(true).unwrap_or(Ready::Same(text)),
            Kind::Keyword | Kind::Bool => number(false).unwrap_or(Ready::Same(text)),
            Kind::Date => match literal::span(wanted) {
                Some((start, end)) => Ready::Instants { start, end, text },
                None => Ready::Same(text),
            },
            Kind::Ip => match literal::ip(wanted) {
                Some(address) => Ready::Address { address, text },
                None => Ready::Same(text),
            },
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// An element that is text.
    pub fn str(&self, text: &str) -> bool {
        match &self.ready {
            Ready::Never => false,
            Ready::Same(wanted) => same(text, wanted),
            Ready::Phrase(phrase) => phrase.is_in(text),
            Ready::Number { num, text: wanted, strings_too: true } => match Num::parse(text) {
                Some(have) => have.order(*num) == Some(Ordering::Equal),
                None => same(text, wanted),
            },
            Ready::Number { text: wanted, .. } => same(text, wanted),
            Ready::Address { address, text: wanted } => match literal::ip(text) {
                Some(have) => have == *address,
                None => same(text, wanted),
            },
            Ready::Instants { start, end, text: wanted } => match literal::instant(text) {
                Some(at) => *start <= at && at < *end,
                None => same(text, wanted),
            },
            Ready::Glob(glob) => glob.matches(text),
            Ready::Cidr(block) => literal::ip(text).is_some_and(|a| block.contains(a)),
            Ready::Range(ends) => match self.kind {
                Kind::Keyword | Kind::Bool | Kind::Text if self.name != fieldmap::SEVERITY => {
                    let have = fold(text);
                    between(&ends.texts, |b| Some(have.as_str().cmp(b)))
                }
                // rare: a text where a number, an instant or an address is expected
                _ => self.slow(ends, &Scalar::from(text)),
            },
        }
    }

    pub fn int(&self, i: i64) -> bool {
        match &self.ready {
            Ready::Number { num, .. } => Num::Int(i).order(*num) == Some(Ordering::Equal),
            Ready::Instants { start, end, .. } => *start <= i && i < *end,
            Ready::Range(ends) => match (&ends.numbers, self.kind) {
                (
                    Some(numbers),
                    Kind::Keyword | Kind::Bool | Kind::Text | Kind::Long | Kind::Double,
                ) => between(numbers, |b| Num::Int(i).order(*b)),
                _ => self.slow(ends, &Scalar::Int(i)),
            },
            _ if self.kind == Kind::Date => self.str(&model::Micros(i).rfc3339()),
            _ => self.str(&i.to_string()),
        }
    }

    pub fn float(&self, f: f64) -> bool {
        match &self.ready {
            Ready::Number { num, .. } => Num::Float(f).order(*num) == Some(Ordering::Equal),
            Ready::Range(ends) => self.slow(ends, &Scalar::Float(f)),
            // an instant is whole, and a text that reads like this number is a number only where numbers live
            Ready::Instants { text, .. } => same(&f.to_string(), text),
            _ => self.str(&f.to_string()),
        }
    }

    pub fn boolean(&self, b: bool) -> bool {
        let text = if b { "true" } else { "false" };
        match &self.ready {
            Ready::Range(ends) => self.slow(ends, &Scalar::Bool(b)),
            _ => self.str(text),
        }
    }

    /// Any element, lists taken apart.
    pub fn scalar(&self, value: &Scalar) -> bool {
        match value {
            Scalar::Str(s) => self.str(s),
            Scalar::Int(i) => self.int(*i),
            Scalar::Float(f) => self.float(*f),
            Scalar::Bool(b) => self.boolean(*b),
            Scalar::List(l) => l.iter().any(|s| self.scalar(s)),
        }
    }

    fn slow(&self, ends: &Ends, element: &Scalar) -> bool {
        crate::naive::passes(
            &self.name,
            &Test::Range { from: ends.from.clone(), to: ends.to.clone() },
            element,
        )
    }

    /// What must be found for any element to match, so that a filter can leave data out.
    pub fn needs(&self) -> Needs {
        match &self.ready {
            Ready::Phrase(phrase) => Needs::Terms(phrase.terms.clone()),
            Ready::Same(text) if self.kind == Kind::Keyword => Needs::Value(text.clone()),
            Ready::Number { num: Num::Int(i), text, .. }
                if self.kind == Kind::Keyword && *text == i.to_string() =>
            {
                Needs::Value(text.clone())
            }
            Ready::Address { address, .. } => Needs::Value(address.to_string()),
            Ready::Glob(_) if self.kind == Kind::Date => Needs::Unknown,
            Ready::Glob(glob) => Needs::Terms(glob.certain_terms()),
            _ => Needs::Unknown,
        }
    }

    /// Bounds of whole numbers that can match, when only these can.
    pub fn int_range(&self) -> Option<(i64, i64)> {
        let whole = |n: &Num| if let Num::Int(i) = n { Some(*i) } else { None };
        match &self.ready {
            Ready::Number { num: Num::Int(i), .. } => Some((*i, *i)),
            Ready::Instants { start, end, .. } => Some((*start, end.saturating_sub(1))),
            Ready::Range(ends) if self.kind == Kind::Date => {
                let low = match &ends.from {
                    Bound::Open => i64::MIN,
                    Bound::Including(b) | Bound::Excluding(b) => literal::span(b)?.0,
                };
                let high = match &ends.to {
                    Bound::Open => i64::MAX,
                    Bound::Including(b) | Bound::Excluding(b) => literal::span(b)?.1,
                };
                Some((low, high))
            }
            Ready::Range(ends) if matches!(self.kind, Kind::Long | Kind::Double) => {
                let (from, to) = ends.numbers.as_ref()?;
                let low = match from {
                    Edge::Open => i64::MIN,
                    Edge::Including(n) | Edge::Excluding(n) => whole(n)?,
                };
                let high = match to {
                    Edge::Open => i64::MAX,
                    Edge::Including(n) | Edge::Excluding(n) => whole(n)?,
                };
                Some((low, high))
            }
            _ => None,
        }
    }
}

/// What a filter may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    Unknown,
    /// All of these terms stand in one value of the field.
    Terms(Vec<String>),
    /// A value of the field is this, lower-cased; an address in its shortest form.
    Value(String),
}

fn same(text: &str, folded: &str) -> bool {
    if text.is_ascii() { text.eq_ignore_ascii_case(folded) } else { fold(text) == folded }
}

impl Glob {
    /// Terms that every matching text has: those that the pattern shows whole.
    pub fn certain_terms(&self) -> Vec<String> {
        let mut found = Vec::new();
        let (mut word, mut whole) = (String::new(), true);
        for token in self.lowered() {
            match token {
                Token::Char(c) if is_term(*c) => word.push(*c),
                Token::Char(_) => {
                    if whole && !word.is_empty() {
                        found.push(std::mem::take(&mut word));
                    }
                    word.clear();
                    whole = true;
                }
                Token::Any | Token::One => {
                    word.clear();
                    whole = false;
                }
            }
        }
        if whole && !word.is_empty() {
            found.push(word);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_terms_are_those_that_no_wildcard_touches() {
        let of = |p: &str| Glob::new(p).certain_terms();
        assert_eq!(of(r"*\\powershell.exe"), ["powershell", "exe"]);
        assert_eq!(of(r"C:\\Windows\\Sys*"), ["c", "windows"]);
        assert!(of("*abc*").is_empty());
        assert!(of("a?c").is_empty());
        assert_eq!(of("*a b c*"), ["b"]);
    }

    #[test]
    fn phrases_keep_to_word_boundaries() {
        let p = Phrase::new("Network connection");
        assert!(p.is_in("xnetwork network  CONNECTION detected"));
        assert!(!p.is_in("network connections"));
        assert!(!p.is_in("networks connection"));
        assert!(Phrase::new("k").is_in("\u{212a}"));
        assert!(Phrase::new("é").is_in("É"));
        assert!(!Phrase::new("é").is_in("e"));
    }
}
