//! Alerts that rules raise: insert or count.
//!
//! The identity of a rule's alert is (tenant, rule, dedup key, start of the window), all of which follow from the event, so the
//! order in which events come does not matter. Each counts once because each block meets the rules once: what says that it has is
//! written in the transaction that stores its alerts, on the block (`Tx::mark_detected`) where processes share the journal, else as
//! a cursor (`Tx::set_detected_through`). Whoever does a block looks at it in that transaction. The evidence list, which has an
//! end, guards besides: an event that stands there is not counted again.
//!
//! A closed alert that matches again gives its identity up: somebody judged what was there, not what came after, so that is a
//! new alert.
//!
//! On PostgreSQL several raise at once. Whoever inserts an identity that another has inserted waits for its transaction, so all
//! identities are inserted first, in one order, while no alert that was there is held yet; then those are held, in the order in
//! which people hold them; and only then is anything counted. So nobody waits for somebody who waits for them.
use super::{Row, add_evidence, alert, alert_select, history::NewAction, insert_alert_text};
use crate::{
    Result, Tx,
    base::{
        filter::MAX_LIST,
        row::Cols,
        sql::sql,
        val::{Val, args},
    },
};
use model::{
    Micros, Severity,
    alert::{Alert, AlertStatus, MAX_EVIDENCE},
    time::MINUTE,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::collections::{HashMap, HashSet};

/// Who acts when no person does.
pub(crate) const PROGRAM: &str = "EventSec";

/// A rule's match, or several of one window.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertDraft {
    pub rule_id: i64,
    pub title: String,
    pub description: String,
    pub source: String,
    pub category: String,
    pub severity: Severity,
    pub url: Option<String>,
    pub sender: Option<String>,
    pub username: Option<String>,
    pub hostname: Option<String>,
    pub create_incident: bool,
    pub sample: bool,
    /// What matches have in common to be one alert: a host, an address; the event's id where each event is an alert.
    pub dedup_key: String,
    /// See [`window_of`].
    pub window_start: Micros,
    pub window_end: Micros,
    /// Ids and times of the events that matched; at least one.
    pub events: Vec<(i64, Micros)>,
}

/// The window of an event time: the slice of `minutes` it falls into, counted from 1970, so that it does not depend on what
/// came before. For 0 minutes the moment itself; then the dedup key must hold the event's id.
pub fn window_of(time: Micros, minutes: i64) -> (Micros, Micros) {
    let width = minutes.max(0).saturating_mul(MINUTE);
    if width == 0 {
        return (time, time);
    }
    let start = Micros(time.0.div_euclid(width) * width);
    (start, start.plus(width))
}

/// What [`Tx::raise`] did. Drafts that changed nothing are in neither list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Raised {
    pub new: Vec<Alert>,
    /// Were there before, and count more events now.
    pub changed: Vec<Alert>,
}

/// A draft with the ids and times of its events.
type Merged<'a> = (&'a AlertDraft, Vec<(i64, Micros)>);

/// Drafts of one alert as one, in the order they came, each event once; what tells nothing is left out.
fn merged(drafts: &[AlertDraft]) -> Vec<Merged<'_>> {
    let mut at: HashMap<(i64, &str, Micros), usize> = HashMap::new();
    let mut seen: HashSet<(usize, i64)> = HashSet::new();
    let mut out: Vec<Merged<'_>> = Vec::new();
    for d in drafts.iter().filter(|d| !d.events.is_empty()) {
        let i = *at.entry(identity(d)).or_insert_with(|| {
            out.push((d, Vec::new()));
            out.len() - 1
        });
        out[i].1.extend(d.events.iter().filter(|e| seen.insert((i, e.0))));
    }
    out
}

/// What makes an alert the same, within a tenant.
fn identity(d: &AlertDraft) -> (i64, &str, Micros) {
    (d.rule_id, &d.dedup_key, d.window_start)
}

/// Asks for the ids of the drafts' alerts, as far as they are there. PostgreSQL only. The list is filled up to a power of two by
/// repeating its last draft, so that few different statements are prepared.
fn there(tenant: &str, drafts: &[&AlertDraft]) -> (SqlStr, Vec<Val>) {
    let fill = drafts.len().next_power_of_two() - drafts.len();
    let last = drafts.last().into_iter().cycle().take(fill);
    let (mut values, mut rows) = (args![tenant], Vec::new());
    for d in drafts.iter().chain(last) {
        let n = values.len();
        rows.push(format!("(${}, ${}, ${})", n + 1, n + 2, n + 3));
        values.extend([Val::from(d.rule_id), Val::from(&d.dedup_key), Val::from(d.window_start)]);
    }
    let sql = format!(
        "SELECT a.id FROM (VALUES {}) AS d (rule_id, dedup_key, window_start) JOIN alerts a ON a.tenant = $1 \
         AND a.rule_id = d.rule_id AND a.dedup_key = d.dedup_key AND a.window_start = d.window_start",
        rows.join(", ")
    );
    (AssertSqlSafe(sql).into_sql_str(), values)
}

