//! Which rules hit an event. [`RuleSet`] is compiled once and asked for each event; [`plain`] says what it must answer.
mod class;
mod compile;
mod explain;
mod index;
pub mod plain;
mod set;
mod witness;

pub use explain::{Explanation, Step, explain};
pub use set::{RuleSet, Scratch};
