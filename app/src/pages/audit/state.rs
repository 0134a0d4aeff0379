//! The page's query: what is asked of the trail, and which entry is open.
use crate::url::Query;
use model::{Micros, audit::AuditQuery, time};

/// Entries on one page.
const PAGE: i64 = 100;

/// Kinds of target that the trail knows.
pub(super) const KINDS: [&str; 8] =
    ["agent", "alert", "dead_letter", "retention", "rule", "sensor", "user", "view"];

/// Actions that the trail knows.
pub(super) const ACTIONS: [&str; 24] = [
    "agent.enroll",
    "alert.create",
    "alert.assign",
    "alert.close",
    "alert.reopen",
    "alert.update",
    "alert.restore",
    "alert.delete",
    "dead_letter.replay",
    "dead_letter.delete",
    "retention.update",
    "retention.run",
    "rule.create",
    "rule.update",
    "rule.delete",
    "rule.seed",
    "session.open",
    "session.close",
    "user.create",
    "user.update",
    "user.reset_password",
    "user.change_password",
    "view.create",
    "view.delete",
];

/// Names of periods, as they stand in the query, and their length.
pub(super) const PERIODS: [(&str, i64); 4] =
    [("1h", time::HOUR), ("24h", 24 * time::HOUR), ("7d", 7 * time::DAY), ("30d", 30 * time::DAY)];

/// What the address asks of the trail. Unknown periods are no period.
pub(super) fn asked(query: &Query, now: Micros) -> AuditQuery {
    let get =
        |name: &str| query.get(name).map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
    let period = get("since")
        .and_then(|s| PERIODS.iter().find(|(name, _)| *name == s).map(|(_, span)| *span));
    AuditQuery {
        text: get("text").unwrap_or_default(),
        action: get("action"),
        target_type: get("target_type"),
        target_id: get("target_id"),
        since: period.map(|span| now.plus(-span)),
        limit: PAGE,
        cursor: get("cursor"),
    }
}

/// Where a target is shown; `None` for what has no page. Ids that are no number are not put into addresses.
pub(super) fn target_href(kind: &str, id: &str) -> Option<String> {
    let number = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    match kind {
        "alert" if number => Some(format!("/alerts/{id}")),
        "rule" if number => Some(format!("/rules/{id}")),
        "user" if number => Some(format!("/users/{id}")),
        "dead_letter" => Some("/dead-letters".into()),
        "sensor" => Some("/sensors".into()),
        "retention" => Some("/admin/retention".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_of_the_form_ask_for_nothing() {
        let q = Query::new()
            .with("text", " ana ")
            .with("since", "24h")
            .with("action", " ")
            .with("cursor", "t9");
        let now = Micros(100 * time::DAY);
        let a = asked(&q, now);
        assert_eq!((a.text.as_str(), a.action, a.cursor.as_deref()), ("ana", None, Some("t9")));
        assert_eq!(a.since, Some(Micros(99 * time::DAY)));
        assert_eq!(asked(&Query::new().with("since", "forever"), now).since, None);
    }

    #[test]
    fn targets_with_a_page_are_linked() {
        assert_eq!(target_href("alert", "7").as_deref(), Some("/alerts/7"));
        assert_eq!(target_href("user", "//evil"), None);
        assert_eq!(target_href("agent", "7"), None);
    }
}
