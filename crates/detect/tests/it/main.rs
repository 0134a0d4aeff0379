//! The language and the shipped rules on real events.
#![allow(clippy::disallowed_methods, reason = "tests read the environment, the clock, and spawn")]
mod builtin;
mod language;
mod support;
