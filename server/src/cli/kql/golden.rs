//! `eventsec kql golden`: queries whose answers are known.
use super::Nothing;
use crate::cli::{
    say,
    sigma::events::{self, Format, Record},
};
use clap::Args;
use kql::{
    functions::Context,
    golden::Case,
    run::{Limits, Session},
};
use model::Problem;
use std::{fs, panic, path::PathBuf};

#[derive(Debug, Args)]
pub struct Golden {
    /// JSON lines: {name, query, columns, rows, ordered, set_semantics, approx}; `.gz` too, `-` is standard input
    file: PathBuf,
    /// Write the names of the cases that fail, with what was found instead, into this file
    #[arg(long)]
    failures: Option<PathBuf>,
}

impl Golden {
    pub fn run(&self) -> Result<bool, Problem> {
        let session = Session {
            context: Context { now: super::now() },
            source: &Nothing,
            limits: Limits::default(),
            check: false,
            cancelled: &|| false,
        };
        let mut failures = vec![];
        let mut passed = 0u64;
        let mut each = |record: Record| {
            let (name, verdict) = match record {
                Record::Json(line) => match serde_json::from_value::<Case>(line) {
                    Ok(case) => {
                        let verdict = verdict(&case, &session);
                        (case.name, verdict)
                    }
                    Err(e) => (String::new(), Err(format!("no case: {e}"))),
                },
                Record::Bad(why) | Record::Line(why) => (String::new(), Err(why)),
            };
            match verdict {
                Ok(()) => passed += 1,
                Err(why) => failures.push(format!("{name}\t{}", why.replace('\n', " "))),
            }
            true
        };
        events::read(&self.file, Format::Jsonl, &mut each)
            .map_err(|e| Problem::bad_request(format!("{}: {e}", self.file.display())))?;
        match &self.failures {
            Some(path) => fs::write(path, failures.join("\n") + "\n")
                .map_err(|e| Problem::bad_request(format!("{}: {e}", path.display())))?,
            None => failures.iter().for_each(|failure| say(failure)),
        }
        say(&format!("{passed} passed, {} failed", failures.len()));
        Ok(failures.is_empty() && passed > 0)
    }
}

fn verdict(case: &Case, session: &Session<'_>) -> Result<(), String> {
    // one query that breaks the program fails, and the others go on
    let run = panic::catch_unwind(panic::AssertUnwindSafe(|| session.run(&case.query)));
    match run {
        Err(_) => Err("the query broke the engine".to_owned()),
        Ok(Err(failures)) => Err(failures.first().map(ToString::to_string).unwrap_or_default()),
        Ok(Ok(outcome)) => case.compare(&outcome.table),
    }
}
