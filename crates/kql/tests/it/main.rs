//! The syntax of KQL, against real queries and by single constructs.
mod aggregates;
mod aggregates_rows;
mod aggregates_sketches;
mod aggregates_window;
mod corpus;
mod expressions;
mod fn_dynamic;
mod fn_dynamic_series;
mod fn_text;
mod fn_text_net;
mod fn_text_terms;
mod golden;
mod limits;
mod literals;
mod operators;
mod recovery;
mod support;
