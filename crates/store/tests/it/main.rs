//! The store on both databases. Each test of `db_test!` runs twice, on SQLite and on PostgreSQL.
#![allow(clippy::disallowed_methods, reason = "tests read the environment, the clock, and spawn")]
mod alerts;
mod arrivals;
mod audit;
mod bells;
mod claims;
mod copies;
mod help;
mod journal;
mod lake;
mod people;
mod raise;
mod retention;
mod rules;
mod schema;
mod statements;
mod transactions;
mod transfer;
