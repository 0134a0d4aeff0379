//! The platform from outside: real sockets, real requests.
#![allow(clippy::disallowed_methods, reason = "tests read the environment, the clock, and spawn")]
mod accept;
mod bodies;
mod config;
mod layers;
mod ledger;
mod support;
