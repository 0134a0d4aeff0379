//! `eventsec kql check`: the syntax of the queries of a file.
use super::sentence;
use crate::cli::say;
use clap::Args;
use kql::syntax::{blocks, parse};
use model::Problem;
use std::{fs, io::Read, path::PathBuf};

#[derive(Debug, Args)]
pub struct Check {
    /// A file of queries, separated by blank lines or `;`; `-` is standard input
    file: PathBuf,
}

impl Check {
    pub fn run(&self) -> Result<bool, Problem> {
        let failed =
            |e: std::io::Error| Problem::bad_request(format!("{}: {e}", self.file.display()));
        let text = if self.file.as_os_str() == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(failed)?;
            text
        } else {
            fs::read_to_string(&self.file).map_err(failed)?
        };
        // statements of one query may have blank lines between them: the whole first, and in pieces when that is not one query
        let whole = parse(&text);
        let pieces = blocks(&text);
        if !whole.has_errors() || pieces.len() < 2 {
            whole
                .diagnostics
                .iter()
                .for_each(|d| say(&format!("{}:{}", self.file.display(), sentence(&text, 0, d))));
            say(&format!("1 queries, {} with errors", u8::from(whole.has_errors())));
            return Ok(!whole.has_errors());
        }
        let mut wrong = 0;
        for piece in &pieces {
            let parsed = parse(piece.of(&text));
            wrong += usize::from(parsed.has_errors());
            parsed.diagnostics.iter().for_each(|d| {
                say(&format!("{}:{}", self.file.display(), sentence(&text, piece.start, d)))
            });
        }
        say(&format!("{} queries, {wrong} with errors", pieces.len()));
        Ok(wrong == 0)
    }
}
