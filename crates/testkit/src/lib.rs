//! The finished program from outside: starts it, talks to it over HTTP, stands between it and its database, ends it, and looks at
//! what is left. What breaks it in earnest is in the crate `chaos`.
//!
//! Invariants:
//! - Every server runs on a free port with a data folder of its own, and is stopped by its own process id, also when a test panics.
//! - Nothing waits for a fixed time: [`wait_for`] asks until the answer is right and says the last state when it never is.
//!   A backlog is given as long as it gets less ([`worked_off`]): no test depends on how fast the machine is.
//! - Random tests draw from [`seed::rng`], which prints its seed; `EVENTSEC_TEST_SEED` repeats a run.
//! - Real data is read in place ([`data::data_dir`]); where it is missing, a test prints `skipped: …` and returns.
#![allow(clippy::disallowed_methods)] // this crate is the outside: it owns clocks, environment, tasks and HTTP clients of tests

pub mod balancer;
pub mod batch;
pub mod client;
pub mod corpus;
pub mod db;
pub mod encode;
pub mod fleet;
pub mod kill;
pub mod notes;
pub mod postgres;
pub mod program;
pub mod proxy;
pub mod search_proxy;
pub mod seed;
pub mod server;
pub mod stamp;
mod wait;

pub use client::{Client, Reply};
pub use postgres::PgDatabase;
pub use proxy::ChaosProxy;
pub use server::{Options, TestServer};
pub use testdata as data;
pub use testdata::data_dir;
pub use wait::{wait_for, worked_off};
