//! The crate from outside, as the product uses it.
mod event;
mod language;
mod sigmahq;
mod support;
