//! `eventsec rules check`: which rules can be read.
use super::library;
use crate::cli::say;
use clap::Args;
use model::Problem;
use sigma::language::Pack;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Check {
    /// Rule files, folders of them, or archives (.tar.gz)
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// A YAML file of names and their values, for rules with `%name%`
    #[arg(long)]
    values: Option<PathBuf>,
    /// A line for each rule, also those that are fine
    #[arg(long, short)]
    verbose: bool,
}

impl Check {
    pub fn run(&self) -> Result<bool, Problem> {
        let entries = library::read(&self.paths, self.values.as_deref())?;
        let (mut loaded, mut needing, mut wrong) = (0, 0, 0);
        for entry in &entries {
            match &entry.document {
                Err(_) if entry.beside => say(&format!("no rule       {}", entry.path)),
                Err(problem) => {
                    wrong += 1;
                    say(&format!("error         {}:{problem}", entry.path));
                }
                Ok(rule) if !rule.needs().is_empty() => {
                    loaded += 1;
                    needing += 1;
                    say(&format!(
                        "needs values  {} {} ({})",
                        entry.path,
                        rule.about().title,
                        rule.needs().join(", ")
                    ));
                }
                Ok(rule) => {
                    loaded += 1;
                    if self.verbose {
                        say(&format!("ok            {} {}", entry.path, rule.about().title));
                    }
                }
            }
        }
        let documents = entries.into_iter().filter_map(|entry| entry.document.ok());
        let (_, problems) = Pack::link(documents);
        for problem in &problems {
            wrong += 1;
            say(&format!("error         {problem}"));
        }
        say(&format!("{loaded} loaded of which {needing} need values, {wrong} errors"));
        Ok(wrong == 0 && loaded > 0)
    }
}
