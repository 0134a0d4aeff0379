//! Running the place: dashboard, sensors, dead letters, audit trail.
use crate::{
    Soc, fault, ingest,
    record::{self, Act},
    retention::not_on_hold,
};
use backend::{OperateBackend, Reply};
use model::{
    Caller, Page, Permission, Problem,
    audit::{AuditEntry, AuditQuery, AuditVerdict},
    dashboard::Dashboard,
    dead_letter::{DeadLetter, DeadLetterQuery, ReplayResult},
    explore::Bucket,
    sensor::NetworkSensor,
    time::HOUR,
};
use normalise::{Envelope, Hint};
use search::engine::Select;
use serde_json::json;
use store::StoreError;

/// Alerts on the dashboard.
const LATEST: i64 = 8;
/// Dead letters that one request may replay or delete.
const MAX_LETTERS: usize = 500;

fn bad_cursor(e: StoreError) -> Problem {
    match e {
        StoreError::BadCursor => Problem::field("cursor", "unknown", "is not one of ours"),
        other => fault::store(other),
    }
}

impl OperateBackend for Soc {
    fn dashboard<'a>(&'a self, who: &'a Caller) -> Reply<'a, Dashboard> {
        Box::pin(async move {
            who.require(Permission::ReadAlerts)?;
            let now = (self.clock)();
            let since = model::Micros(now.0.div_euclid(HOUR) * HOUR - 23 * HOUR);
            let summary = self
                .store
                .alert_summary(&who.tenant, who.user_id, since, now, LATEST)
                .await
                .map_err(fault::store)?;
            let day = now.plus(-24 * HOUR);
            let closed = self
                .store
                .alert_summary(&who.tenant, who.user_id, day, now, 0)
                .await
                .map_err(fault::store)?
                .closed_since;
            let select = Select {
                from: Some(since),
                to: Some(since.plus(24 * HOUR)),
                ..Select::all(&who.tenant)
            };
            let events = self.engine.histogram(&select, HOUR).await.map_err(fault::search)?;
            let mut ingest = self.road.health(&*self.engine).await.map_err(ingest::road)?;
            ingest.dead_letters =
                self.store.dead_letter_count(&who.tenant).await.map_err(fault::store)?;
            ingest.events_total =
                self.engine.count(&Select::all(&who.tenant)).await.map_err(fault::search)?;
            Ok(Dashboard {
                open: summary.open,
                in_progress: summary.in_progress,
                closed_24h: closed,
                mine: summary.mine,
                by_severity: summary.by_severity,
                alerts_per_hour: summary.per_hour,
                events_per_hour: whole_day(events.buckets, since),
                latest: summary.latest,
                sensors: self.store.sensors(&who.tenant, now).await.map_err(fault::store)?,
                ingest,
            })
        })
    }

    fn sensors<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<NetworkSensor>> {
        Box::pin(async move {
            who.require(Permission::ReadSensors)?;
            self.store.sensors(&who.tenant, (self.clock)()).await.map_err(fault::store)
        })
    }

