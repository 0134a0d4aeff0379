//! The watch: a source that falls silent is an alert like any other, once for each silence.
//!
//! A silence is known by its source and the moment it began, so the alert is not raised again while it lasts, whatever became
//! of it. When the source sends again and stops again, that is another silence.
//!
//! Whoever looks may have started a moment ago, and other processes take the batches. So all that is judged by is stored: what came,
//! and when somebody listened.
use super::{
    rules::{LEARN_FROM, LEAST_SILENCE, Usual, watched},
    view,
};
use crate::{Soc, fault};
use model::{
    Micros, Problem, Severity,
    live::Note,
    pipeline::{AGENT, source_id},
    time::MINUTE,
};
use store::{IngestSource, Notice};

fn notice(s: &IngestSource, usual: &Usual, minutes: i64) -> Notice {
    let name = match s.kind.as_str() {
        AGENT => s.source.clone(),
        kind if kind == s.source => kind.to_owned(),
        kind => format!("{kind} {}", s.source),
    };
    let records = match usual.per_minute {
        1 => "1 record a minute".to_owned(),
        n => format!("about {n} records a minute"),
    };
    Notice {
        title: format!("{name} has sent nothing for {minutes} min"),
        description: format!(
            "It usually sends {records}; its last came at {}. Look at what sends, at the network between, and at the credentials it sends \
             with. The pipeline page shows what came before.",
            s.last_seen.rfc3339()
        ),
        category: "ingest".into(),
        severity: Severity::Medium,
        dedup_key: format!("silence:{}", source_id(&s.kind, &s.source, s.sample)),
        since: s.last_seen,
    }
}

/// A program that noted nothing for so long was asleep.
const AWAKE: i64 = MINUTE;

impl Soc {
    /// Notes that this process takes batches, and has since `since` if that is known. Called every few seconds; answers what the next
    /// call is given.
    pub async fn note_listening(&self, since: Option<Micros>) -> Option<Micros> {
        let now = (self.clock)();
        let Some(since) = since.filter(|s| (0..AWAKE).contains(&now.since(*s))) else {
            return Some(now);
        };
        match self.store.ingest_listened(since, now).await {
            Ok(()) => Some(now),
            // without the database nothing was taken
            Err(e) => {
                tracing::debug!(error = %e, "that batches are taken was not noted");
                None
            }
        }
    }

    /// Raises an alert for each source that has fallen silent since the last look. Answers how many. Called every minute.
    pub async fn watch_sources(&self) -> Result<usize, Problem> {
        // what was refused and waits in memory is a sign of life; without the journal nobody can be judged
        self.road.write_down().await.map_err(fault::store)?;
        let now = (self.clock)();
        let mut raised = 0;
        for tenant in self.store.tenants().await.map_err(fault::store)? {
            raised += self.watch_tenant(&tenant.id, now).await?;
        }
        Ok(raised)
    }

    async fn watch_tenant(&self, tenant: &str, now: Micros) -> Result<usize, Problem> {
        let long_ago = now.plus(-LEAST_SILENCE * MINUTE);
        let mut quiet = self.store.ingest_sources(tenant).await.map_err(fault::store)?;
        quiet.retain(|s| {
            watched(&s.kind, s.sample)
                && s.last_seen <= long_ago
                && s.silence_told != Some(s.last_seen)
        });
        if quiet.is_empty() {
            return Ok(0);
        }
        let history =
            self.store.ingest_history(tenant, long_ago, LEARN_FROM).await.map_err(fault::store)?;
        let usual = view::learn(&quiet, &history);
        let oldest = quiet.iter().map(|s| s.last_seen).min().unwrap_or(now);
        let listening = self.store.ingest_listening(oldest).await.map_err(fault::store)?;
        let mut raised = 0;
        for s in &quiet {
            let Some(usual) = usual.get(&s.id) else { continue };
            let Some(minutes) = usual.silent_for(s.last_seen, &listening, now) else { continue };
            raised +=
                usize::from(self.tell_silence(tenant, &notice(s, usual, minutes), now).await?);
            self.store
                .ingest_silence_told(tenant, s.id, s.last_seen)
                .await
                .map_err(fault::store)?;
        }
        Ok(raised)
    }

    /// Whether the alert is new.
    async fn tell_silence(
        &self,
        tenant: &str,
        notice: &Notice,
        now: Micros,
    ) -> Result<bool, Problem> {
        let mut tx = self.store.begin().await.map_err(fault::store)?;
        let alert = tx.raise_notice(tenant, notice, now).await.map_err(fault::store)?;
        tx.commit().await.map_err(fault::store)?;
        let Some(alert) = alert else { return Ok(false) };
        tracing::warn!(tenant, title = %alert.title, "a source is silent");
        self.live.tell(
            tenant,
            Note::Alert { id: alert.id, severity: alert.severity, title: alert.title },
        );
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(kind: &str, name: &str) -> IngestSource {
        IngestSource {
            id: 1,
            source: name.into(),
            kind: kind.into(),
            sample: false,
            first_seen: Micros(0),
            last_seen: Micros(7 * MINUTE),
            silence_told: None,
        }
    }

    #[test]
    fn an_alert_says_who_and_for_how_long_and_what_is_usual() {
        let usual = Usual { per_minute: 690, distance: 1 };
        let n = notice(&source("suricata", "edge-1"), &usual, 9);
        assert_eq!(n.title, "suricata edge-1 has sent nothing for 9 min");
        assert!(n.description.contains("about 690 records a minute"), "{}", n.description);
        assert_eq!(
            (n.dedup_key.as_str(), n.since),
            ("silence:suricata:edge-1", Micros(7 * MINUTE))
        );
        let one = Usual { per_minute: 1, ..usual };
        let n = notice(&source("agent", "agent:WS-7"), &one, 5);
        assert_eq!(n.title, "agent:WS-7 has sent nothing for 5 min");
        assert!(n.description.contains("sends 1 record a minute"));
        assert_eq!(notice(&source("api", "api"), &one, 5).title, "api has sent nothing for 5 min");
    }
}
