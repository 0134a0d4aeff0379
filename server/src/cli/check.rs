//! `eventsec check`: a whole installation that nobody runs, looked at in one go. Changes nothing.
use super::{complain, run, say};
use crate::wire;
use clap::Args;
use platform::config::Common;
use std::{path::PathBuf, process::ExitCode};

/// Looks at everything and says what is wrong, a line each. Status 1 when something is
#[derive(Debug, Args)]
#[group(skip)] // its group would have the name of the command's own
pub struct Check {
    /// Acknowledged events that must be there, once: a line each, the event's id and, after a blank, a word that its record holds
    /// and no other record does
    #[arg(long, value_name = "FILE")]
    pub acked: Option<PathBuf>,
    /// Print one JSON object instead of lines
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub common: Common,
}

impl Check {
    pub fn run(self) -> ExitCode {
        let Self { acked, json, common } = self;
        run(&common, async move |config| {
            let report = wire::check(&config, acked.as_deref()).await?;
            if json {
                match serde_json::to_string(&report) {
                    Ok(text) => say(&text),
                    Err(e) => complain(&e.to_string()),
                }
            } else {
                report.said().for_each(|line| say(&line));
                say(&report.to_string());
            }
            Ok(report.is_sound())
        })
    }
}
