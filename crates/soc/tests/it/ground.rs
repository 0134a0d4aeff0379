//! What use cases stand on: a lake and a road of their own.
use lake::{Lake, LakeConfig};
use model::time::Clock;
use pipeline::{Road, RoadConfig, RuleHub, manifest::StoredManifest, road::Running};
use soc::{
    Disk, Live, Policy, Soc,
    auth::{password::Passwords, token::Tokens},
};
use std::sync::Arc;
use store::Store;

/// Lives as long as the use cases.
pub struct Ground {
    running: Running,
    _folder: tempfile::TempDir,
}

impl Ground {
    pub async fn under(
        store: &Store,
        clock: Clock,
        disk: Disk,
        config: RoadConfig,
    ) -> (Soc, Arc<Lake>, Self) {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Arc::new(StoredManifest { store: store.clone(), clock: clock.clone() });
        let lake = Lake::open(LakeConfig::at(folder.path()), manifest).await.unwrap();
        let (rules, live) = (Arc::new(RuleHub::default()), Live::default());
        let (road, running) = Road::start(
            store.clone(),
            lake.clone(),
            rules.clone(),
            live.told(),
            clock.clone(),
            config,
        )
        .await
        .unwrap();
        let soc = Soc {
            store: store.clone(),
            engine: lake.clone(),
            road,
            rules,
            live,
            clock,
            passwords: Passwords::default(),
            tokens: Tokens::new(b"a secret of tests that is long enough"),
            policy: Policy::default(),
            disk,
            deleting: Arc::default(),
        };
        (soc, lake, Self { running, _folder: folder })
    }

    /// Ends in order.
    pub async fn stop(self, soc: &Soc) {
        soc.road.close();
        self.running.writer.await.unwrap();
        self.running.worker.unwrap().await.unwrap();
    }
}
