//! The program: command line, configuration, wiring, plain axum routes, background work, backups.
//!
//! Knows every other part and is known by none. Handlers are short: extract, call `soc`, shape.
pub mod api;
pub mod backup;
pub mod cli;
pub mod identity;
pub mod ingest;
pub mod ledger;
pub mod state;
pub mod wire;
