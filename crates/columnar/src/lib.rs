//! Logical types over Arrow arrays: what scans, hunting and backtests share.
//!
//! Strings are dictionary-encoded (or plain where nearly every value is its own), times are microseconds in UTC. A field whose
//! values are of several types has one column per type (`name`); each row has a value in at most one of them.
pub mod gather;
pub mod name;
pub mod strings;
pub mod table;

pub use name::Form;
pub use strings::Strings;
pub use table::Table;

#[derive(Debug, thiserror::Error)]
pub enum ColumnError {
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
    #[error("column {0} has a type that is not known here")]
    UnknownType(String),
}
