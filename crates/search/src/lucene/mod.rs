//! The Lucene query syntax, as analysts type it.
//!
//! `field:value`, `"phrase"`, `field:"phrase"`, `[a TO b]`, `{a TO b}`, `>= > <= <`, `*` and `?`, `AND OR NOT && || ! + -`, groups,
//! `field:(a OR b)`, `_exists_:field`, `field:*`, `*:*`. Terms beside each other are joined by AND. NOT binds closest, then AND,
//! then OR. Names go through `model::fieldmap`. An unquoted CIDR block is compared as a block of addresses.
//!
//! `\` makes the character after it itself, unless that is a letter or a digit: then `\` is itself too (so `C:\Windows` needs no
//! doubling). Inside quotes only `\"` and `\\` are special.
mod parser;
mod printer;

pub use printer::print;

use crate::ast::Query;
use std::ops::Range;

/// Bytes of a query at most.
pub const MAX_LENGTH: usize = 8192;
/// Groups within groups at most.
pub const MAX_DEPTH: usize = 32;
/// Clauses of one query at most.
pub const MAX_CLAUSES: usize = 512;

/// What is wrong with a query, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    pub message: String,
    /// Byte offsets into the text.
    pub span: Range<usize>,
    pub hint: String,
}

/// Empty text means all events.
pub fn parse(text: &str) -> Result<Query, ParseError> {
    parser::parse(text)
}

/// All of them: flat, without doing anything to a single one.
pub fn all_of(parts: Vec<Query>) -> Query {
    let mut flat = Vec::new();
    for p in parts {
        match p {
            Query::And(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Query::All,
        1 => flat.remove(0),
        _ => Query::And(flat),
    }
}

/// Any of them, flat; none of none.
pub fn any_of(parts: Vec<Query>) -> Query {
    let mut flat = Vec::new();
    for p in parts {
        match p {
            Query::Or(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Query::Not(Box::new(Query::All)),
        1 => flat.remove(0),
        _ => Query::Or(flat),
    }
}

#[cfg(test)]
mod tests;
