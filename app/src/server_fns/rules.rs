//! Detection rules: the list, one, its changes, and what it would have done with the newest events.
use super::{events::EventLine, seat};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    FieldError, Problem, Severity,
    explore::EventRow,
    fieldmap,
    rule::{DetectionRule, NewRule, RuleChange, RuleTest},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What a rule would have done: counts, and the newest matches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    pub examined: i64,
    pub matched: i64,
    pub took_ms: i64,
    pub hits: Vec<Hit>,
}

/// A matching event, and what it holds where the rule looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    pub line: EventLine,
    pub seen: Vec<Seen>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// As the rule writes it.
    pub key: String,
    /// The field that it means, by its ECS name; the key where no field is known for it.
    pub field: String,
    pub value: String,
}

#[server(prefix = "", input = Json)]
pub async fn fetch_rules() -> Result<Vec<DetectionRule>, Problem> {
    let (backend, caller) = seat()?;
    backend.rules(&caller).await
}

#[server(prefix = "", input = Json)]
pub async fn fetch_rule(id: i64) -> Result<DetectionRule, Problem> {
    let (backend, caller) = seat()?;
    backend.rule(&caller, id).await
}

#[allow(clippy::too_many_arguments)] // one for each field of the form
#[server(prefix = "")]
pub async fn create_rule(
    name: String,
    severity: String,
    conditions: String,
    window_minutes: String,
    #[server(default)] description: String,
    #[server(default)] techniques: String,
    #[server(default)] enabled: bool,
    #[server(default)] create_incident: bool,
) -> Result<DetectionRule, Problem> {
    let (backend, caller) = seat()?;
    let sheet = Sheet {
        name,
        description,
        severity,
        conditions,
        window_minutes,
        techniques,
        enabled,
        create_incident,
    };
    backend.create_rule(&caller, sheet.read()?).await
}

/// Every field of the rule's form; a box that is not ticked is not sent.
#[allow(clippy::too_many_arguments)]
#[server(prefix = "")]
pub async fn change_rule(
    id: i64,
    name: String,
    severity: String,
    conditions: String,
    window_minutes: String,
    #[server(default)] description: String,
    #[server(default)] techniques: String,
    #[server(default)] enabled: bool,
    #[server(default)] create_incident: bool,
) -> Result<DetectionRule, Problem> {
    let (backend, caller) = seat()?;
    let sheet = Sheet {
        name,
        description,
        severity,
        conditions,
        window_minutes,
        techniques,
        enabled,
        create_incident,
    };
    let new = sheet.read()?;
    let change = RuleChange {
        name: Some(new.name),
        // an empty description is removed, and not "as it was"
        description: Some(new.description.unwrap_or_default()),
        severity: Some(new.severity),
        enabled: Some(new.enabled),
        conditions: Some(new.conditions),
        create_incident: Some(new.create_incident),
        window_minutes: Some(new.window_minutes),
        techniques: Some(new.techniques),
    };
    backend.change_rule(&caller, id, change).await
}

#[server(prefix = "")]
pub async fn set_enabled(id: i64, enabled: bool) -> Result<DetectionRule, Problem> {
    let (backend, caller) = seat()?;
    backend
        .change_rule(&caller, id, RuleChange { enabled: Some(enabled), ..Default::default() })
        .await
}

#[server(prefix = "", input = Json)]
pub async fn delete_rule(id: i64) -> Result<(), Problem> {
    let (backend, caller) = seat()?;
    backend.delete_rule(&caller, id).await
}

/// Tries what the form holds, saved or not.
#[allow(clippy::too_many_arguments)]
#[server(prefix = "")]
pub async fn try_draft(
    name: String,
    severity: String,
    conditions: String,
    window_minutes: String,
    #[server(default)] description: String,
    #[server(default)] techniques: String,
) -> Result<Tried, Problem> {
    let (backend, caller) = seat()?;
    let sheet = Sheet {
        name,
        description,
        severity,
        conditions,
        window_minutes,
        techniques,
        enabled: true,
        create_incident: false,
    };
    let new = sheet.read()?;
    let conditions = new.conditions.clone();
    Ok(tried(&conditions, backend.test_rule(&caller, new).await?))
}

