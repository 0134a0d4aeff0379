//! `eventsec-bench`: starts the release server and measures it from outside, over HTTP and through `/proc`.
//!
//! Invariants: nothing is measured that was not verified (the number of searchable events equals the number acknowledged), and a
//! figure that could not be taken is `null` with its reason, never left out.
#![allow(clippy::disallowed_methods, clippy::print_stdout)] // a program of the outside: its clock and its output are its work

mod budget;
mod disk;
mod fleet;
mod load;
mod pace;
mod page;
mod probe;
mod process;
mod report;
mod run;
mod scrape;
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
    /// Post so many events a second, each batch when it is due, in place of as many as the server takes; the probes beside it tell how
    /// long an event's alert takes at that rate.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
    /// Leave out the probes during the load: the highest rate alone.
    #[arg(long)]
    no_probes: bool,
    /// Do not open pages in Chromium.
    #[arg(long)]
    no_pages: bool,
    /// PostgreSQL in place of the embedded database (a fresh database is made there).
    #[arg(long)]
    postgres: bool,
    /// A process for each role (web, worker, ingest), with a fresh PostgreSQL database and an OpenSearch node: events are sent to the one
    /// and searched through the other.
    #[arg(long, conflicts_with = "postgres")]
    cluster: bool,
    /// The empty OpenSearch node of --cluster. Default: EVENTSEC_TEST_SEARCH_URL.
    #[arg(long, value_name = "URL", requires = "cluster")]
    search_url: Option<String>,
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

    fn search_url(&self) -> Option<String> {
        let named = || std::env::var("EVENTSEC_TEST_SEARCH_URL").ok();
        self.search_url.clone().or_else(named).filter(|url| !url.is_empty())
    }

    /// Whether a held rate ends before a push stream does: the alerts of one run are read from one stream.
    fn check(&self) -> Result<(), String> {
        match self.rate {
            Some(rate) if self.events() as u64 > u64::from(rate) * pace::LONGEST.as_secs() => {
                Err(format!(
                    "{} events at {rate} a second take longer than {:?}: fewer --events",
                    self.events(),
                    pace::LONGEST
                ))
            }
            _ => Ok(()),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json.clone();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = arguments
        .check()
        .and_then(|()| runtime.map_err(|e| e.to_string()))
        .and_then(|r| r.block_on(run::run(arguments)));
    let written = outcome.and_then(|figures| {
        println!("{}", report::table(&figures));
        println!("{}", budget::table(&figures.budget));
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
