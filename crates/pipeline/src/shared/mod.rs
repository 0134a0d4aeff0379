//! The road of several processes on one PostgreSQL: any process that takes events writes blocks, any worker takes blocks.
//!
//! A worker takes blocks nobody else holds, lets them meet the rules and marks them in the transaction that stores their alerts;
//! then it writes their events to OpenSearch and deletes the blocks in a second one. Dying between any two steps leaves blocks
//! that another worker takes: a marked block meets no rule again, and an event that is stored already is left as it is.
//! Detection never waits for OpenSearch: while that is away blocks are detected and stay in the journal.
mod detector;
mod hand;
mod indexer;
mod told;

use crate::{
    RuleHub,
    road::{Counters, spawn, watched},
};
use cluster::Cluster;
use model::{live::Note, time::Clock};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::{Claimed, Most, Store, StoreError};
use tokio::sync::{Mutex, Notify, broadcast, watch};

pub use indexer::refused_id;
pub use told::Told;

/// Blocks that one transaction takes, and bytes of their events as they were sent: what is taken is unpacked and normalised as a
/// whole. Mostly a block has four megabytes; one that holds a large batch has more.
const AT_ONCE: usize = 8;
const AT_ONCE_BYTES: i64 = 32 << 20;
/// Bulk writers of one process.
const INDEXERS: usize = 2;
/// How long to wait for the bell: it may be missed.
const POLL: Duration = Duration::from_secs(1);
/// Rounds of an indexer after which it looks into the journal although it has enough in hand: another process may have died and
/// left detected blocks there.
const ROUNDS: u32 = 64;
/// Pause after an error, and the longest one after many.
const RETRY: Duration = Duration::from_millis(250);
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// What the tasks share.
#[derive(Clone)]
struct Parts {
    store: Store,
    engine: Arc<Cluster>,
    rules: Arc<RuleHub>,
    live: broadcast::Sender<(Arc<str>, Note)>,
    clock: Clock,
    counters: Arc<Counters>,
    told: Arc<Told>,
    /// Blocks that this process cannot do anything with. They stay in the journal, and the next start tries them again.
    aside: Arc<parking_lot::Mutex<BTreeSet<i64>>>,
    /// Detected blocks lie in the journal that are in nobody's hand.
    behind: Arc<AtomicBool>,
    stop: watch::Receiver<bool>,
}

impl Parts {
    /// The oldest blocks that nobody holds and that are not set aside.
    async fn claim(&self, detected: bool, blocks: usize) -> Result<Claimed, StoreError> {
        let aside = self.aside.lock().clone();
        let most = Most { blocks, raw_bytes: AT_ONCE_BYTES };
        self.store.claim_blocks(detected, most, &aside).await
    }

    fn set_aside(&self, seq: i64, why: &dyn std::fmt::Display) {
        tracing::error!(seq, error = %why, "a block is set aside; it stays in the journal and is tried again after a start");
        measure::queue_dropped(1);
        self.aside.lock().insert(seq);
    }

    /// What is in hand is newer than what waits in the journal: the indexers see to that first.
    fn fell_behind(&self) {
        self.behind.store(true, Ordering::Relaxed);
    }
}

/// The tasks of a worker process. Dropping it does not end them: `stop` does.
pub struct Workers {
    stop: watch::Sender<bool>,
    /// Rung when a block was written.
    pub bell: Arc<Notify>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Workers {
    /// Starts detection and indexing.
    pub(crate) fn start(
        store: Store,
        engine: Arc<Cluster>,
        rules: Arc<RuleHub>,
        live: broadcast::Sender<(Arc<str>, Note)>,
        clock: Clock,
        counters: Arc<Counters>,
        broken: Arc<Notify>,
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        let bell = Arc::new(Notify::new());
        let told = Arc::new(Told::default());
        let aside = Arc::default();
        // what the process before this one has left
        let behind = Arc::new(AtomicBool::new(true));
        let parts = Parts {
            store,
            engine,
            rules,
            live,
            clock,
            counters,
            told,
            aside,
            behind,
            stop: stopped,
        };
        let (giver, taker) = hand::hand();
        let taker = Arc::new(Mutex::new(taker));
        let detector = detector::run(parts.clone(), giver, bell.clone());
        let mut tasks = vec![spawn(watched("detector", detector, broken.clone()))];
        for _ in 0..INDEXERS {
            let indexer = indexer::run(parts.clone(), taker.clone());
            tasks.push(spawn(watched("indexer", indexer, broken.clone())));
        }
        tasks.push(spawn(told::run(parts)));
        Self { stop, bell, tasks }
    }

    /// Ends after the blocks in hand. What is not done stays in the journal for others.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        self.bell.notify_one();
        for task in self.tasks {
            if task.await.is_err() {
                tracing::error!("a task of the road panicked");
            }
        }
    }
}

/// Waits, unless the program stops first: answers whether it goes on.
async fn pause(stop: &mut watch::Receiver<bool>, how_long: Duration) -> bool {
    tokio::select! {
        _ = stop.wait_for(|s| *s) => false,
        () = tokio::time::sleep(how_long) => true,
    }
}

/// Doubles with each failure in a row.
fn after(failures: u32) -> Duration {
    (RETRY * 2u32.saturating_pow(failures.min(10))).min(LONGEST_RETRY)
}
