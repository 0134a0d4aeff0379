//! Correlations: hits of rules counted by group within a time, in the time of the events.
//!
//! A rule's hit becomes a [`Signal`] for each correlation that counts the rule; signals are pushed in the order of their times. State is
//! kept by (correlation, group) and only as long as it can still matter; nothing is dropped silently: what comes too late is counted.
//!
//! A correlation that asks for *at least* something (`gt`, `gte`, all rules) hits at the event that completes it, in any window as long as
//! the time span, and that window's events are spent: the next hit needs new ones. Whatever else (`lt`, `eq`, averages, percentiles, a `not`)
//! can only be known when a window is over: windows then begin with a group's first event and follow each other.
mod engine;
mod group;
mod spec;

pub use engine::{Correlator, Found};
pub use spec::{MOST_EVENTS, Signal};
