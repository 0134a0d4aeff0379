//! The lake as its users see it.
#![allow(clippy::disallowed_methods, reason = "tests read the environment, the clock, and spawn")]
mod conformance;
mod crash;
mod damage;
mod duckdb;
mod floods;
mod real;
mod retain;
mod snapshot;
mod splice;
