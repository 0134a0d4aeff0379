//! `eventsec rules test`: rules on events whose answer is known.
use super::{
    events::{self, Format, Record},
    library::Library,
};
use crate::cli::say;
use clap::Args;
use model::Problem;
use serde_json::Value;
use sigma::{
    event::{self, Event},
    language::Rule,
    matcher::{RuleSet, Scratch, explain},
};
use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
};

#[derive(Debug, Args)]
pub struct Test {
    #[command(flatten)]
    library: Library,
    /// A case a line, `.gz` too: `{rule_id, match_count, events}` wants at least so many hits of that rule (without a count: one),
    /// `{event, expect}` wants exactly these rules to hit
    #[arg(long)]
    cases: PathBuf,
}

struct Bench<'r> {
    rules: &'r [Rule],
    places: HashMap<&'r str, usize>,
    set: RuleSet,
    scratch: Scratch,
}

impl Test {
    pub fn run(&self) -> Result<bool, Problem> {
        let rules = self.library.pack()?.rules;
        let set = RuleSet::new(&rules).map_err(|e| Problem::internal(e.to_string()))?;
        let places =
            rules.iter().enumerate().map(|(at, rule)| (rule.about.id.as_str(), at)).collect();
        let mut bench = Bench { rules: &rules, places, set, scratch: Scratch::default() };
        let (mut passed, mut failed) = (0u64, 0u64);
        let mut each = |record: Record| {
            let verdict = match &record {
                Record::Json(case) => bench.case(case),
                Record::Line(_) => Err("not a JSON object".to_owned()),
                Record::Bad(why) => Err(why.clone()),
            };
            match verdict {
                Ok(()) => passed += 1,
                Err(why) => {
                    failed += 1;
                    say(&format!("case {}: {why}", passed + failed));
                }
            }
            true
        };
        events::read(&self.cases, Format::Jsonl, &mut each)
            .map_err(|e| Problem::bad_request(format!("{}: {e}", self.cases.display())))?;
        say(&format!("{passed} passed, {failed} failed"));
        Ok(failed == 0 && passed > 0)
    }
}

fn as_event(value: &Value) -> Event<'_> {
    value.as_str().map_or_else(|| event::read(value), event::line)
}

impl Bench<'_> {
    fn case(&mut self, case: &Value) -> Result<(), String> {
        match (case["rule_id"].as_str(), case.get("event")) {
            (Some(id), _) => self.at_least(id, case),
            (None, Some(event)) => self.exactly(event, case),
            _ => Err("a case is {rule_id, match_count, events} or {event, expect}".to_owned()),
        }
    }

    fn at_least(&mut self, id: &str, case: &Value) -> Result<(), String> {
        let place = *self.places.get(id).ok_or_else(|| format!("there is no rule {id}"))?;
        let wanted = case["match_count"].as_u64().unwrap_or(1);
        let records = case["events"].as_array().ok_or("`events` is a list")?;
        let mut hits = 0;
        let mut why = String::new();
        for record in records {
            let event = as_event(record);
            if self.set.hits(&event, &mut self.scratch).contains(&place) {
                hits += 1;
            } else if why.is_empty() {
                why = explain(&self.rules[place], &event).to_string();
            }
        }
        if hits >= wanted {
            return Ok(());
        }
        Err(format!(
            "{id} ({}) hit {hits} of {} events, {wanted} wanted\n{why}",
            self.rules[place].about.title,
            records.len()
        ))
    }

    fn exactly(&mut self, record: &Value, case: &Value) -> Result<(), String> {
        let event = as_event(record);
        let expected = case["expect"].as_array().ok_or("`expect` is a list of rules' ids")?;
        let expected: BTreeSet<&str> = expected.iter().filter_map(Value::as_str).collect();
        let hits = self.set.hits(&event, &mut self.scratch);
        let found: BTreeSet<&str> =
            hits.iter().map(|hit| self.rules[*hit].about.id.as_str()).collect();
        if found == expected {
            return Ok(());
        }
        let mut lines = vec![format!("{} rules hit, {} expected", found.len(), expected.len())];
        for (id, what) in expected
            .difference(&found)
            .map(|id| (id, "did not hit"))
            .chain(found.difference(&expected).map(|id| (id, "hit, and should not")))
        {
            lines.push(match self.places.get(id) {
                Some(place) => format!(
                    "{id} ({}) {what}\n{}",
                    self.rules[*place].about.title,
                    explain(&self.rules[*place], &event)
                ),
                None => format!("{id} {what}: there is no such rule"),
            });
        }
        Err(lines.join("\n"))
    }
}
