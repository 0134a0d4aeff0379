//! `eventsec kql parse`: a corpus of queries.
use super::sentence;
use crate::cli::{
    say,
    sigma::events::{self, Format, Record},
};
use clap::Args;
use kql::syntax::{Severity, parse};
use model::Problem;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Parse {
    /// JSON lines, each with the field `query`; `.gz` too, `-` is standard input
    #[arg(long)]
    jsonl: PathBuf,
}

impl Parse {
    pub fn run(&self) -> Result<bool, Problem> {
        let (mut passed, mut failed) = (0u64, 0u64);
        let mut each = |record: Record| {
            let verdict = match &record {
                Record::Json(line) => line["query"]
                    .as_str()
                    .ok_or_else(|| "no field `query`".to_owned())
                    .and_then(first_error),
                Record::Bad(why) => Err(why.clone()),
                Record::Line(_) => Err("not a JSON object".to_owned()),
            };
            let number = passed + failed + 1;
            match verdict {
                Ok(()) => {
                    passed += 1;
                    say(&format!("{number}\tok"));
                }
                Err(why) => {
                    failed += 1;
                    say(&format!("{number}\tfailed\t{why}"));
                }
            }
            true
        };
        events::read(&self.jsonl, Format::Jsonl, &mut each)
            .map_err(|e| Problem::bad_request(format!("{}: {e}", self.jsonl.display())))?;
        say(&format!("{passed} passed, {failed} failed"));
        Ok(failed == 0 && passed > 0)
    }
}

fn first_error(query: &str) -> Result<(), String> {
    let parsed = parse(query);
    match parsed.diagnostics.iter().find(|d| d.severity == Severity::Error) {
        None => Ok(()),
        Some(d) => Err(sentence(query, 0, d)),
    }
}
