//! Sigma: rules as text, what is wrong with them, and which of them hit an event. No I/O.
//!
//! [`language`] reads rules: YAML to [`language::Rule`], every complaint with line and column. [`event`] reads records as collectors
//! send them: fields under Sigma's names and the kinds of log a record belongs to. [`matcher`] brings both together: [`matcher::RuleSet`]
//! is compiled once and asked for each event; [`matcher::plain`] says the same slowly and in the open, for tests and explanations.
pub mod correlate;
pub mod event;
pub mod language;
pub mod matcher;
