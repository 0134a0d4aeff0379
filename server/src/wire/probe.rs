//! What the health addresses ask of the parts.
use cluster::{Cluster, ClusterError};
use futures::{FutureExt, future::BoxFuture};
use platform::health::{DbHealth, HealthProbe, SearchHealth};
use std::{sync::Arc, time::Duration};
use store::Store;

pub struct Probe {
    pub store: Store,
    /// Where events are searched, when that is not in this process; and whether the program counts as not ready without it.
    pub cluster: Option<(Arc<Cluster>, bool)>,
}

/// A database that takes longer does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

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
            let asked = tokio::time::timeout(PATIENCE, cluster.client().health()).await;
            let (connected, drift) = match asked {
                Ok(Ok(h)) if h.status == "red" => (Err("Red".to_owned()), h.drift),
                Ok(Ok(h)) => (Ok(()), h.drift),
                Ok(Err(ClusterError::Refused { status: 401 | 403, .. })) => {
                    (Err("Forbidden".into()), Vec::new())
                }
                Ok(Err(_)) => (Err("URLError".into()), Vec::new()),
                Err(_) => (Err("Timeout".into()), Vec::new()),
            };
            SearchHealth { enabled: true, required: *required, url_set: true, connected, drift }
        }
        .boxed()
    }
}
