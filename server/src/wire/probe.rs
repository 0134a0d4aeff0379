//! What the health addresses ask of the parts.
use futures::{FutureExt, future::BoxFuture};
use platform::health::{DbHealth, HealthProbe, SearchHealth};
use std::time::Duration;
use store::Store;

pub struct Probe {
    pub store: Store,
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
            SearchHealth { enabled: false, required: false, url_set: false, connected: Ok(()) }
        }
        .boxed()
    }
}
