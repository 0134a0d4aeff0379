//! Alerts: what rules raise and people file, page by page, and what triage does to them.
//!
//! `words` holds what a text search looks at, lower-cased here rather than by the databases, which differ beyond ASCII.
//! `updated_at` of an alert never goes back, however the clocks of several processes differ: copies go by it.
mod all;
pub mod history;
mod list;
pub mod notice;
pub mod raise;
pub mod summary;
mod triage;

use crate::{
    Result,
    base::{
        db::On,
        filter::{MAX_LIST, padded},
        row::{Cols, word},
        sql::sql,
        val::{Val, args},
    },
};
use model::{
    Micros, Severity,
    alert::{Alert, AlertStatus},
};
use std::collections::HashMap;

macro_rules! alert_select {
    () => {
        "SELECT a.id, a.tenant, a.title, a.description, a.source, a.category, a.severity, a.status, a.url, a.sender, a.username, a.hostname, \
         a.created_at, a.updated_at, a.assigned_to, u.full_name AS assigned_name, a.conclusion, a.closed_at, a.rule_id, \
         a.event_count, a.first_seen, a.last_seen, a.create_incident, a.sample \
         FROM alerts a LEFT JOIN users u ON u.id = a.assigned_to AND u.tenant = a.tenant"
    };
}
use alert_select;

/// An alert without its evidence, which [`add_evidence`] fills in.
fn alert(r: &dyn Cols) -> Result<Alert> {
    Ok(Alert {
        id: r.int("id")?,
        title: r.text("title")?,
        description: r.text("description")?,
        source: r.text("source")?,
        category: r.text("category")?,
        severity: r.severity("severity")?,
        status: word(r, "status", AlertStatus::parse)?,
        url: r.opt_text("url")?,
        sender: r.opt_text("sender")?,
        username: r.opt_text("username")?,
        hostname: r.opt_text("hostname")?,
        created_at: r.time("created_at")?,
        updated_at: r.time("updated_at")?,
        assigned_to: r.opt_int("assigned_to")?,
        assigned_name: r.opt_text("assigned_name")?,
        conclusion: r.opt_text("conclusion")?,
        closed_at: r.opt_time("closed_at")?,
        rule_id: r.opt_int("rule_id")?,
        event_count: r.int("event_count")?,
        event_ids: Vec::new(),
        first_seen: r.time("first_seen")?,
        last_seen: r.time("last_seen")?,
        create_incident: r.flag("create_incident")?,
        sample: r.flag("sample")?,
    })
}

/// Fills in the event ids, oldest first. The alerts are known to be the tenant's.
async fn add_evidence(on: &mut On<'_>, alerts: &mut [Alert]) -> Result<()> {
    for chunk in alerts.chunks_mut(MAX_LIST) {
        let ids: Vec<i64> = chunk.iter().map(|a| a.id).collect();
        let marks: Vec<String> =
            (1..=ids.len().next_power_of_two()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT e.alert_id, e.event_id FROM alert_events e WHERE e.alert_id IN ({}) ORDER BY e.alert_id, e.event_time, e.event_id",
            marks.join(", ")
        );
        let pairs = on
            .all(sqlx::AssertSqlSafe(sql), padded(&ids), |r| {
                Ok((r.int("alert_id")?, r.int("event_id")?))
            })
            .await?;
        let mut by_alert: HashMap<i64, Vec<i64>> = HashMap::new();
        for (alert, event) in pairs {
            by_alert.entry(alert).or_default().push(event);
        }
        for alert in chunk {
            alert.event_ids = by_alert.remove(&alert.id).unwrap_or_default();
        }
    }
    Ok(())
}

/// One alert with its evidence, held until the transaction ends when there is one.
async fn get(on: &mut On<'_>, tenant: &str, id: i64) -> Result<Alert> {
    let sql = on.locking(sql!(alert_select!(), " WHERE a.tenant = $1 AND a.id = $2"), "a");
    let mut found = [on.one(sql, args![tenant, id], alert).await?];
    add_evidence(on, &mut found).await?;
    let [alert] = found;
    Ok(alert)
}

/// What a text search finds an alert by.
fn words(parts: [&str; 5]) -> String {
    parts.join("\n").to_lowercase()
}

/// The columns that a person's alert and a rule's alert both set; the order is that of [`insert_alert_text`].
struct Row<'a> {
    tenant: &'a str,
    title: &'a str,
    description: &'a str,
    source: &'a str,
    category: &'a str,
    severity: Severity,
    url: Option<&'a str>,
    sender: Option<&'a str>,
    username: Option<&'a str>,
    hostname: Option<&'a str>,
    rule_id: Option<i64>,
    dedup_key: Option<&'a str>,
    window: Option<(Micros, Micros)>,
    first_seen: Micros,
    last_seen: Micros,
    create_incident: bool,
    sample: bool,
}

/// `last_event_id` is what earlier versions counted by; nothing looks at it.
macro_rules! insert_alert_text {
    () => {
        "INSERT INTO alerts (tenant, title, description, source, category, severity, status, url, sender, username, hostname, \
         created_at, updated_at, rule_id, dedup_key, window_start, window_end, event_count, last_event_id, first_seen, last_seen, \
         create_incident, sample, words) VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10, $11, $11, $12, $13, $14, $15, 0, \
         0, $16, $17, $18, $19, $20)"
    };
}
use insert_alert_text;

impl Row<'_> {
    fn values(&self, now: Micros) -> Vec<Val> {
        let text = [
            self.title,
            self.description,
            self.hostname.unwrap_or(""),
            self.username.unwrap_or(""),
            self.source,
        ];
        args![
            self.tenant,
            self.title,
            self.description,
            self.source,
            self.category,
            self.severity.rank(),
            self.url,
            self.sender,
            self.username,
            self.hostname,
            now,
            self.rule_id,
            self.dedup_key,
            self.window.map(|w| w.0),
            self.window.map(|w| w.1),
            self.first_seen,
            self.last_seen,
            self.create_incident,
            self.sample,
            words(text)
        ]
    }
}
