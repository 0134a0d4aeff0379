//! `eventsec db …`: the database.
use super::{run, say};
use crate::wire;
use clap::Subcommand;
use platform::config::Common;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the database to this version's shape (`serve` does it by itself)
    Migrate {
        #[command(flatten)]
        common: Common,
    },
    /// Look for faults; changes nothing. Status 1 when there are some
    Check {
        #[command(flatten)]
        common: Common,
    },
}

impl Command {
    pub fn run(self) -> ExitCode {
        match self {
            Self::Migrate { common } => run(&common, async |config| {
                let done = wire::db_migrate(&config).await?;
                done.iter().for_each(|name| say(&format!("applied {name}")));
                if done.is_empty() {
                    say("nothing to do");
                }
                Ok(true)
            }),
            Self::Check { common } => run(&common, async |config| {
                let faults = wire::db_check(&config).await?;
                faults.iter().for_each(|fault| say(fault));
                if faults.is_empty() {
                    say("sound");
                }
                Ok(faults.is_empty())
            }),
        }
    }
}
