//! The scenarios, one or a family in each file, and the list of all of them.
//!
//! To add one: a function from [`Tools`] to [`Outcome`] that begins with `Outcome::begin` and ends with `Outcome::end`, and a line
//! in [`ALL`]. The tests and the long tier take it from there.
mod body_bombs;
mod contention;
mod damage;
mod disk_full;
mod eio;
mod failpoints;
mod hostile_http;
mod hostile_json;
mod idle;
mod kill;
mod overload;
mod panics;
mod planted;
mod postgres;
mod power_cut;
mod reads;
mod search_bombs;
mod slow_clients;
mod terminate;

use crate::{drive::Load, outcome::Outcome, tools::Tools};
use futures::{FutureExt, future::LocalBoxFuture};
use std::panic::AssertUnwindSafe;
use testkit::{Options, PgDatabase};

/// One thing that breaks.
pub struct Scenario {
    pub name: &'static str,
    /// What breaks, and what must hold all the same.
    pub what: &'static str,
    pub run: fn(&Tools) -> LocalBoxFuture<'_, Outcome>,
}

macro_rules! scenarios {
    ($($name:literal, $run:path, $what:literal;)+) => {
        /// All of them, in the order in which the long tier runs them.
        pub const ALL: &[Scenario] =
            &[$(Scenario { name: $name, what: $what, run: |tools| Box::pin($run(tools)) }),+];
    };
}

scenarios! {
    "kill", kill::sqlite, "SIGKILL at random moments: nothing acknowledged is lost or doubled";
    "kill-postgres", kill::postgres, "the same on PostgreSQL";
    "power-cut", power_cut::run, "what was not synced is gone: the same";
    "failpoints", failpoints::sqlite, "the program dies at each step of an event's road: the same";
    "failpoints-postgres", failpoints::postgres, "the same on PostgreSQL";
    "planted", planted::run, "eight bugs that others have had: each is found";
    "damage", damage::run, "bits flip, files are cut: no panic, nothing wrong is shown, the damage is named";
    "eio", eio::run, "fsync fails: nothing of it is acknowledged, then it goes on";
    "terminate", terminate::run, "SIGTERM under load: drained within 10 s, status 0";
    "reads", reads::run, "parts are merged under readers: no answer misses or repeats an event";
    "disk-full", disk_full::run, "the disk is full and has room again: events wait, people work on";
    "idle", idle::run, "thousands of idle connections: others are served";
    "overload", overload::run, "three times what it can take: refusals say when to come again, pages stay quick";
    "search-bombs", search_bombs::run, "searches that cost too much: each ends, the intake goes on";
    "postgres", postgres::run, "PostgreSQL cut, hung, restarted: 503 and no 500, then it goes on by itself";
    "contention", contention::run, "many writers and a long reader on SQLite: nobody hears of a lock";
    "slow-clients", slow_clients::run, "crowds of slow clients: closed in time, others are served";
    "body-bombs", body_bombs::run, "bodies that unpack to gigabytes: refused, memory stays flat";
    "hostile-http", hostile_http::run, "requests that no client sends: refused, others are served";
    "hostile-json", hostile_json::run, "records that break readers: the same verdict on both databases";
    "panics", panics::run, "a panic in a handler, the writer, the worker: one request, or a start that reads all back";
}

/// Runs one. A panic is a fault of it, and the others still run.
pub async fn guarded(scenario: &Scenario, tools: &Tools) -> Outcome {
    match AssertUnwindSafe((scenario.run)(tools)).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|t| (*t).to_owned()));
            let mut outcome = Outcome::begin(scenario.name);
            outcome.fault(format!("stopped: {}", text.unwrap_or_default()));
            outcome.end()
        }
    }
}

/// The load that most scenarios run under: two clients, one of them without keys.
fn load(outcome: &Outcome, batch: usize) -> Load {
    Load { seed: outcome.seed, clients: 2, batch, pad: 0, every: None }
}

/// A fresh PostgreSQL database; without one outside of CI the outcome says that it was skipped.
async fn on_postgres(outcome: &mut Outcome) -> Option<Options> {
    let database = PgDatabase::fresh().await;
    if database.is_none() {
        outcome.note("skipped: there is no PostgreSQL");
    }
    database.map(Options::postgres)
}

/// What SQLite runs are started with.
fn on_sqlite(tools: &Tools) -> Options {
    Options::sqlite().program(&tools.program)
}
