//! Searching stored events, whatever stores them: the query AST, the Lucene syntax, `trait SearchEngine`, and the conformance
//! suite that every engine passes unchanged.
pub mod ast;
pub mod engine;
