//! Detection rules, as people write them.
use crate::record::events;
use crate::{split, text};
use detect::{MAX_TEXT, RuleSet, Trial};
use model::Severity;
use model::event::{Event, Scalar};
use model::explore::EventRow;
use model::rule::DetectionRule;
use search::conformance::random::{self, Rng};
use search::{glob, literal};
use serde_json::{Map, Value, json};

/// Conditions in the first line, a record in the others: they compile or say why, and mean one thing wherever they are asked.
pub fn detect(data: &[u8]) {
    let (conditions, record) = split(data);
    let value = text(record);
    folding(&value);
    blocks(value.trim());
    let Ok(Value::Object(conditions)) = serde_json::from_slice::<Value>(conditions) else { return };
    let trial = match (detect::check(&conditions), Trial::of(&conditions)) {
        (Ok(()), Ok(trial)) => trial,
        (Err(said), Err(faults)) => {
            assert_eq!(said, faults);
            assert!(!faults.is_empty(), "refused without a reason");
            for f in faults {
                assert!(f.pointer.starts_with("/conditions"), "{f:?}");
                assert!(!f.code.is_empty() && !f.message.is_empty(), "{f:?}");
            }
            return;
        }
        (checked, compiled) => panic!("{checked:?} and {compiled:?}"),
    };
    let rule = stored(conditions);
    let (set, bad) = RuleSet::compile(std::slice::from_ref(&rule));
    assert!(bad.is_empty(), "{bad:?}");
    let around = groups(&rule.conditions);
    for mut event in events(record) {
        // no reader makes lists of lists
        event.fields.retain(|(_, v)| !is_nested(v));
        let holds = trial.matches(&event);
        meanings(&rule, &trial, &set, &event, holds);
        for (group, negated) in &around {
            assert_eq!(group.matches(&event), holds != *negated, "a group of one is not that one");
        }
        alert(&rule, &event);
    }
}

fn is_nested(value: &Scalar) -> bool {
    matches!(value, Scalar::List(list) if list.iter().any(|v| matches!(v, Scalar::List(_))))
}

fn stored(conditions: Map<String, Value>) -> DetectionRule {
    DetectionRule {
        id: 1,
        name: "A rule".into(),
        description: Some("What it looks for".into()),
        severity: Severity::High,
        enabled: true,
        conditions,
        window_minutes: 60,
        ..Default::default()
    }
}

/// The conditions alone within each kind of group, as far as they lie in no more groups than are allowed.
fn groups(conditions: &Map<String, Value>) -> Vec<(Trial, bool)> {
    let group = |(word, negated): (&str, bool)| {
        let mut map = Map::new();
        map.insert(word.into(), json!([conditions]));
        Trial::of(&map).ok().map(|t| (t, negated))
    };
    [("all", false), ("any", false), ("not", true)].into_iter().filter_map(group).collect()
}

/// Found through the index, on the row as it is stored, and explained: always the same answer.
fn meanings(rule: &DetectionRule, trial: &Trial, set: &RuleSet, event: &Event, holds: bool) {
    let mut found = Vec::new();
    set.matches(event, &mut found);
    assert_eq!(found.len(), usize::from(holds), "the index: {rule:?} on {event:?}");
    let row = EventRow::from(event);
    assert_eq!(trial.matches_row(&row), holds, "the stored row: {rule:?} on {event:?}");
    let (fresh, read) = (trial.explain(event), trial.explain_row(&row));
    assert_eq!(fresh.len(), read.len());
    for (a, b) in fresh.iter().zip(&read) {
        assert_eq!((&a.key, a.holds), (&b.key, b.holds), "{rule:?} on {event:?}");
    }
    if !rule.conditions.keys().any(|k| matches!(k.as_str(), "any" | "all" | "not")) {
        assert_eq!(fresh.iter().all(|e| e.holds), holds, "{rule:?} on {event:?}");
    }
}

/// The texts of an alert fit their columns, whatever the event holds.
fn alert(rule: &DetectionRule, event: &Event) {
    let alert = detect::alert_for(rule, event);
    assert!(!alert.dedup_key.is_empty() && !alert.category.is_empty());
    assert!(alert.severity >= Severity::Low);
    for name in [&alert.hostname, &alert.username].into_iter().flatten() {
        assert!((1..=255).contains(&name.chars().count()), "{name:?}");
    }
    let texts = [&alert.hostname, &alert.username, &alert.url].into_iter().flatten();
    for t in texts.chain([&alert.title, &alert.description, &alert.category]) {
        assert!(!t.chars().any(|c| c.is_control() && c != '\n'), "{t:?}");
    }
    if let Some(url) = &alert.url {
        assert!(url.starts_with("http://") || url.starts_with("https://"), "{url}");
        assert!(!url.contains(char::is_whitespace), "{url}");
    }
}

/// An event that holds one text in a field that is in no map.
fn holding(value: &str) -> Event {
    let mut event = random::event(&mut Rng::seeded("rules"), 1, "default");
    event.fields = vec![("x.y".into(), value.into())];
    event.raw = "{}".into();
    event
}

fn on_text(operator: &str, wanted: &str) -> Option<Trial> {
    let conditions = json!({"x.y": {operator: wanted}});
    conditions.as_object().and_then(|c| Trial::of(c).ok())
}

/// What is there to the letter is there ignoring case.
fn folding(value: &str) {
    let chars: Vec<char> = value.chars().take(MAX_TEXT / 2).collect();
    if chars.is_empty() {
        return;
    }
    let third = chars.len() / 3;
    let piece = |from: usize, to: usize| chars[from..to].iter().collect::<String>();
    let whole = piece(0, chars.len());
    let event = holding(&whole);
    for (operator, part) in [
        ("contains", piece(third, chars.len() - third)),
        ("contains_all", whole.clone()),
        ("startswith", piece(0, chars.len() - third)),
        ("endswith", piece(third, chars.len())),
        ("equals", whole.clone()),
        ("glob", glob::escape(&whole)),
    ] {
        let trial = on_text(operator, &part).expect("a text that is not empty");
        assert!(trial.matches(&event), "{whole:?} {operator} {part:?}");
    }
}

/// Rules and searches mean the same addresses by a block.
fn blocks(text: &str) {
    let Some(block) = literal::Cidr::parse(text) else { return };
    let trial = on_text("cidr", text).expect("searches read this block");
    let net = text.split('/').next().unwrap_or_default();
    for address in [net, "10.1.2.3", "::ffff:10.1.2.3", "192.0.2.1", "fe80::1", "0.0.0.0", "::"] {
        let wanted = literal::ip(address).is_some_and(|a| block.contains(a));
        assert_eq!(trial.matches(&holding(address)), wanted, "{address} in {text}");
    }
}
