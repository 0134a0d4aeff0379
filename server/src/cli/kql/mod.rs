//! `eventsec kql …`: the query language over files. No server, no database.
mod check;
mod golden;
mod local;
mod parse;

use clap::Subcommand;
use kql::{
    run::{Source, Wants},
    syntax::{Diagnostic, Severity},
    table::Table,
};
use model::Problem;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is wrong with the syntax of queries, with line, column and a mend. Status 1 when something is
    Check(check::Check),
    /// Parse many queries, one a line of JSON; say of each whether it is right. Status 1 when one is not
    Parse(parse::Parse),
    /// Run queries whose answers are known, and compare. Status 1 when one differs
    Golden(golden::Golden),
    /// Run a query over files
    Local(local::Local),
}

impl Command {
    pub fn run(self) -> Result<bool, Problem> {
        match self {
            Self::Check(c) => c.run(),
            Self::Parse(c) => c.run(),
            Self::Golden(c) => c.run(),
            Self::Local(c) => c.run(),
        }
    }
}

/// Queries that bring their own rows.
struct Nothing;

impl Source for Nothing {
    fn table(&self, _name: &str, _wants: &Wants) -> Result<Option<Table>, String> {
        Ok(None)
    }

    fn names(&self) -> Vec<String> {
        vec![]
    }
}

/// The time as Kusto counts it.
fn now() -> i64 {
    platform::clock::now().0.saturating_mul(10).saturating_add(kql::value::time::UNIX)
}

/// `line:column: severity CODE: message (fix)`, both from 1, the column in characters.
fn sentence(text: &str, base: usize, d: &Diagnostic) -> String {
    let before = text.get(..base + d.span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let severity = match d.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let code = serde_json::to_value(d.code).ok();
    let code = code.as_ref().and_then(|code| code.as_str()).unwrap_or_default();
    let fix = d.fix.as_ref().map(|fix| format!(" ({})", fix.title)).unwrap_or_default();
    format!("{line}:{column}: {severity} {code}: {}{fix}", d.message)
}
