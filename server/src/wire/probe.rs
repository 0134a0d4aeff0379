//! What the health addresses ask of the parts.
use cluster::{Cluster, ClusterError};
use futures::{FutureExt, future::BoxFuture};
use parking_lot::Mutex;
use platform::health::{DbHealth, HealthProbe, SearchHealth};
use std::{sync::Arc, time::Duration};
use store::Store;
use tokio::time::Instant;

pub struct Probe {
    store: Store,
    /// Where events are searched, when that is not in this process; and whether the program counts as not ready without it.
    cluster: Option<(Arc<Cluster>, bool)>,
    drift: Mutex<Drift>,
}

/// What was not as it should be when somebody looked last.
#[derive(Default)]
struct Drift {
    asked: Option<Instant>,
    found: Vec<String>,
    /// It may not be looked at.
    forbidden: bool,
}

/// A database that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long what was seen of OpenSearch's indexes counts. Everybody may ask for health, and there may be a thousand indexes.
const FRESH: Duration = Duration::from_secs(10);

impl Probe {
    pub fn new(store: Store, cluster: Option<(Arc<Cluster>, bool)>) -> Self {
        Self { store, cluster, drift: Mutex::default() }
    }

    /// Looks again when that is due: one caller does, the others are told what was seen before. `None`: it may not be looked at.
    async fn drift(&self, cluster: &Cluster) -> Option<Vec<String>> {
        let is_due = {
            let mut drift = self.drift.lock();
            let is_due = drift.asked.is_none_or(|at| at.elapsed() >= FRESH);
            if is_due {
                drift.asked = Some(Instant::now());
            }
            is_due
        };
        if is_due {
            let seen = tokio::time::timeout(PATIENCE, cluster.client().drift()).await;
            let mut drift = self.drift.lock();
            match seen {
                Ok(Ok(found)) => (drift.found, drift.forbidden) = (found, false),
                Ok(Err(ClusterError::Refused { status: 401 | 403, .. })) => drift.forbidden = true,
                // what could not be seen is looked for the next time
                _ => drift.asked = None,
            }
        }
        let drift = self.drift.lock();
        (!drift.forbidden).then(|| drift.found.clone())
    }
}

impl HealthProbe for Probe {
    fn db(&self) -> BoxFuture<'_, DbHealth> {
        async move {
            match tokio::time::timeout(PATIENCE, self.store.check()).await {
                Ok(Ok(faults)) if faults.is_empty() => DbHealth::Ok,
                Ok(Ok(faults)) => DbHealth::Missing(faults),
                Ok(Err(_)) => DbHealth::Failed("OperationalError".into()),
                Err(_) => DbHealth::Failed("Timeout".into()),
            }
        }
        .boxed()
    }

    /// The embedded engine lives in this process: it answers when this answers.
    fn search(&self) -> BoxFuture<'_, SearchHealth> {
        async {
            let Some((cluster, required)) = &self.cluster else {
                return SearchHealth {
                    enabled: false,
                    required: false,
                    url_set: false,
                    connected: Ok(()),
                    drift: Vec::new(),
                };
            };
            let status = tokio::time::timeout(PATIENCE, cluster.client().status());
            let (asked, seen) = tokio::join!(status, self.drift(cluster));
            let connected = match asked {
                Ok(Ok((status, _))) if status == "red" => Err("Red".to_owned()),
                Ok(Ok(_)) if seen.is_none() => Err("Forbidden".into()),
                Ok(Ok(_)) => Ok(()),
                Ok(Err(ClusterError::Refused { status: 401 | 403, .. })) => Err("Forbidden".into()),
                Ok(Err(_)) => Err("URLError".into()),
                Err(_) => Err("Timeout".into()),
            };
            // of what does not answer nothing is known
            let answers = connected.is_ok() || connected == Err("Red".into());
            let drift = seen.filter(|_| answers).unwrap_or_default();
            SearchHealth { enabled: true, required: *required, url_set: true, connected, drift }
        }
        .boxed()
    }
}
