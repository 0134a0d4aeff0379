//! `eventsec-bench`: starts the release server and measures it from outside, over HTTP and through `/proc`.
//!
//! Invariants: nothing is measured that was not verified (the number of searchable events equals the number acknowledged), and a
//! figure that could not be taken is `null` with its reason, never left out.
#![allow(clippy::disallowed_methods, clippy::print_stdout)] // a program of the outside: its clock and its output are its work

mod corpus;
mod disk;
mod load;
mod page;
mod probe;
mod process;
mod report;
mod run;
mod searches;
mod site;
mod stats;

use clap::Parser;
use std::{path::PathBuf, process::ExitCode};

/// Measures a release build of EventSec: ingest, alert and search times, memory, disk, page.
#[derive(Clone, Debug, Parser)]
#[command(name = "eventsec-bench")]
struct Arguments {
    /// A tenth of the events and fewer probes: minutes become seconds, figures become rough.
    #[arg(long)]
    quick: bool,
    /// Events to store. Default: 400,000, or 40,000 with --quick.
    #[arg(long, value_name = "N")]
    events: Option<usize>,
    /// Clients that post at once.
    #[arg(long, value_name = "N", default_value_t = 2)]
    clients: usize,
    /// Events of one request.
    #[arg(long, value_name = "N", default_value_t = 500)]
    batch: usize,
    /// Leave out the probes during the load: the highest rate alone.
    #[arg(long)]
    no_probes: bool,
    /// Do not open pages in Chromium.
    #[arg(long)]
    no_pages: bool,
    /// PostgreSQL in place of the embedded database (a fresh database is made there).
    #[arg(long)]
    postgres: bool,
    /// Write the figures as JSON here too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Folder under which the server's data lies while it runs. Default: the temporary folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Arguments {
    fn events(&self) -> usize {
        let wanted = self.events.unwrap_or(if self.quick { 40_000 } else { 400_000 });
        wanted.div_ceil(self.batch.max(1)) * self.batch.max(1)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json.clone();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = runtime.map_err(|e| e.to_string()).and_then(|r| r.block_on(run::run(arguments)));
    let written = outcome.and_then(|figures| {
        println!("{}", report::table(&figures));
        let text = serde_json::to_string_pretty(&figures).map_err(|e| e.to_string())?;
        println!("{text}");
        json.map_or(Ok(()), |path| {
            std::fs::write(&path, text + "\n").map_err(|e| format!("{}: {e}", path.display()))
        })
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("eventsec-bench: {e}");
            ExitCode::FAILURE
        }
    }
}
