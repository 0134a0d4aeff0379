//! The Kusto query language. `syntax` turns text into a tree with diagnostics and knows no schema; `value` has the scalar types;
//! `functions` the scalar functions, `aggregates` what `summarize` computes.
//!
//! No I/O, no clock, and nothing else of ours: tables come through the source trait, the time is given.
pub mod aggregates;
mod eval;
pub mod functions;
pub mod golden;
pub mod infer;
pub mod run;
pub mod syntax;
pub mod table;
pub mod value;
