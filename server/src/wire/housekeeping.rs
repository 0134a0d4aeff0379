//! Work that repeats: it is noted that batches are taken, ended sessions, old answers and old minutes of the ledger are forgotten, refused batches are written into the
//! ledger, silent sources are told of, data past its time is deleted, rules changed by another process are taken up.
use super::lead::Lead;
use model::time::{DAY, HOUR};
use platform::Tasks;
use soc::Soc;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::sync::Mutex;

/// A batch that is sent again after so long is taken for a new one.
const REMEMBER_BATCHES: i64 = 7 * DAY;

/// Minutes of the ledger of arrivals, and sources that were not heard, are kept so long.
const REMEMBER_ARRIVALS: i64 = 14 * DAY;

/// How often it is noted that batches are taken.
const LISTEN: Duration = Duration::from_secs(15);

/// How often what is past its time is deleted.
const RETAIN: Duration = Duration::from_secs(3600);

/// Rules are followed by every process, schedules by the one that leads. `takes`: this process takes batches.
pub fn start(soc: Soc, lead: Lead, takes: bool, tasks: &Tasks) {
    if takes {
        let (s, since) = (soc.clone(), Arc::new(Mutex::new(None)));
        tasks.repeat("listening", LISTEN, move || {
            let (s, since) = (s.clone(), since.clone());
            async move {
                let mut since = since.lock().await;
                *since = s.note_listening(*since).await;
            }
        });
    }
    let s = soc.clone();
    let leads = lead.clone();
    tasks.repeat("forget", Duration::from_secs(600), move || {
        let (s, lead) = (s.clone(), leads.clone());
        async move {
            if lead.is_here().await
                && let Err(e) = forget(&s).await
            {
                tracing::warn!(error = %e, "ended sessions and old answers were not purged");
            }
        }
    });
    let s = soc.clone();
    tasks.repeat("ledger", Duration::from_secs(5), move || {
        let s = s.clone();
        async move {
            // what could not be written waits for the next time
            if let Err(e) = s.road.write_down().await {
                tracing::warn!(error = %e, "refused batches were not written into the ledger");
            }
        }
    });
    let s = soc.clone();
    let leads = lead.clone();
    tasks.repeat("silence", Duration::from_secs(60), move || {
        let (s, lead) = (s.clone(), leads.clone());
        async move {
            if lead.is_here().await
                && let Err(e) = s.watch_sources().await
            {
                tracing::warn!(error = %e, "whether sources are silent is not known");
            }
        }
    });
    let s = soc.clone();
    tasks.repeat("retention", RETAIN, move || {
        let (s, lead) = (s.clone(), lead.clone());
        async move {
            if lead.is_here().await
                && let Err(e) = s.retain().await
            {
                tracing::warn!(error = %e, "what is past its time was not deleted");
            }
        }
    });
    let seen = Arc::new(AtomicI64::new(-1));
    tasks.repeat("rules", Duration::from_secs(1), move || {
        let (s, seen) = (soc.clone(), seen.clone());
        async move {
            // one small read a second; the reload only when the number moved
            let Ok(version) = s.store.rules_version().await else { return };
            if seen.swap(version, Ordering::Relaxed) != version
                && let Err(e) = s.rules.reload(&s.store).await
            {
                tracing::warn!(error = %e, "changed rules were not taken up");
                seen.store(-1, Ordering::Relaxed);
            }
        }
    });
}

async fn forget(s: &Soc) -> Result<(), store::StoreError> {
    let now = (s.clock)();
    let mut tx = s.store.begin().await?;
    tx.purge_sessions(now).await?;
    tx.purge_throttle(now.plus(-HOUR)).await?;
    tx.commit().await?;
    s.store.purge_batches(now.plus(-REMEMBER_BATCHES)).await?;
    s.store.purge_ingest(now.plus(-REMEMBER_ARRIVALS)).await?;
    Ok(())
}
