//! The language and the shipped rules on real events.
mod builtin;
mod language;
mod support;
