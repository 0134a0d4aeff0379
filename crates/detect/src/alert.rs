//! The alert that a match becomes.
use model::Severity;
use model::event::{Event, Scalar};
use model::rule::DetectionRule;

/// Longest texts that an alert's columns take.
const MAX_NAME: usize = 255;
const MAX_URL: usize = 2_048;
const MAX_DESCRIPTION: usize = 10_000;

/// What one match says; matches of one rule with the same `dedup_key` within its window are one alert.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertDraft {
    pub title: String,
    pub description: String,
    pub category: String,
    pub severity: Severity,
    pub hostname: Option<String>,
    pub username: Option<String>,
    pub url: Option<String>,
    /// Whom it is about: the host, else the address it came from, else the user; for a sensor's alert also its signature.
    pub dedup_key: String,
}

/// The alert of a rule that the event matched. Title, category and severity as the contract has them.
pub fn alert_for(rule: &DetectionRule, event: &Event) -> AlertDraft {
    let hostname = text(event, "host.name", MAX_NAME);
    let username = text(event, "user.name", MAX_NAME);
    AlertDraft {
        title: rule.name.clone(),
        description: description(rule, event, hostname.as_deref()),
        category: if event.category.is_empty() {
            "event".into()
        } else {
            cut(&event.category, MAX_NAME / 2)
        },
        severity: rule.severity.max(Severity::Low),
        url: url(event),
        dedup_key: dedup_key(event, hostname.as_deref(), username.as_deref()),
        hostname,
        username,
    }
}

/// What happened and where, then what the rule looks for.
fn description(rule: &DetectionRule, event: &Event, hostname: Option<&str>) -> String {
    let mut sentence = cut(&event.message, 1_000);
    if let Some(host) = hostname.filter(|h| !sentence.contains(*h)) {
        sentence = format!("On {host}: {sentence}");
    }
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    let about = rule
        .description
        .as_deref()
        .map(str::trim)
        .filter(|d| !d.is_empty())
        .unwrap_or("Detection rule match");
    cut(&format!("{sentence}\n{about}"), MAX_DESCRIPTION)
}

fn text(event: &Event, name: &str, max: usize) -> Option<String> {
    let value = match event.get(name)? {
        Scalar::List(list) => list.first()?.text(),
        one => one.text(),
    };
    let value = cut(value.trim(), max);
    (!value.is_empty() && value != "-").then_some(value)
}

/// At most `max` characters, without control characters but line ends.
fn cut(text: &str, max: usize) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(max).collect()
}

/// A link only when it is one: `javascript:` never gets this far.
fn url(event: &Event) -> Option<String> {
    let original = text(event, "url.original", MAX_URL + 1)?;
    let is_http = |u: &str| u.starts_with("http://") || u.starts_with("https://");
    let url = if is_http(&original) {
        original
    } else {
        let domain = text(event, "url.domain", MAX_NAME)?;
        let plain = domain
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
        if !original.starts_with('/') || !plain {
            return None;
        }
        format!("http://{domain}{original}")
    };
    (url.chars().count() <= MAX_URL && !url.contains(char::is_whitespace)).then_some(url)
}

fn dedup_key(event: &Event, hostname: Option<&str>, username: Option<&str>) -> String {
    let whom = match (hostname, text(event, "source.ip", MAX_NAME), username) {
        (Some(host), _, _) => format!("host:{}", host.to_lowercase()),
        (None, Some(ip), _) => format!("src:{ip}"),
        (None, None, Some(user)) => format!("user:{}", user.to_lowercase()),
        (None, None, None) => format!("dataset:{}", event.dataset),
    };
    match text(event, "rule.name", MAX_NAME)
        .filter(|_| &*event.event_type == "alert" || &*event.event_type == "notice")
    {
        Some(signature) => format!("{whom}|{signature}"),
        None => whom,
    }
}
