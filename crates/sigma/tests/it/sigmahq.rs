//! SigmaHQ's whole set: it loads, its own regression events hit, events with known answers give those.
use crate::support;
use serde_json::Value;
use sigma::{
    event,
    matcher::{RuleSet, Scratch, plain},
};
use std::collections::BTreeSet;

#[test]
fn all_rules_load() {
    let Some(data) = testdata::data_dir() else { return };
    let files = support::sigmahq(&data);
    let mut wrong = vec![];
    let (mut loaded, mut needing) = (0, 0);
    for (path, rules) in &files {
        for rule in rules {
            match rule {
                Ok(rule) => {
                    loaded += 1;
                    needing += usize::from(!rule.needs().is_empty());
                }
                Err(problem) => wrong.push(format!("{path}:{problem}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} rules not read:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((loaded, needing), (3_780, 25));
}

#[test]
fn regression_events_hit_their_rules() {
    let Some(data) = testdata::data_dir() else { return };
    let rules = support::rules(&data);
    let set = RuleSet::new(&rules).expect("a set");
    let mut scratch = Scratch::default();
    let mut missed = vec![];
    for line in testdata::lines(&data.join("sigma/regression.dev.jsonl")).expect("cases") {
        let case: Value = serde_json::from_str(&line).expect("JSON");
        let id = case["rule_id"].as_str().expect("an id");
        let events = case["events"].as_array().expect("events");
        let hits = events.iter().filter(|event| {
            let event = event.as_str().map_or_else(|| event::read(event), event::line);
            set.hits(&event, &mut scratch).iter().any(|hit| rules[*hit].about.id == id)
        });
        let hits = hits.count();
        if hits < case["match_count"].as_u64().map_or(1, |n| usize::try_from(n).expect("small")) {
            missed.push(format!("{id} hit {hits} of {} ({})", events.len(), case["rule_path"]));
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn golden_events_give_what_is_expected() {
    let Some(data) = testdata::data_dir() else { return };
    let rules = support::rules(&data);
    let set = RuleSet::new(&rules).expect("a set");
    let mut scratch = Scratch::default();
    let mut wrong = vec![];
    for (line, number) in
        testdata::lines(&data.join("sigma/golden.dev.jsonl.gz")).expect("cases").iter().zip(1..)
    {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let event = event::read(&case["event"]);
        let found: BTreeSet<&str> = set
            .hits(&event, &mut scratch)
            .iter()
            .map(|hit| rules[*hit].about.id.as_str())
            .collect();
        let expected: BTreeSet<&str> =
            case["expect"].as_array().expect("ids").iter().filter_map(Value::as_str).collect();
        if found != expected {
            let (missing, extra): (Vec<_>, Vec<_>) =
                (expected.difference(&found).collect(), found.difference(&expected).collect());
            wrong.push(format!(
                "line {number}: missing {missing:?}, too many {extra:?} ({} {:?})",
                case["logsource"], event.kinds
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

/// The compiled set and the open evaluation agree, on every rule that may meet the event.
#[test]
fn the_set_says_what_the_plain_evaluation_says() {
    let Some(data) = testdata::data_dir() else { return };
    let rules = support::rules(&data);
    let set = RuleSet::new(&rules).expect("a set");
    let mut scratch = Scratch::default();
    let lines = testdata::windows_events(&data).expect("events");
    for line in lines.iter().step_by(40) {
        let record: Value = serde_json::from_str(line).expect("JSON");
        let event = event::read(&record);
        let expected: Vec<usize> = (0..rules.len())
            .filter(|at| {
                let rule = &rules[*at];
                rule.needs.is_empty()
                    && event::meets(&rule.logsource, &event.kinds)
                    && plain::holds(&rule.detection, &event)
            })
            .collect();
        assert_eq!(set.hits(&event, &mut scratch), expected, "{line}");
    }
}
