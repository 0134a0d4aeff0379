//! The crate from outside, as the product uses it.
mod correlate;
mod event;
mod language;
mod sigmahq;
mod support;
