//! The Kusto query language. `syntax` turns text into a tree with diagnostics and knows no schema.
//!
//! No I/O, no clock, and nothing else of ours: what a name refers to is the matter of who binds the tree.
pub mod syntax;
