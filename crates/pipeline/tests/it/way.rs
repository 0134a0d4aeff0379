//! A road on a lake of its own.
use lake::{Lake, LakeConfig};
use model::{Micros, time::Clock};
use pipeline::{Road, RoadConfig, RoadError, RuleHub, manifest::StoredManifest, road::Running};
use search::engine::SearchEngine;
use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use store::Store;

/// Longest time anything may take that happens soon.
pub const SOON: Duration = Duration::from_secs(30);
/// Between two looks.
pub const PAUSE: Duration = Duration::from_millis(5);

pub fn clock() -> Clock {
    Arc::new(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Micros(i64::try_from(now.as_micros()).unwrap())
    })
}

pub struct Way {
    pub road: Road,
    pub lake: Arc<Lake>,
    running: Running,
    _folder: tempfile::TempDir,
}

impl Way {
    /// The head becomes a part with so many rows.
    pub async fn start(store: &Store, head_rows: usize, config: RoadConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder, store, head_rows, config).await.unwrap()
    }

    pub async fn start_in(
        folder: tempfile::TempDir,
        store: &Store,
        head_rows: usize,
        config: RoadConfig,
    ) -> Result<Self, RoadError> {
        let mut at = LakeConfig::at(folder.path());
        at.limits.head_rows = head_rows;
        let manifest = Arc::new(StoredManifest { store: store.clone(), clock: clock() });
        let lake = Lake::open(at, manifest).await.unwrap();
        let (live, _) = tokio::sync::broadcast::channel(16);
        let rules = Arc::new(RuleHub::default());
        rules.reload(store).await.unwrap();
        let (road, running) =
            Road::start(store.clone(), lake.clone(), rules, live, clock(), config).await?;
        Ok(Self { road, lake, running, _folder: folder })
    }

    /// Waits until it is so.
    pub async fn wait(&self, what: &str, done: impl Fn(&Lake) -> bool) {
        let end = tokio::time::Instant::now() + SOON;
        while !done(&self.lake) {
            assert!(tokio::time::Instant::now() < end, "{what}: {:?}", self.lake.stats());
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub async fn stop(self) {
        self.road.close();
        self.running.writer.await.unwrap();
        self.running.worker.unwrap().await.unwrap();
    }
}
