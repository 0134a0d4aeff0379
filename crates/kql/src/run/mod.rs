//! Running a query: statement by statement, operator by operator, each over whole columns.
//!
//! There is no separate binder: names and types are found out from the tables that are there, and a query is checked by running it over
//! the same tables without rows. So what is checked is what is run.
pub(crate) mod names;
mod operators;
mod pipe;
mod scope;
mod session;
mod statements;

pub(crate) use scope::{Binding, Scope};
pub use session::{Failure, Limits, Outcome, Session, Source, Wants};
pub(crate) use statements::{Given, Runner, convert};

use crate::syntax::{Code, Diagnostic, Span};

/// What a step of running gives.
pub(crate) type Res<T> = Result<T, Failure>;

/// Something that the query asks for and cannot have, at its place.
pub(crate) fn wrong<T>(span: Span, message: impl Into<String>) -> Res<T> {
    Err(Failure::Query(Diagnostic::error(Code::Semantic, span, message)))
}
