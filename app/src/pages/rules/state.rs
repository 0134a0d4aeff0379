//! What the list shows and in which order, read from the address; and what a rule looks at, read from its conditions.
use crate::url::Query;
use model::{Severity, rule::DetectionRule};
use serde_json::{Map, Value};
use std::cmp::Reverse;

/// Orders besides the one by name.
pub(super) const SORTS: [&str; 3] = ["severity", "alerts", "updated"];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    text: String,
    severity: Option<Severity>,
    enabled: Option<bool>,
    sort: String,
}

impl Filter {
    pub fn of(query: &Query) -> Self {
        let get = |name| query.get(name).unwrap_or_default().trim().to_owned();
        Self {
            text: get("q").to_lowercase(),
            severity: Severity::parse(&get("severity")),
            enabled: match get("enabled").as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            sort: get("sort"),
        }
    }

    fn keeps(&self, rule: &DetectionRule) -> bool {
        let about = rule.description.as_deref().unwrap_or_default();
        let hay = format!(
            "{}\n{about}\n{}\n{}",
            rule.name,
            rule.techniques.join(" "),
            sources(&rule.conditions).join(" ")
        )
        .to_lowercase();
        self.text.split_whitespace().all(|word| hay.contains(word))
            && self.severity.is_none_or(|s| rule.severity == s)
            && self.enabled.is_none_or(|e| rule.enabled == e)
    }

    /// The rules that it keeps, in its order; equals by name.
    pub fn apply(&self, rules: &[DetectionRule]) -> Vec<DetectionRule> {
        let mut kept: Vec<_> = rules.iter().filter(|r| self.keeps(r)).cloned().collect();
        kept.sort_by_key(|r| r.name.to_lowercase());
        match self.sort.as_str() {
            "severity" => kept.sort_by_key(|r| Reverse(r.severity)),
            "alerts" => kept.sort_by_key(|r| Reverse(r.alerts_7d)),
            "updated" => kept.sort_by_key(|r| Reverse(r.updated_at)),
            _ => {}
        }
        kept
    }
}

/// The kinds of events that the rule asks for in so many words: its data sets, sources and types, each once.
pub(super) fn sources(conditions: &Map<String, Value>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    collect(conditions, &mut out);
    out
}

fn collect(conditions: &Map<String, Value>, out: &mut Vec<String>) {
    for (key, value) in conditions {
        let members = match value {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        match key.as_str() {
            "dataset" | "source" | "event_type" => {
                for text in members.iter().filter_map(Value::as_str) {
                    if !out.iter().any(|o| o == text) {
                        out.push(text.to_owned());
                    }
                }
            }
            "any" | "all" => {
                members.iter().filter_map(Value::as_object).for_each(|m| collect(m, out))
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Micros;
    use serde_json::json;

    fn rule(name: &str, severity: Severity, alerts_7d: i64) -> DetectionRule {
        DetectionRule {
            id: 1,
            name: name.into(),
            description: Some("Dumps credentials".into()),
            severity,
            enabled: alerts_7d > 0,
            conditions: json!({"any": [{"event_type": ["dns", "tls"]}, {"dataset": "zeek.dns", "event_type": "dns"}], "not": {"source": "x"}})
                .as_object()
                .unwrap()
                .clone(),
            create_incident: false,
            window_minutes: 60,
            techniques: vec!["T1003".into()],
            builtin: true,
            created_at: Micros(0),
            updated_at: Micros(-alerts_7d),
            alerts_7d,
        }
    }

    #[test]
    fn sources_are_named_once_and_not_where_they_are_excluded() {
        assert_eq!(sources(&rule("a", Severity::Low, 0).conditions), ["dns", "tls", "zeek.dns"]);
    }

    #[test]
    fn the_address_narrows_and_orders() {
        let rules = [
            rule("b", Severity::Low, 3),
            rule("A", Severity::Critical, 0),
            rule("c", Severity::High, 9),
        ];
        let names = |q: Query| {
            Filter::of(&q).apply(&rules).iter().map(|r| r.name.clone()).collect::<Vec<_>>().join("")
        };
        let q = Query::new;
        assert_eq!(names(q()), "Abc");
        assert_eq!(names(q().with("sort", "severity")), "Acb");
        assert_eq!(names(q().with("sort", "alerts")), "cbA");
        assert_eq!(names(q().with("sort", "updated")), "Abc");
        assert_eq!(names(q().with("enabled", "no")), "A");
        assert_eq!(names(q().with("severity", "high").with("enabled", "yes")), "c");
        assert_eq!(names(q().with("q", " CREDENTIALS t1003 zeek ")), "Abc");
        assert_eq!(names(q().with("q", "nothing like it")), "");
    }
}
