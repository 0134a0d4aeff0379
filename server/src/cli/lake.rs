//! `eventsec lake …`: the stored events.
use super::{run, say};
use crate::wire;
use clap::Subcommand;
use platform::config::Common;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read every part and compare its checksum; a damaged one is set aside, one that is whole again comes back. Status 1 when
    /// one is damaged or missing. The server must not be running on the same data
    Check {
        #[command(flatten)]
        common: Common,
    },
    /// Merge small parts now. The server must not be running on the same data
    Compact {
        #[command(flatten)]
        common: Common,
    },
}

/// What `lake check` saw.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub parts: u64,
    pub rows: u64,
    pub bytes: u64,
    /// One sentence for each damaged or missing part.
    pub damaged: Vec<String>,
}

/// What `lake compact` did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compacted {
    pub parts_before: u64,
    pub parts_after: u64,
}

impl Command {
    pub fn run(self) -> ExitCode {
        match self {
            Self::Check { common } => run(&common, async |config| {
                let seen = wire::lake_check(&config).await?;
                seen.damaged.iter().for_each(|fault| say(fault));
                say(&format!(
                    "{} parts, {} events, {} bytes, {} damaged",
                    seen.parts,
                    seen.rows,
                    seen.bytes,
                    seen.damaged.len()
                ));
                Ok(seen.damaged.is_empty())
            }),
            Self::Compact { common } => run(&common, async |config| {
                let done = wire::lake_compact(&config).await?;
                say(&format!("{} parts before, {} after", done.parts_before, done.parts_after));
                Ok(true)
            }),
        }
    }
}
