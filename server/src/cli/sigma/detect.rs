//! `eventsec detect`: hunting over files.
use super::{
    events::{self, Format, Record},
    library::Library,
};
use crate::cli::{complain, say};
use clap::{Args, ValueEnum};
use model::{Micros, Problem};
use platform::clock::Stopwatch;
use serde_json::{Value, json};
use sigma::{
    correlate::{Correlator, Found, Signal},
    event::{self, Event},
    language::{About, Level, Pack},
    matcher::{RuleSet, Scratch},
};
use std::{
    collections::BTreeMap,
    io::{IsTerminal, Write, stderr},
    path::PathBuf,
};

#[derive(Debug, Args)]
pub struct Detect {
    #[command(flatten)]
    library: Library,
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
        let pack = self.library.pack()?;
        let set = RuleSet::new(&pack.rules).map_err(|e| Problem::internal(e.to_string()))?;
        let mut run = Run {
            correlator: Correlator::new(&pack),
            asked: self,
            pack,
            set,
            scratch: Scratch::default(),
            signals: vec![],
            tally: Tally::default(),
            watch: Stopwatch::start(),
        };
        for path in &self.events {
            events::read(path, self.format, &mut |record| run.record(record))
                .map_err(|e| Problem::bad_request(format!("{}: {e}", path.display())))?;
        }
        run.correlate();
        run.end();
        Ok(run.tally.bad == 0)
    }
}

struct Run<'r> {
    asked: &'r Detect,
    pack: Pack,
    set: RuleSet,
    scratch: Scratch,
    correlator: Correlator,
    /// What correlations count, until the end: files are read one after the other, times go across them.
    signals: Vec<Signal>,
    tally: Tally,
    watch: Stopwatch,
}

#[derive(Default)]
struct Tally {
    events: u64,
    /// Records that are no events.
    bad: u64,
    /// Hits that count towards a correlation, of events that say no time.
    timeless: u64,
    /// Hits by title.
    hits: BTreeMap<String, u64>,
}

impl Tally {
    fn all(&self) -> u64 {
        self.hits.values().sum()
    }
}

impl Run<'_> {
    fn record(&mut self, record: Record) -> bool {
        match record {
            Record::Bad(why) => {
                self.tally.bad += 1;
                complain(&why);
            }
            Record::Json(value) => self.event(&event::read(&value), &value),
            Record::Line(text) => self.event(&event::line(&text), &Value::String(text.clone())),
        }
        if self.tally.events.is_multiple_of(TELL) && stderr().is_terminal() {
            let _ = write!(stderr(), "\r{} events, {} hits", self.tally.events, self.tally.all());
        }
        true
    }

    fn event(&mut self, event: &Event<'_>, record: &Value) {
        self.tally.events += 1;
        let number = self.tally.events;
        let hits = self.set.hits(event, &mut self.scratch);
        let counted = hits.iter().filter(|hit| self.correlator.counts(**hit)).count();
        if counted > 0 {
            match event.time() {
                Some(time) => {
                    self.signals.extend(self.correlator.signals(&hits, event, time.0, number))
                }
                None => self.tally.timeless += 1,
            }
        }
        for hit in hits {
            if !self.pack.silent[hit] {
                let about = self.pack.rules[hit].about.clone();
                self.tell(&about, &[number], ("event", record));
            }
        }
    }

    fn correlate(&mut self) {
        let mut signals = std::mem::take(&mut self.signals);
        signals.sort_by_key(|signal| signal.time);
        for signal in signals {
            let found = self.correlator.push(signal);
            self.found(found);
        }
        let found = self.correlator.finish();
        self.found(found);
    }

    fn found(&mut self, found: Vec<Found>) {
        for Found { correlation, group, from, to, value, count, events } in found {
            if self.pack.silent_correlations[correlation] {
                continue;
            }
            let about = self.pack.correlations[correlation].about.clone();
            let group: serde_json::Map<_, _> =
                group.into_iter().map(|(name, value)| (name, value.into())).collect();
            let window = json!({
                "from": Micros(from).rfc3339(), "to": Micros(to).rfc3339(), "group": group, "value": value, "count": count,
            });
            self.tell(&about, &events, ("correlation", &window));
        }
    }

    fn tell(&mut self, about: &About, numbers: &[u64], (what, record): (&str, &Value)) {
        *self.tally.hits.entry(format!("{}  {}", about.id, about.title)).or_default() += 1;
        let level = about.level.map_or("-", Level::as_str);
        match self.asked.output {
            Output::Table => say(&format!("{}\t{level:<13}\t{}\t{}\t{}\t{record}", join(numbers), about.id, about.title, about.author)),
            Output::Jsonl => say(&json!({
                "rule": { "id": about.id, "title": about.title, "author": about.author, "level": about.level, "tags": about.tags },
                "numbers": numbers,
                what: record,
            }).to_string()),
        }
    }

    fn end(&self) {
        if stderr().is_terminal() {
            let _ = writeln!(stderr());
        }
        let tally = &self.tally;
        if tally.timeless > 0 {
            complain(&format!(
                "{} events with hits say no time: correlations did not count them",
                tally.timeless
            ));
        }
        if !self.asked.stats {
            return;
        }
        let seconds = self.watch.elapsed().as_secs_f64();
        let mut hits: Vec<_> = tally.hits.iter().collect();
        hits.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (rule, count) in &hits {
            let _ = writeln!(stderr(), "{count:>8}  {rule}");
        }
        #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = tally.events as f64 / seconds;
        let _ = writeln!(
            stderr(),
            "{} events, {} hits of {} rules, {} records that are no events, {seconds:.2} s, {rate:.0} events/s",
            tally.events,
            tally.all(),
            hits.len(),
            tally.bad
        );
    }
}

fn join(numbers: &[u64]) -> String {
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}
