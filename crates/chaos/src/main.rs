//! `eventsec-chaos`: the long tier, and the driver that scenarios start.
//!
//! Exit status: 0 nothing was lost, doubled or wrong; 1 something was; 2 the command line is wrong.
#![allow(clippy::print_stdout)] // its table is its work

use chaos::{Outcome, Tier, Tools, drive, outcome, scenario};
use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// Breaks EventSec in every way that is known here, and looks whether anything acknowledged is lost or shown twice.
#[derive(Debug, Parser)]
#[command(name = "eventsec-chaos", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// As often as in a night: hours. Without it the few tries that run with the tests
    #[arg(long)]
    long: bool,
    /// Only the scenario of this name; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Write the outcomes as JSON here too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Another program than the `eventsec` beside this one. It must have been built with failpoints
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// Say which scenarios there are
    #[arg(long)]
    list: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sends events and notes which were acknowledged. Scenarios start it; orders come on its standard input
    Drive(drive::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = runtime.map_err(|e| e.to_string()).and_then(|runtime| {
        runtime.block_on(async {
            match arguments.command {
                Some(Command::Drive(drive)) => drive::run(drive).await.map(|()| true),
                None => all(arguments).await,
            }
        })
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("eventsec-chaos: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all scenarios that were asked for are clean.
async fn all(arguments: Arguments) -> Result<bool, String> {
    if arguments.list {
        scenario::ALL.iter().for_each(|s| println!("{:20} {}", s.name, s.what));
        return Ok(true);
    }
    if let Some(name) = arguments.only.iter().find(|n| !scenario::ALL.iter().any(|s| s.name == **n))
    {
        return Err(format!("there is no scenario {name} (--list says which there are)"));
    }
    let this = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut tools = Tools::new(this, if arguments.long { Tier::Long } else { Tier::Quick });
    tools.program = arguments.program.unwrap_or(tools.program);
    let mut outcomes: Vec<Outcome> = Vec::new();
    for scenario in scenario::ALL {
        if arguments.only.is_empty() || arguments.only.iter().any(|n| n == scenario.name) {
            outcomes.push(scenario::guarded(scenario, &tools).await);
        }
    }
    println!("{}", outcome::table(&outcomes));
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&outcomes).map_err(|e| e.to_string())?;
        std::fs::write(path, text + "\n").map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(outcomes.iter().all(Outcome::is_clean))
}
