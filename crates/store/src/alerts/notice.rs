//! Alerts that the program raises of its own accord: no rule stands behind them and no event, but something that began at a
//! moment and is told once.
//!
//! Their identity is (tenant, key, beginning). The unique index of rules' alerts does not hold it, since their rule is null and
//! nulls differ: the look for one that is there and the insert are one transaction instead, and such transactions take turns, since
//! two servers may both believe for a moment that they lead.
use super::{Row, history::NewAction, insert_alert_text, raise::PROGRAM};
use crate::{
    Result, Tx,
    base::{sql::sql, val::args},
};
use model::{Micros, Severity, alert::Alert};
use serde_json::json;

/// What to tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub title: String,
    pub description: String,
    pub category: String,
    pub severity: Severity,
    /// What it is about; with `since`, what makes it the same.
    pub dedup_key: String,
    /// When it began.
    pub since: Micros,
}

impl Tx {
    /// An open alert with its line of history. `None` when it was raised before, whatever became of it.
    pub async fn raise_notice(
        &mut self,
        tenant: &str,
        notice: &Notice,
        now: Micros,
    ) -> Result<Option<Alert>> {
        self.raw().telling().await?;
        let there = sql!(
            "SELECT COUNT(*) AS n FROM alerts a WHERE a.tenant = $1 AND a.rule_id IS NULL AND a.dedup_key = $2 AND a.window_start = $3"
        );
        if self.on().count(there, args![tenant, &notice.dedup_key, notice.since]).await? > 0 {
            return Ok(None);
        }
        let row = Row {
            tenant,
            title: &notice.title,
            description: &notice.description,
            source: PROGRAM,
            category: &notice.category,
            severity: notice.severity,
            url: None,
            sender: None,
            username: None,
            hostname: None,
            rule_id: None,
            dedup_key: Some(&notice.dedup_key),
            window: Some((notice.since, now)),
            first_seen: notice.since,
            last_seen: now,
            create_incident: false,
            sample: false,
        };
        let insert = sql!(insert_alert_text!(), " RETURNING id");
        let id = self.on().one(insert, row.values(now), |r| r.int("id")).await?;
        let details = json!({"from": null, "to": "open"});
        let line = NewAction { user_id: None, who: PROGRAM, action: "created", details };
        self.add_alert_action(tenant, id, &line, now).await?;
        self.alert_for_update(tenant, id).await.map(Some)
    }
}
