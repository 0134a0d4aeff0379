//! Alerts: what a rule (or a person) says deserves a look, and what was done about it.
use crate::{Micros, Problem, Severity, text::Checks};
use serde::{Deserialize, Deserializer, Serialize};

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlertStatus {
    #[default]
    Open,
    InProgress,
    Closed,
}

impl AlertStatus {
    pub const ALL: [Self; 3] = [Self::Open, Self::InProgress, Self::Closed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Closed => "closed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text.trim())
    }
}

/// The contract's `Alert`, and what it lacks: the rule, the evidence, the count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Alert {
    pub id: i64,
    pub title: String,
    pub description: String,
    /// `DetectionRule`, or who sent it.
    pub source: String,
    pub category: String,
    pub severity: Severity,
    pub status: AlertStatus,
    pub url: Option<String>,
    pub sender: Option<String>,
    pub username: Option<String>,
    pub hostname: Option<String>,
    pub created_at: Micros,
    pub updated_at: Micros,
    pub assigned_to: Option<i64>,
    /// Name of the person it is assigned to.
    pub assigned_name: Option<String>,
    pub conclusion: Option<String>,
    pub closed_at: Option<Micros>,
    pub rule_id: Option<i64>,
    /// Events that matched within the rule's window: 1 for an alert without one.
    pub event_count: i64,
    /// Ids of the matching events, oldest first, at most `MAX_EVIDENCE`.
    pub event_ids: Vec<i64>,
    /// Times of the first and last matching event; the alert's own times where there is none.
    pub first_seen: Micros,
    pub last_seen: Micros,
    /// The rule asks for an incident.
    pub create_incident: bool,
    /// Made from sample data that EventSec ships.
    pub sample: bool,
}

/// Evidence ids kept for one alert; more matches are only counted.
pub const MAX_EVIDENCE: usize = 200;

/// Longest conclusion, in characters.
const MAX_CONCLUSION: usize = 10_000;

/// An alert as sent by a person or an integration.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewAlert {
    pub title: String,
    #[serde(default)]
    pub description: String,
    pub source: String,
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub severity: Severity,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub sender: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub hostname: Option<String>,
}

impl NewAlert {
    pub fn check(self) -> Result<Self, Problem> {
        // the contract's two texts come first and alone
        if self.title.trim().is_empty() {
            return Err(Problem::bad_request("Title is required"));
        }
        if self.source.trim().is_empty() {
            return Err(Problem::bad_request("Source is required"));
        }
        let mut c = Checks::new();
        if self.severity == Severity::Info {
            c.add("severity", "unknown", "must be low, medium, high or critical");
        }
        let url = c.optional("url", self.url.as_deref(), 2048);
        if url.as_ref().is_some_and(|u| !u.starts_with("http://") && !u.starts_with("https://")) {
            c.add("url", "scheme", "must start with http:// or https://");
        }
        let valid = Self {
            title: c.required("title", &self.title, 255),
            description: c.bounded("description", &self.description, 10_000),
            source: c.required("source", &self.source, 128),
            category: c.bounded("category", &self.category, 128),
            severity: self.severity,
            url,
            sender: c.optional("sender", self.sender.as_deref(), 255),
            username: c.optional("username", self.username.as_deref(), 255),
            hostname: c.optional("hostname", self.hostname.as_deref(), 255),
        };
        c.finish(valid)
    }
}

/// Tells a field that was left out (`None`) from one sent as null (`Some(None)`).
fn sent<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    d: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// Only the fields that were sent change. `assigned_to: null` takes the assignment away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<AlertStatus>,
    #[serde(default, deserialize_with = "sent", skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Option<i64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<String>,
}

/// Notes that an alert would be closed for no reason.
fn needs_conclusion(c: &mut Checks) {
    c.add("conclusion", "required", "may not be empty when an alert is closed");
}

impl AlertChange {
    /// An alert that is closed afterwards has a conclusion: the one sent, or else the one stored. `present` is the alert's
    /// status and conclusion as stored. A change of neither asks for none, so that whatever is stored can still be assigned.
    pub fn check(self, present: (AlertStatus, Option<&str>)) -> Result<Self, Problem> {
        let (status, stored) = present;
        let mut c = Checks::new();
        let conclusion =
            self.conclusion.as_deref().map(|v| c.bounded("conclusion", v, MAX_CONCLUSION));
        let touched = self.status.is_some() || conclusion.is_some();
        let closed = self.status.unwrap_or(status) == AlertStatus::Closed;
        let said = conclusion.as_deref().or(stored).is_some_and(|v| !v.trim().is_empty());
        if touched && closed && !said {
            needs_conclusion(&mut c);
        }
        c.finish(Self { conclusion, ..self })
    }
}

/// One change for many alerts.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertBulk {
    /// At most `MAX_BULK`.
    pub ids: Vec<i64>,
    pub change: AlertChange,
}

/// Alerts one bulk change may name.
pub const MAX_BULK: usize = 1000;

/// What a bulk change did, and what undoes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertBulkResult {
    pub changed: Vec<i64>,
    /// The alerts as they were; sent back through `restore_alerts`, they undo the change.
    pub before: Vec<AlertState>,
}

/// The part of an alert that triage changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertState {
    pub id: i64,
    pub status: AlertStatus,
    pub assigned_to: Option<i64>,
    pub conclusion: Option<String>,
}

