//! `eventsec detect`: hunting over files.
use super::{
    events::{self, Format, Record},
    library,
};
use crate::cli::{complain, say};
use clap::{Args, ValueEnum};
use model::Problem;
use platform::clock::Stopwatch;
use serde_json::{Value, json};
use sigma::{
    event::{self, Event},
    language::Rule,
    matcher::{RuleSet, Scratch},
};
use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write, stderr},
    path::PathBuf,
};

#[derive(Debug, Args)]
pub struct Detect {
    /// Sigma rules: files, folders, archives (.tar.gz)
    #[arg(long, required = true, num_args = 1..)]
    rules: Vec<PathBuf>,
    /// Files with events; `-` is standard input
    #[arg(long, num_args = 1.., default_value = "-")]
    events: Vec<PathBuf>,
    /// What the files are
    #[arg(long, value_enum, default_value_t = Format::Auto)]
    format: Format,
    /// A line for each hit, or JSON with the event
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
    /// How many events, hits of each rule, and how fast, on standard error
    #[arg(long)]
    stats: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Table,
    Jsonl,
}

/// Events between two looks at the progress line.
const TELL: u64 = 4_096;

impl Detect {
    pub fn run(&self) -> Result<bool, Problem> {
        let rules = library::rules(&self.rules).map_err(Problem::bad_request)?;
        let set = RuleSet::new(&rules).map_err(|e| Problem::internal(e.to_string()))?;
        let mut run = Run {
            asked: self,
            rules: &rules,
            set,
            scratch: Scratch::default(),
            events: 0,
            bad: 0,
            hits: BTreeMap::new(),
            watch: Stopwatch::start(),
        };
        for path in &self.events {
            events::read(path, self.format, &mut |record| run.record(record))
                .map_err(|e| Problem::bad_request(format!("{}: {e}", path.display())))?;
        }
        run.end();
        Ok(run.bad == 0)
    }
}

struct Run<'r> {
    asked: &'r Detect,
    rules: &'r [Rule],
    set: RuleSet,
    scratch: Scratch,
    events: u64,
    bad: u64,
    /// By place of the rule.
    hits: BTreeMap<usize, u64>,
    watch: Stopwatch,
}

impl Run<'_> {
    fn record(&mut self, record: Record) -> bool {
        match record {
            Record::Bad(why) => {
                self.bad += 1;
                complain(&why);
            }
            Record::Json(value) => self.event(&event::read(&value), &value),
            Record::Line(text) => self.event(&event::line(&text), &Value::String(text.clone())),
        }
        if self.events.is_multiple_of(TELL) && stderr().is_terminal() {
            let _ = write!(
                stderr(),
                "\r{} events, {} hits",
                self.events,
                self.hits.values().sum::<u64>()
            );
        }
        true
    }

    fn event(&mut self, event: &Event<'_>, record: &Value) {
        self.events += 1;
        for hit in self.set.hits(event, &mut self.scratch) {
            *self.hits.entry(hit).or_default() += 1;
            self.tell(&self.rules[hit], record);
        }
    }

    fn tell(&self, rule: &Rule, record: &Value) {
        let level = rule.level.map_or("-", sigma::language::Level::as_str);
        match self.asked.output {
            Output::Table => say(&format!("{}\t{level:<13}\t{}\t{}\t{}\t{record}", self.events, rule.id, rule.title, rule.author)),
            Output::Jsonl => say(&json!({
                "rule": { "id": rule.id, "title": rule.title, "author": rule.author, "level": rule.level, "tags": rule.tags },
                "number": self.events,
                "event": record,
            }).to_string()),
        }
    }

    fn end(&self) {
        if stderr().is_terminal() {
            let _ = writeln!(stderr());
        }
        if !self.asked.stats {
            return;
        }
        let seconds = self.watch.elapsed().as_secs_f64();
        let mut hits: Vec<_> = self.hits.iter().collect();
        hits.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (rule, count) in hits {
            let _ = writeln!(
                stderr(),
                "{count:>8}  {}  {}",
                self.rules[*rule].id,
                self.rules[*rule].title
            );
        }
        #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = self.events as f64 / seconds;
        let _ = writeln!(
            stderr(),
            "{} events, {} hits of {} rules, {} records that are no events, {seconds:.2} s, {rate:.0} events/s",
            self.events,
            self.hits.values().sum::<u64>(),
            self.hits.len(),
            self.bad
        );
    }
}
