//! What a query means, after parsing: one tree for Lucene text, filters of a form, and pivots.
//!
//! Field names in the tree are canonical (resolved through `model::fieldmap`); text is as typed.

/// A predicate over one event. Comparison of text ignores case everywhere; numbers and addresses compare by value where the
/// field is numeric or an address.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    All,
    And(Vec<Query>),
    Or(Vec<Query>),
    Not(Box<Query>),
    /// The field has a value.
    Exists(String),
    /// Every term of the text occurs somewhere in the event's values (one bare word: one term). A term is a maximal run of
    /// Unicode letters and digits, lower-cased.
    Text(Pattern),
    Field {
        name: String,
        test: Test,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Keyword fields: the whole value equals. Text fields (`message`, `winlog.message`): the terms occur next to each other, in order.
    Is(String),
    /// `*` any run, `?` any one character, over the whole value; `\*` and `\?` are themselves.
    Glob(String),
    Range {
        from: Bound,
        to: Bound,
    },
    /// CIDR block over an address field.
    Cidr(String),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// All terms, adjacent and in order within one value.
    Phrase(String),
    /// A glob over single terms.
    Glob(String),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    Open,
    Including(String),
    Excluding(String),
}

impl Bound {
    /// Its text, and whether what equals it is within; `None` when it is open.
    pub fn end(&self) -> Option<(&str, bool)> {
        match self {
            Self::Open => None,
            Self::Including(text) => Some((text.as_str(), true)),
            Self::Excluding(text) => Some((text.as_str(), false)),
        }
    }
}
