//! Detection rules: the contract's JSON conditions, with a name, a severity and a switch.
use crate::{Micros, Problem, Severity, text::Checks};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DetectionRule {
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    pub severity: Severity,
    pub enabled: bool,
    /// `{key: expected}`; all pairs must hold. The language is in the API reference.
    pub conditions: Map<String, Value>,
    pub create_incident: bool,
    /// Minutes within which matches of one host (or address) are one alert; 0 makes an alert of each event.
    pub window_minutes: i64,
    /// ATT&CK technique ids, such as `T1003.006`.
    pub techniques: Vec<String>,
    /// Shipped with EventSec.
    pub builtin: bool,
    pub created_at: Micros,
    pub updated_at: Micros,
    /// Alerts raised in the last 7 days.
    pub alerts_7d: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewRule {
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub severity: Severity,
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(default)]
    pub conditions: Map<String, Value>,
    #[serde(default)]
    pub create_incident: bool,
    #[serde(default = "hour")]
    pub window_minutes: i64,
    #[serde(default)]
    pub techniques: Vec<String>,
}

fn yes() -> bool {
    true
}

fn hour() -> i64 {
    60
}

/// Fields left out stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RuleChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_incident: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_minutes: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub techniques: Option<Vec<String>>,
}

/// Longest window: a week.
pub const MAX_WINDOW_MINUTES: i64 = 7 * 24 * 60;

impl NewRule {
    /// Checks the form; whether the conditions compile is asked of the detection engine.
    pub fn check(self) -> Result<Self, Problem> {
        let mut c = Checks::new();
        if self.severity == Severity::Info {
            c.add("severity", "unknown", "must be low, medium, high or critical");
        }
        if !(0..=MAX_WINDOW_MINUTES).contains(&self.window_minutes) {
            c.add(
                "window_minutes",
                "range",
                format!("must lie between 0 and {MAX_WINDOW_MINUTES}"),
            );
        }
        if self.conditions.is_empty() {
            c.add(
                "conditions",
                "required",
                "needs at least one condition: an empty object would match every event",
            );
        }
        if self.techniques.iter().any(|t| !is_technique(t)) {
            c.add("techniques", "format", "must be ATT&CK ids such as T1003 or T1003.006");
        }
        let valid = Self {
            name: c.required("name", &self.name, 255),
            description: c.optional("description", self.description.as_deref(), 10_000),
            ..self
        };
        c.finish(valid)
    }
}

fn is_technique(text: &str) -> bool {
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix('T').is_some_and(|rest| match rest.split_once('.') {
        Some((main, sub)) => digits(main, 4) && digits(sub, 3),
        None => digits(rest, 4),
    })
}

impl RuleChange {
    /// The rule as it would be, checked like a new one.
    pub fn apply(self, rule: &DetectionRule) -> Result<NewRule, Problem> {
        NewRule {
            name: self.name.unwrap_or_else(|| rule.name.clone()),
            description: self.description.or_else(|| rule.description.clone()),
            severity: self.severity.unwrap_or(rule.severity),
            enabled: self.enabled.unwrap_or(rule.enabled),
            conditions: self.conditions.unwrap_or_else(|| rule.conditions.clone()),
            create_incident: self.create_incident.unwrap_or(rule.create_incident),
            window_minutes: self.window_minutes.unwrap_or(rule.window_minutes),
            techniques: self.techniques.unwrap_or_else(|| rule.techniques.clone()),
        }
        .check()
    }
}

/// What a rule would have done with the newest stored events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RuleTest {
    /// Events looked at.
    pub examined: i64,
    pub matched: i64,
    /// The newest matches, at most 20.
    pub hits: Vec<crate::explore::EventRow>,
    pub took_ms: i64,
}

/// The words that test a value in a condition: `{"field": {"word": value}}`.
pub const OPERATORS: [&str; 14] = [
    "equals",
    "contains",
    "contains_all",
    "startswith",
    "endswith",
    "glob",
    "cidr",
    "gt",
    "gte",
    "lt",
    "lte",
    "longer_than",
    "exists",
    "not",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn new(json: &str) -> Result<NewRule, Problem> {
        serde_json::from_str::<NewRule>(json).unwrap().check()
    }

    #[test]
    fn a_rule_that_would_match_everything_is_refused() {
        let p = new(r#"{"name":"all","conditions":{}}"#).unwrap_err();
        assert_eq!(p.errors[0].pointer, "/conditions");
    }

    #[test]
    fn defaults_are_the_contracts() {
        let r = new(r#"{"name":"n","conditions":{"event_type":"x"}}"#).unwrap();
        assert_eq!((r.severity, r.enabled, r.create_incident), (Severity::Medium, true, false));
        assert!(
            new(r#"{"name":"n","conditions":{"a":1},"techniques":["T1003.006","T1059"]}"#).is_ok()
        );
        assert!(new(r#"{"name":"n","conditions":{"a":1},"techniques":["1003"]}"#).is_err());
    }
}
