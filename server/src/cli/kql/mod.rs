//! `eventsec kql …`: the query language over files. No server, no database.
mod check;
mod parse;

use clap::Subcommand;
use kql::syntax::{Diagnostic, Severity};
use model::Problem;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is wrong with the syntax of queries, with line, column and a mend. Status 1 when something is
    Check(check::Check),
    /// Parse many queries, one a line of JSON; say of each whether it is right. Status 1 when one is not
    Parse(parse::Parse),
}

impl Command {
    pub fn run(self) -> Result<bool, Problem> {
        match self {
            Self::Check(c) => c.run(),
            Self::Parse(c) => c.run(),
        }
    }
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
