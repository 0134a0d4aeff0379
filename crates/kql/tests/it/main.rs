//! The syntax of KQL, against real queries and by single constructs.
mod corpus;
mod expressions;
mod limits;
mod literals;
mod operators;
mod recovery;
mod support;
