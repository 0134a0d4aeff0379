//! `eventsec audit …`: the audit trail.
use super::{run, say};
use crate::wire;
use clap::Subcommand;
use platform::config::Common;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk the chain of hashes of every tenant. Status 1 when a row is missing or was altered
    Verify {
        #[command(flatten)]
        common: Common,
    },
}

impl Command {
    pub fn run(self) -> ExitCode {
        let Self::Verify { common } = self;
        run(&common, async |config| {
            let verdicts = wire::audit_verify(&config).await?;
            for v in &verdicts {
                match v.broken_at {
                    None => say(&format!("{}: {} rows, whole; head {}", v.tenant, v.rows, v.head)),
                    Some(row) => {
                        let why = v.reason.as_deref().unwrap_or("the hash differs");
                        say(&format!("{}: {} rows, broken at {row}: {why}", v.tenant, v.rows));
                    }
                }
            }
            Ok(verdicts.iter().all(|v| v.broken_at.is_none()))
        })
    }
}
