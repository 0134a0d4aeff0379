//! What hunters write: Sigma rules and KQL.
use crate::text;
use kql::{
    functions::Context,
    run::{Failure, Limits, Session, Source, Wants},
    syntax,
    table::{Column, Table},
    value::{Type, Value},
};
use serde_json::Value as Json;
use sigma::{
    correlate::Correlator,
    event::{self, Event},
    language::{Pack, parse},
    matcher::{RuleSet, Scratch, explain, plain},
};

/// Between the rules and the records that they are tried on.
const RECORDS: &str = "\n%%\n";

/// Rules, then records: they are read or say why, and mean one thing to the compiled set, the open evaluation and the explanation.
pub fn sigma_rules(data: &[u8]) {
    let whole = text(data);
    let (rules, records) = whole.split_once(RECORDS).unwrap_or((&whole, ""));
    let documents = parse(rules);
    assert!(!documents.is_empty(), "neither a rule nor a reason");
    let lines = rules.lines().count() + 1;
    for problem in documents.iter().filter_map(|d| d.as_ref().err()) {
        assert!(problem.at.line <= lines && problem.at.column > 0, "{problem:?}");
        assert!(!problem.message.is_empty());
    }
    let (pack, _) = Pack::link(documents.into_iter().flatten());
    let Ok(set) = RuleSet::new(&pack.rules) else { return };
    let mut scratch = Scratch::default();
    let mut correlator = Correlator::new(&pack);
    for (number, line) in records.lines().enumerate() {
        let record: Option<Json> = serde_json::from_str(line).ok();
        let mut event = record.as_ref().map_or_else(|| event::line(line), event::read);
        if let Some(rule) = pack.rules.first() {
            // most mutations would meet no rule at all
            event.kinds.push(rule.logsource.clone());
        }
        let hits = set.hits(&event, &mut scratch);
        for (at, rule) in pack.rules.iter().enumerate() {
            let meant = rule.needs.is_empty()
                && event::meets(&rule.logsource, &event.kinds)
                && plain::holds(&rule.detection, &event);
            assert_eq!(hits.contains(&at), meant, "{rule:?} on {event:?}");
            assert_eq!(explain(rule, &event).hits, meant, "{rule:?} on {event:?}");
        }
        let time = event.time().map_or(0, |time| time.0);
        for signal in correlator.signals(&hits, &event, time, number as u64) {
            correlator.push(signal);
        }
    }
    correlator.finish();
    assert_eq!(correlator.groups(), 0, "something is remembered at the end");
}

/// A record, as JSON or as a line: it is read, and the same each time.
pub fn sigma_event(data: &[u8]) {
    let whole = text(data);
    let said = |event: &Event<'_>| format!("{event:?} {:?}", event.time());
    assert_eq!(said(&event::line(&whole)), said(&event::line(&whole)));
    if let Ok(record) = serde_json::from_str::<Json>(&whole) {
        assert_eq!(said(&event::read(&record)), said(&event::read(&record)));
    }
}

/// Small tables.
struct Few;

impl Source for Few {
    fn table(&self, name: &str, _: &Wants) -> Result<Option<Table>, String> {
        if name != "T" {
            return Ok(None);
        }
        let mut table = Table::new(3);
        table.set(
            "a",
            Column::new(Type::Long, [Value::Long(1), Value::Null, Value::Long(i64::MAX)]),
        );
        table.set("s", Column::new(Type::String, ["x y", "", "É_1"].map(Value::str)));
        table.set(
            "t",
            Column::new(
                Type::DateTime,
                [Value::DateTime(0), Value::Null, Value::DateTime(638_000_000_000_000_000)],
            ),
        );
        let json = ["{\"p\":[1,\"2\"]}", "[]", "null"]
            .map(|json| kql::value::Dyn::parse(json).map_or(Value::Null, Value::dynamic));
        table.set("d", Column::new(Type::Dynamic, json));
        Ok(Some(table))
    }

    fn names(&self) -> Vec<String> {
        vec!["T".to_owned()]
    }
}

/// A query: its tree lies within the text, and it runs to an answer or to a reason.
pub fn kql(data: &[u8]) {
    let query = text(data);
    let parsed = syntax::parse(&query);
    for d in &parsed.diagnostics {
        assert!(query.get(d.span.start..d.span.end).is_some(), "{d:?} lies outside");
        assert!(!d.message.is_empty());
    }
    assert_eq!(parsed.diagnostics, syntax::parse(&query).diagnostics);
    let limits = Limits { rows: 2_000, bytes: 4 << 20, depth: 24 };
    for check in [true, false] {
        let session = Session {
            context: Context { now: 638_000_000_000_000_000 },
            source: &Few,
            limits,
            check,
            cancelled: &|| false,
        };
        for failure in session.run(&query).err().unwrap_or_default() {
            if let Failure::Query(d) = failure {
                assert!(query.get(d.span.start..d.span.end).is_some(), "{d:?} lies outside");
            }
        }
    }
}