impl AlertState {
    /// A state to be put back comes from outside, whoever made it first: it holds what a change would have to hold.
    pub fn check(self) -> Result<Self, Problem> {
        let mut c = Checks::new();
        let conclusion = c.optional("conclusion", self.conclusion.as_deref(), MAX_CONCLUSION);
        if self.status == AlertStatus::Closed && conclusion.is_none() {
            needs_conclusion(&mut c);
        }
        c.finish(Self { conclusion, ..self })
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertSort {
    #[default]
    Newest,
    Oldest,
    Severity,
    Updated,
}

impl AlertSort {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "newest" => Some(Self::Newest),
            "oldest" => Some(Self::Oldest),
            "severity" => Some(Self::Severity),
            "updated" => Some(Self::Updated),
            _ => None,
        }
    }
}

/// Which alerts, in which order. Empty means all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertQuery {
    #[serde(default)]
    pub status: Vec<AlertStatus>,
    #[serde(default)]
    pub severity: Vec<Severity>,
    /// Words that must all occur in title, description, host, user or source.
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub assigned_to: Option<i64>,
    /// Only those assigned to nobody; wins over `assigned_to`.
    #[serde(default)]
    pub unassigned: bool,
    #[serde(default)]
    pub rule_id: Option<i64>,
    #[serde(default)]
    pub hostname: Option<String>,
    #[serde(default)]
    pub username: Option<String>,
    /// Created at or after.
    #[serde(default)]
    pub since: Option<Micros>,
    /// Created before.
    #[serde(default)]
    pub until: Option<Micros>,
    /// Closed at or after.
    #[serde(default)]
    pub closed_since: Option<Micros>,
    #[serde(default)]
    pub sort: AlertSort,
    /// 1 to `MAX_PAGE`; 0 means `DEFAULT_PAGE`.
    #[serde(default)]
    pub limit: i64,
    #[serde(default)]
    pub cursor: Option<String>,
}

/// One line of an alert's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertAction {
    pub id: i64,
    pub alert_id: i64,
    pub at: Micros,
    pub user_id: Option<i64>,
    /// The person, the agent, `shared agent token`, or `EventSec` for what the program did.
    pub who: String,
    /// `created`, `matched_again`, `status`, `assigned`, `conclusion`, `restored`, `deleted`.
    pub action: String,
    /// What changed: `{"from": …, "to": …}`.
    pub details: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_needs_a_reason() {
        let close = |conclusion: Option<&str>| AlertChange {
            status: Some(AlertStatus::Closed),
            conclusion: conclusion.map(Into::into),
            ..Default::default()
        };
        let open = (AlertStatus::Open, None);
        assert_eq!(close(None).check(open).unwrap_err().errors[0].pointer, "/conclusion");
        assert!(close(Some("  ")).check(open).is_err());
        assert!(close(Some("Patch night")).check(open).is_ok());
        assert!(close(None).check((AlertStatus::Open, Some("said before"))).is_ok());
    }

    #[test]
    fn a_closed_alert_keeps_a_reason() {
        let say = |text: &str| AlertChange { conclusion: Some(text.into()), ..Default::default() };
        let closed = (AlertStatus::Closed, Some("said before"));
        assert_eq!(say(" ").check(closed).unwrap_err().errors[0].pointer, "/conclusion");
        assert_eq!(say(" better ").check(closed).unwrap().conclusion.as_deref(), Some("better"));
        assert!(say("").check((AlertStatus::InProgress, Some("said before"))).is_ok());
        let reopen = AlertChange { status: Some(AlertStatus::Open), ..say("") };
        assert!(reopen.check(closed).is_ok(), "it is open then");
        let assign = AlertChange { assigned_to: Some(None), ..Default::default() };
        assert!(assign.check((AlertStatus::Closed, None)).is_ok(), "neither of the two was sent");
    }

    #[test]
    fn what_is_put_back_obeys_the_bounds_of_a_change() {
        let state = |status, conclusion: Option<&str>| AlertState {
            id: 1,
            status,
            assigned_to: None,
            conclusion: conclusion.map(Into::into),
        };
        for bad in [None, Some(" "), Some("a\0b"), Some(&*"x".repeat(MAX_CONCLUSION + 1))] {
            let p = state(AlertStatus::Closed, bad).check().unwrap_err();
            assert_eq!(p.errors[0].pointer, "/conclusion", "{p:?}");
        }
        let open = state(AlertStatus::Open, Some(" ")).check().unwrap();
        assert_eq!(open.conclusion, None, "stored as nothing, like an empty one that is sent");
        let closed = state(AlertStatus::Closed, Some(" Noise ")).check().unwrap();
        assert_eq!(closed.conclusion.as_deref(), Some("Noise"));
    }

    #[test]
    fn null_unassigns_and_absence_does_not() {
        let c: AlertChange = serde_json::from_str(r#"{"assigned_to":null}"#).unwrap();
        assert_eq!(c.assigned_to, Some(None));
        assert_eq!(serde_json::from_str::<AlertChange>("{}").unwrap().assigned_to, None);
        assert_eq!(
            serde_json::from_str::<AlertChange>(&serde_json::to_string(&c).unwrap()).unwrap(),
            c
        );
    }

    #[test]
    fn links_are_http_only_and_the_contracts_texts_stay() {
        let new = |url: &str, title: &str| NewAlert {
            title: title.into(),
            description: String::new(),
            source: "test".into(),
            category: String::new(),
            severity: Severity::High,
            url: Some(url.into()),
            sender: None,
            username: None,
            hostname: None,
        };
        assert!(new("javascript:alert(1)", "x").check().is_err());
        assert!(new("https://example.org", "x").check().is_ok());
        assert_eq!(
            new("https://example.org", " ").check().unwrap_err().detail,
            "Title is required"
        );
    }
}