    fn dead_letters<'a>(
        &'a self,
        who: &'a Caller,
        query: DeadLetterQuery,
    ) -> Reply<'a, Page<DeadLetter>> {
        Box::pin(async move {
            who.require(Permission::ReadDeadLetters)?;
            self.store.dead_letters(&who.tenant, &query).await.map_err(bad_cursor)
        })
    }

    fn replay_dead_letters<'a>(
        &'a self,
        who: &'a Caller,
        ids: Vec<i64>,
    ) -> Reply<'a, ReplayResult> {
        Box::pin(async move {
            who.require(Permission::ManageDeadLetters)?;
            fault::unless_some("ids", ids.len(), MAX_LETTERS, "dead letters")?;
            let letters =
                self.store.dead_letters_by_id(&who.tenant, &ids).await.map_err(fault::store)?;
            let (mut stored, mut failed, mut stopped) = (Vec::new(), Vec::new(), None);
            for letter in &letters {
                let hint = match letter.source.as_str() {
                    "suricata" => Hint::Suricata,
                    "zeek" => Hint::Zeek { file: letter.file.as_deref().map(Into::into) },
                    _ => Hint::Api,
                };
                let envelope = Envelope {
                    tenant: who.tenant.as_str().into(),
                    // an event without a time of its own happened when it came, not when it was replayed
                    received_at: letter.received_at,
                    sender: hint,
                    sensor: letter.sensor.as_deref().map(Into::into),
                    agent: letter
                        .agent_id
                        .map(|id| (id, letter.agent.as_deref().unwrap_or_default().into())),
                    sample: letter.sample,
                };
                let mut batch = ingest::again(&envelope, &letter.raw);
                // replaying twice at the same moment, or a crash after the commit, stores it once
                batch.key = Some(format!("d:{}", letter.id));
                batch.replayed = true;
                // what fails again stays the letter it is
                if !batch.refused.is_empty() {
                    failed.push(letter.id);
                    continue;
                }
                match self.road.submit(batch).await {
                    Ok(_) => stored.push(letter.id),
                    // what is stored leaves the list all the same
                    Err(e) => {
                        stopped = Some(ingest::road(e));
                        break;
                    }
                }
            }
            self.store.delete_dead_letters(&who.tenant, &stored).await.map_err(fault::store)?;
            self.store.mark_replayed(&who.tenant, &failed).await.map_err(fault::store)?;
            let now = (self.clock)();
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let act = Act {
                action: "dead_letter.replay",
                target_type: "dead_letter",
                target_id: several(&[stored.as_slice(), &failed].concat()),
                before: None,
                after: Some(json!({"stored": stored, "failed": failed})),
            };
            record::by(&mut tx, who, act, now).await?;
            tx.commit().await.map_err(fault::store)?;
            if let Some(why) = stopped {
                return Err(why);
            }
            Ok(ReplayResult { stored: stored.len() as i64, failed: failed.len() as i64 })
        })
    }

    fn delete_dead_letters<'a>(&'a self, who: &'a Caller, ids: Vec<i64>) -> Reply<'a, i64> {
        Box::pin(async move {
            who.require(Permission::ManageDeadLetters)?;
            fault::unless_some("ids", ids.len(), MAX_LETTERS, "dead letters")?;
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            not_on_hold(&mut tx, &who.tenant).await?;
            let letters =
                self.store.dead_letters_by_id(&who.tenant, &ids).await.map_err(fault::store)?;
            let found: Vec<i64> = letters.iter().map(|l| l.id).collect();
            // the letters live in the journal's database, so the audit row is written first: better told and not done than the reverse
            let now = (self.clock)();
            let act = Act {
                action: "dead_letter.delete",
                target_type: "dead_letter",
                target_id: several(&found),
                before: Some(
                    json!({"ids": found, "reasons": letters.iter().map(|l| &l.reason).collect::<Vec<_>>()}),
                ),
                after: None,
            };
            record::by(&mut tx, who, act, now).await?;
            tx.commit().await.map_err(fault::store)?;
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            not_on_hold(&mut tx, &who.tenant).await?;
            let deleted = self.store.delete_dead_letters(&who.tenant, &found).await;
            tx.commit().await.map_err(fault::store)?;
            deleted.map_err(fault::store)
        })
    }

    fn audit<'a>(&'a self, who: &'a Caller, query: AuditQuery) -> Reply<'a, Page<AuditEntry>> {
        Box::pin(async move {
            who.require(Permission::ReadAudit)?;
            self.store.audit(&who.tenant, &query).await.map_err(bad_cursor)
        })
    }

    fn verify_audit<'a>(&'a self, who: &'a Caller) -> Reply<'a, AuditVerdict> {
        Box::pin(async move {
            who.require(Permission::ReadAudit)?;
            self.store.verify_audit(&who.tenant).await.map_err(fault::store)
        })
    }
}

/// 24 hours from `since`, those without events as zeros.
fn whole_day(found: Vec<Bucket>, since: model::Micros) -> Vec<Bucket> {
    let hours = (0..24).map(|h| since.plus(h * HOUR));
    hours
        .map(|start| {
            found
                .iter()
                .find(|b| b.start == start)
                .cloned()
                .unwrap_or(Bucket { start, counts: [0; 5] })
        })
        .collect()
}

/// Ids as the target of an audit row; a long list is in the row's details, since the column is indexed.
fn several(ids: &[i64]) -> String {
    const SHOWN: usize = 20;
    let mut text = ids.iter().take(SHOWN).map(i64::to_string).collect::<Vec<_>>().join(",");
    if ids.len() > SHOWN {
        text.push_str(",…");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Micros;

    #[test]
    fn empty_hours_are_zeros_in_their_place() {
        let day =
            whole_day(vec![Bucket { start: Micros(3 * HOUR), counts: [1, 0, 0, 0, 2] }], Micros(0));
        assert_eq!(day.len(), 24);
        assert_eq!(day[3].counts, [1, 0, 0, 0, 2]);
        assert_eq!(day.iter().map(|b| b.counts.iter().sum::<i64>()).sum::<i64>(), 3);
    }
}