impl Tx {
    /// Stores the drafts as alerts or counts them into those that are there, with history lines. A closed alert stays closed and
    /// counts no more; a match that comes after it is a new alert. Events come in any order, but each in one committed
    /// transaction only, which is the caller's to see to.
    pub async fn raise(
        &mut self,
        tenant: &str,
        drafts: &[AlertDraft],
        now: Micros,
    ) -> Result<Raised> {
        let mut new: Vec<i64> = Vec::new();
        let mut changed: Vec<i64> = Vec::new();
        let drafts = merged(drafts);
        let inserted = self.insert_those_missing(tenant, &drafts, now).await?;
        let there = drafts.iter().zip(&inserted).filter(|(_, id)| id.is_none());
        let there: Vec<&AlertDraft> = there.map(|((d, _), _)| *d).collect();
        self.hold_those_there(tenant, &there).await?;
        for ((draft, events), inserted) in drafts.into_iter().zip(inserted) {
            let (id, is_new, counted) =
                self.raise_one(tenant, draft, events, inserted, now).await?;
            if is_new {
                new.push(id);
            } else if counted {
                changed.push(id);
            }
        }
        Ok(Raised {
            new: self.alerts_by_id(tenant, &new).await?,
            changed: self.alerts_by_id(tenant, &changed).await?,
        })
    }

