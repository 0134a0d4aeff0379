//! `eventsec backup`, `eventsec restore` and `eventsec migrate-store`.
use super::{run, say};
use crate::backup::{self, Move, Moved, Place};
use clap::Args;
use model::audit::AuditVerdict;
use platform::config::Common;
use std::{path::PathBuf, process::ExitCode};

#[derive(Debug, Args)]
#[group(skip)]
pub struct Backup {
    /// Folder to write into: empty, or not there yet
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
#[group(skip)]
pub struct Restore {
    /// Folder of the backup
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
#[group(skip)]
pub struct MigrateStore {
    /// Where everything is: sqlite:DIR, postgres:URL, or postgres for the configured database
    #[arg(long, value_name = "PLACE", value_parser = Place::parse)]
    from: Place,
    /// Where everything shall be, likewise: empty
    #[arg(long, value_name = "PLACE", value_parser = Place::parse)]
    to: Place,
    /// Another data folder, to which the stored events are linked or copied. Default: they stay where they are
    #[arg(long, value_name = "DIR")]
    data_to: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Backup {
    pub fn run(self) -> ExitCode {
        let to = self.to;
        run(&self.common, async |config| {
            let taken = backup::take(&config, &to).await?;
            taken.faults.iter().for_each(|fault| say(fault));
            say(&format!(
                "{}: everything as it was at {}: {} rows of {} tables, {} parts, {} bytes",
                to.display(),
                taken.at.rfc3339(),
                taken.rows,
                taken.tables,
                taken.parts,
                taken.bytes
            ));
            Ok(taken.faults.is_empty())
        })
    }
}

impl Restore {
    pub fn run(self) -> ExitCode {
        let from = self.from;
        run(&self.common, async |config| {
            let done = backup::restore(&config, &from).await?;
            done.tables.iter().for_each(|(name, rows)| say(&format!("{name}: {rows} rows")));
            done.faults.iter().for_each(|fault| say(fault));
            say_audit(&done.audit);
            say(&format!(
                "everything is as it was at {}, written by version {}; {} parts, {} bytes",
                done.at.rfc3339(),
                done.version,
                done.parts,
                done.bytes
            ));
            Ok(is_whole(&done.audit))
        })
    }
}

impl MigrateStore {
    pub fn run(self) -> ExitCode {
        let what = Move { from: self.from, to: self.to, data_to: self.data_to };
        run(&self.common, async |config| {
            let moved = backup::move_store(&config, &what).await?;
            tell(&moved);
            Ok(moved.is_whole())
        })
    }
}

fn tell(moved: &Moved) {
    for t in &moved.tables {
        let verdict = if t.same { "the same" } else { "DIFFERENT" };
        say(&format!("{}: {} rows read, {} written, {verdict}", t.name, t.read, t.written));
    }
    moved.faults.iter().for_each(|fault| say(fault));
    say_audit(&moved.audit);
    match moved.parts {
        Some(n) => say(&format!("{n} parts are in {} now", moved.data.display())),
        None => say(&format!("the parts stay in {}", moved.data.display())),
    }
    for path in &moved.put_aside {
        say(&format!("the old database is {} now: keep it until you are content", path.display()));
    }
    if moved.is_whole() {
        say("everything was moved; start no server on the old database again");
    } else {
        say("the target is NOT the same as the source: do not use it");
    }
}

fn say_audit(verdicts: &[AuditVerdict]) {
    for v in verdicts {
        match v.broken_at {
            None => say(&format!("audit trail of {}: {} rows, whole", v.tenant, v.rows)),
            Some(row) => say(&format!("audit trail of {}: BROKEN at row {row}", v.tenant)),
        }
    }
}

fn is_whole(verdicts: &[AuditVerdict]) -> bool {
    verdicts.iter().all(|v| v.broken_at.is_none())
}
