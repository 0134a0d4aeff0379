//! Searching stored events, whatever stores them: the query AST, the Lucene syntax, `trait SearchEngine`, and the conformance
//! suite that every engine passes unchanged.
//!
//! `naive` says what a query means; everything faster is compared with it.
pub mod ast;
pub mod conformance;
pub mod engine;
pub mod glob;
pub mod literal;
pub mod lucene;
pub mod matcher;
pub mod naive;
pub mod slices;
pub mod terms;