    /// Answers the ids of those that were not there, in the places of their drafts.
    async fn insert_those_missing(
        &mut self,
        tenant: &str,
        drafts: &[Merged<'_>],
        now: Micros,
    ) -> Result<Vec<Option<i64>>> {
        let mut order: Vec<usize> = (0..drafts.len()).collect();
        if self.on().is_postgres() {
            order.sort_by_key(|&i| identity(drafts[i].0));
        }
        let mut inserted = vec![None; drafts.len()];
        for i in order {
            let (draft, events) = &drafts[i];
            inserted[i] = self.insert_draft(tenant, draft, events, now).await?;
        }
        Ok(inserted)
    }

    /// `None` when an alert of that identity is there.
    async fn insert_draft(
        &mut self,
        tenant: &str,
        d: &AlertDraft,
        events: &[(i64, Micros)],
        now: Micros,
    ) -> Result<Option<i64>> {
        let times = events.iter().map(|e| e.1);
        let row = Row {
            tenant,
            title: &d.title,
            description: &d.description,
            source: &d.source,
            category: &d.category,
            severity: d.severity,
            url: d.url.as_deref(),
            sender: d.sender.as_deref(),
            username: d.username.as_deref(),
            hostname: d.hostname.as_deref(),
            rule_id: Some(d.rule_id),
            dedup_key: Some(&d.dedup_key),
            window: Some((d.window_start, d.window_end)),
            first_seen: times.clone().min().unwrap_or(d.window_start),
            last_seen: times.max().unwrap_or(d.window_start),
            create_incident: d.create_incident,
            sample: d.sample,
        };
        let insert = sql!(
            insert_alert_text!(),
            " ON CONFLICT (tenant, rule_id, dedup_key, window_start) DO NOTHING RETURNING id"
        );
        self.on().opt(insert, row.values(now), |r| r.int("id")).await
    }

    /// Takes the alerts that are there in the order in which people take them, which is not that of the drafts.
    async fn hold_those_there(&mut self, tenant: &str, drafts: &[&AlertDraft]) -> Result<()> {
        // one alone has no order
        if drafts.len() < 2 || !self.on().is_postgres() {
            return Ok(());
        }
        let mut ids = Vec::new();
        for some in drafts.chunks(MAX_LIST) {
            let (sql, values) = there(tenant, some);
            ids.extend(self.on().all(sql, values, |r| r.int("id")).await?);
        }
        self.hold_alerts(tenant, &ids).await
    }

    /// Answers the alert, whether it is new, and whether it counts more events than before. `inserted`: it was just made.
    async fn raise_one(
        &mut self,
        tenant: &str,
        d: &AlertDraft,
        mut events: Vec<(i64, Micros)>,
        inserted: Option<i64>,
        now: Micros,
    ) -> Result<(i64, bool, bool)> {
        let claimed = match inserted {
            Some(id) => Some((id, 0, true)),
            None => self.claim(tenant, d, &mut events, now).await?,
        };
        let Some((id, before, is_new)) = claimed else { return Ok((0, false, false)) };
        let kept = if is_new {
            0
        } else {
            self.on()
                .count(
                    sql!("SELECT COUNT(*) AS n FROM alert_events WHERE alert_id = $1"),
                    args![id],
                )
                .await?
        };
        let counted = self.count_events(id, kept, &events).await?;
        if counted.is_empty() {
            return Ok((id, is_new, false));
        }
        let total = before + i64::try_from(counted.len()).unwrap_or(i64::MAX);
        let first = counted.iter().map(|e| e.1).min().unwrap_or(d.window_start);
        let last = counted.iter().map(|e| e.1).max().unwrap_or(d.window_start);
        let update = sql!(
            "UPDATE alerts SET event_count = $2, \
             updated_at = CASE WHEN updated_at > $3 THEN updated_at + 1 ELSE $3 END, \
             first_seen = CASE WHEN first_seen > $4 THEN $4 ELSE first_seen END, \
             last_seen = CASE WHEN last_seen < $5 THEN $5 ELSE last_seen END WHERE id = $1"
        );
        self.on().exec(update, args![id, total, now, first, last]).await?;
        if is_new {
            let details = json!({"from": null, "to": "open"});
            self.add_alert_action(
                tenant,
                id,
                &NewAction { user_id: None, who: PROGRAM, action: "created", details },
                now,
            )
            .await?;
        } else {
            self.matched_again(tenant, id, before, total, now).await?;
        }
        Ok((id, is_new, true))
    }

    /// The open alert that the draft is or becomes: its id, its count so far, and whether it is new. `None` when it was closed with
    /// all the events; those of its evidence are taken out of `events`.
    async fn claim(
        &mut self,
        tenant: &str,
        d: &AlertDraft,
        events: &mut Vec<(i64, Micros)>,
        now: Micros,
    ) -> Result<Option<(i64, i64, bool)>> {
        let read = |r: &dyn Cols| Ok((r.int("id")?, r.int("event_count")?, r.text("status")?));
        let find = sql!(
            "SELECT a.id, a.event_count, a.status FROM alerts a \
             WHERE a.tenant = $1 AND a.rule_id = $2 AND a.dedup_key = $3 AND a.window_start = $4"
        );
        loop {
            let mut on = self.on();
            let find = on.locking(find, "a");
            let args = args![tenant, d.rule_id, &d.dedup_key, d.window_start];
            match on.opt(find, args, read).await? {
                Some((id, _, status)) if status == AlertStatus::Closed.as_str() => {
                    let evidence =
                        sql!("SELECT e.event_id FROM alert_events e WHERE e.alert_id = $1");
                    let seen = on.all(evidence, args![id], |r| r.int("event_id")).await?;
                    let seen: HashSet<i64> = seen.into_iter().collect();
                    events.retain(|e| !seen.contains(&e.0));
                    if events.is_empty() {
                        return Ok(None); // it was closed with these
                    }
                    let release =
                        sql!("UPDATE alerts SET dedup_key = NULL WHERE tenant = $1 AND id = $2");
                    on.exec(release, args![tenant, id]).await?;
                }
                Some((id, count, _)) => return Ok(Some((id, count, false))),
                // somebody else did that since it was found to be there
                None => {}
            }
            if let Some(id) = self.insert_draft(tenant, d, events, now).await? {
                return Ok(Some((id, 0, true)));
            }
        }
    }

    /// Keeps evidence while there is room. Answers the events that were not counted before, as far as the evidence tells.
    async fn count_events(
        &mut self,
        alert: i64,
        kept: i64,
        events: &[(i64, Micros)],
    ) -> Result<Vec<(i64, Micros)>> {
        let mut kept = usize::try_from(kept).unwrap_or(MAX_EVIDENCE);
        let mut counted = Vec::new();
        for &(event, time) in events {
            if kept < MAX_EVIDENCE {
                let insert = sql!(
                    "INSERT INTO alert_events (alert_id, event_id, event_time) VALUES ($1, $2, $3) \
                     ON CONFLICT (alert_id, event_id) DO NOTHING"
                );
                if self.on().exec(insert, args![alert, event, time]).await? > 0 {
                    kept += 1;
                    counted.push((event, time));
                }
            } else {
                counted.push((event, time));
            }
        }
        Ok(counted)
    }

    async fn alerts_by_id(&mut self, tenant: &str, ids: &[i64]) -> Result<Vec<Alert>> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let sql = sql!(alert_select!(), " WHERE a.tenant = $1 AND a.id = $2");
            found.extend(self.on().opt(sql, args![tenant, *id], alert).await?);
        }
        add_evidence(&mut self.on(), &mut found).await?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_follows_from_the_time_alone() {
        let t = Micros(61 * MINUTE + 5);
        assert_eq!(window_of(t, 60), (Micros(60 * MINUTE), Micros(120 * MINUTE)));
        assert_eq!(window_of(Micros(-1), 1), (Micros(-MINUTE), Micros(0)));
        assert_eq!(window_of(t, 0), (t, t));
    }
}