/// Tries a saved rule.
#[server(prefix = "", input = Json)]
pub async fn try_rule(id: i64) -> Result<Tried, Problem> {
    let (backend, caller) = seat()?;
    let rule = backend.rule(&caller, id).await?;
    let new = RuleChange::default().apply(&rule)?;
    Ok(tried(&rule.conditions, backend.test_rule(&caller, new).await?))
}

/// The form as it was sent.
struct Sheet {
    name: String,
    description: String,
    severity: String,
    conditions: String,
    window_minutes: String,
    techniques: String,
    enabled: bool,
    create_incident: bool,
}

impl Sheet {
    /// The rule that it means, or all that is wrong with it at once.
    fn read(self) -> Result<NewRule, Problem> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, code: &str, message: String| {
            errors.push(FieldError { pointer: format!("/{field}"), code: code.into(), message });
        };
        let severity = Severity::parse(&self.severity).unwrap_or_else(|| {
            wrong("severity", "unknown", "must be low, medium, high or critical".into());
            Severity::Medium
        });
        let window_minutes = self.window_minutes.trim().parse().unwrap_or_else(|_| {
            wrong("window_minutes", "number", "must be a whole number of minutes".into());
            0
        });
        let conditions = serde_json::from_str(&self.conditions).unwrap_or_else(|e| {
            wrong("conditions", "json", format!("is not a JSON object: {e}"));
            // any condition will do: the rule is refused anyway
            Map::from_iter([("event_type".to_owned(), json!(""))])
        });
        let words = self
            .techniques
            .split([',', ';', ' ', '\n', '\r', '\t'])
            .map(str::trim)
            .filter(|w| !w.is_empty());
        let new = NewRule {
            name: self.name,
            description: Some(self.description),
            severity,
            enabled: self.enabled,
            conditions,
            create_incident: self.create_incident,
            window_minutes,
            techniques: words.map(str::to_uppercase).collect(),
        };
        match new.check() {
            Ok(new) if errors.is_empty() => Ok(new),
            Ok(_) => Err(Problem::invalid(errors)),
            Err(problem) => {
                errors.extend(problem.errors);
                Err(Problem::invalid(errors))
            }
        }
    }
}

fn tried(conditions: &Map<String, Value>, test: RuleTest) -> Tried {
    let mut keys = Vec::new();
    collect_keys(conditions, &mut keys);
    let hit = |row: &EventRow| Hit {
        line: EventLine::from(row),
        seen: keys.iter().filter_map(|k| seen(row, k)).collect(),
    };
    Tried {
        examined: test.examined,
        matched: test.matched,
        took_ms: test.took_ms,
        hits: test.hits.iter().map(hit).collect(),
    }
}

/// Every field that the conditions name, once, in their order.
fn collect_keys(conditions: &Map<String, Value>, out: &mut Vec<String>) {
    for (key, value) in conditions {
        match (key.as_str(), value) {
            ("any" | "all" | "not", Value::Array(members)) => {
                members.iter().filter_map(Value::as_object).for_each(|m| collect_keys(m, out));
            }
            ("not", Value::Object(member)) => collect_keys(member, out),
            (key, _) if !out.iter().any(|k| k == key) => out.push(key.to_owned()),
            _ => {}
        }
    }
}

/// Longest value shown, in characters.
const LONGEST: usize = 300;

/// What an event holds under a rule's key; `None` where it is not found.
fn seen(row: &EventRow, key: &str) -> Option<Seen> {
    let (path, literal) = key.strip_prefix("details.").map_or((key, false), |path| (path, true));
    let known = if literal {
        fieldmap::contract(path).or_else(|| fieldmap::field(path))
    } else {
        fieldmap::field(key)
    };
    let name = known.map_or(path, |f| f.name);
    let core = (!literal).then(|| core(row, name)).flatten();
    let text = core
        .or_else(|| row.text(name))
        .or_else(|| in_record(&row.raw, path))
        .filter(|v| !v.is_empty())?;
    let value = match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    };
    Some(Seen { key: key.to_owned(), field: name.to_owned(), value })
}

