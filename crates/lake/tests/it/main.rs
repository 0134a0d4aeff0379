//! The lake as its users see it.
mod conformance;
mod crash;
mod damage;
mod duckdb;
mod real;
mod snapshot;
