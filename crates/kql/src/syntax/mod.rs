//! Text to tree.
//!
//! Invariants: parsing never fails and never panics, it takes time linear in the text, and the tree's height is bounded
//! (`parser::MAX_DEPTH`, `parser::MAX_CHAIN`), so that whoever walks it may recurse. Every span is a byte range of the text that
//! was given, on character boundaries. Broken text gives `Missing` and `Error` nodes, each with a diagnostic.
pub mod ast;
mod blocks;
mod diagnostic;
pub mod lexer;
mod parser;
mod span;
pub mod token;

pub use blocks::{block_at, blocks};
pub use diagnostic::{Code, Diagnostic, Fix, Severity};
pub use parser::{MAX_CHAIN, MAX_DEPTH, MAX_DIAGNOSTICS};
pub use span::Span;

/// What `parse` makes of a text.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub tree: ast::Query,
    /// In the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }
}

/// The whole text as one query: statements separated by `;`.
pub fn parse(text: &str) -> Parsed {
    parser::parse(text)
}