fn core(row: &EventRow, name: &str) -> Option<String> {
    Some(match name {
        fieldmap::DATASET => row.dataset.clone(),
        fieldmap::SOURCE => row.source.clone(),
        fieldmap::TYPE => row.event_type.clone(),
        fieldmap::CATEGORY => row.category.clone(),
        fieldmap::SEVERITY => row.severity.to_string(),
        fieldmap::MESSAGE => row.message.clone(),
        _ => return None,
    })
}

/// The value in the record as it was sent: under the key itself, or along its dots.
fn in_record(raw: &str, path: &str) -> Option<String> {
    let record: Value = serde_json::from_str(raw).ok()?;
    let found =
        [Some(&record), record.get("details")].into_iter().flatten().find_map(|inside| {
            inside.get(path).or_else(|| path.split('.').try_fold(inside, |at, step| at.get(step)))
        })?;
    Some(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Micros;

    fn sheet(conditions: &str) -> Sheet {
        Sheet {
            name: "n".into(),
            description: String::new(),
            severity: "high".into(),
            conditions: conditions.into(),
            window_minutes: " 60 ".into(),
            techniques: "t1059.001, T1027".into(),
            enabled: true,
            create_incident: false,
        }
    }

    #[test]
    fn a_form_becomes_a_rule() {
        let new = sheet(r#"{"event_type": "dns", "a": 1}"#).read().unwrap();
        assert_eq!((new.window_minutes, new.severity, new.description), (60, Severity::High, None));
        assert_eq!(new.techniques, ["T1059.001", "T1027"]);
        assert_eq!(
            new.conditions.keys().collect::<Vec<_>>(),
            ["event_type", "a"],
            "the order is the writer's"
        );
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let bad = Sheet {
            name: " ".into(),
            severity: "dire".into(),
            window_minutes: "soon".into(),
            techniques: "1059".into(),
            ..sheet("{\n  \"a\": }")
        };
        let problem = bad.read().unwrap_err();
        let at: Vec<_> = problem.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(at, ["/severity", "/window_minutes", "/conditions", "/techniques", "/name"]);
        assert!(
            problem.errors[2].message.contains("line 2 column 8"),
            "{}",
            problem.errors[2].message
        );
        assert_eq!(sheet("[]").read().unwrap_err().errors[0].code, "json");
    }

    #[test]
    fn a_hit_says_what_stands_where_the_rule_looks() {
        let row = EventRow {
            id: 1,
            time: Micros(5),
            received_at: Micros(6),
            dataset: "suricata.alert".into(),
            source: "suricata".into(),
            event_type: "alert".into(),
            category: "network".into(),
            severity: Severity::High,
            message: String::new(),
            fields: vec![("destination.port".into(), json!(445))],
            raw: r#"{"own": {"deep": true}, "details": {"mark": "x"}}"#.into(),
            sample: false,
        };
        let rule = json!({"dataset": "suricata.alert", "any": [{"destination.port": 445}, {"details.mark": "x"}], "not": {"own.deep": false, "absent": 1}, "dataset2": 1});
        let mut keys = Vec::new();
        collect_keys(rule.as_object().unwrap(), &mut keys);
        assert_eq!(
            keys,
            ["dataset", "destination.port", "details.mark", "own.deep", "absent", "dataset2"]
        );
        let found: Vec<_> =
            keys.iter().filter_map(|k| seen(&row, k)).map(|s| (s.field, s.value)).collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            found,
            [
                pair("event.dataset", "suricata.alert"),
                pair("destination.port", "445"),
                pair("mark", "x"),
                pair("own.deep", "true")
            ]
        );
    }
}
