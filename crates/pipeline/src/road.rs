//! The road as others see it: hand a batch in, get a receipt once it is durable.
use crate::{Batch, Receipt, RuleHub, worker::Worker, writer::Writer};
use lake::Lake;
use model::{dashboard::IngestHealth, live::Note, time::Clock};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use store::Store;
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot};

/// Limits of the road. Every field has a documented default.
#[derive(Clone, Debug)]
pub struct RoadConfig {
    /// Journal bytes (compressed, not yet in parts) at which new batches are refused: 507.
    pub journal_quota: i64,
    /// Bytes of records that may wait for the disk; past it batches are refused with 503.
    pub waiting_bytes: usize,
    /// Uncompressed bytes after which a block is closed even if more wait.
    pub block_bytes: usize,
    /// Blocks that may wait for detection and indexing before the writer stops taking batches: under a load that the rules cannot
    /// follow, this many blocks are how late an alert can be.
    pub backlog_blocks: usize,
    /// Bytes of events in memory that are in no part yet, at which new batches are refused with 507: parts cannot be written.
    pub unwritten_bytes: usize,
    /// How often head and parts are looked at, in milliseconds.
    pub tick_ms: u64,
}

impl Default for RoadConfig {
    fn default() -> Self {
        Self {
            journal_quota: 4 << 30,
            waiting_bytes: 64 << 20,
            block_bytes: 4 << 20,
            backlog_blocks: 16,
            unwritten_bytes: 512 << 20,
            tick_ms: 250,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RoadError {
    /// Too much is waiting; nothing of the batch was taken.
    #[error("more is waiting for the disk than the road holds; send the batch again")]
    Busy,
    /// The journal's quota or the disk is full; nothing of the batch was taken.
    #[error("the journal is full: {0}")]
    Full(String),
    /// The journal could not be written; the batch may be sent again.
    #[error("the journal could not be written: {0}")]
    Journal(#[source] Arc<store::StoreError>),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Lake(#[from] lake::LakeError),
    #[error(transparent)]
    Block(#[from] crate::block::BlockError),
}

/// Counted since the start of this process.
#[derive(Default)]
pub(crate) struct Counters {
    pub received: AtomicI64,
    pub stored: AtomicI64,
    pub indexed: AtomicI64,
    pub rejected: AtomicI64,
    pub index_lag_us: AtomicI64,
    pub journal_bytes: AtomicI64,
}

pub(crate) struct Waiting {
    pub batch: Batch,
    pub answer: oneshot::Sender<Result<Receipt, RoadError>>,
    /// Given back when the batch has left the queue.
    pub _room: tokio::sync::OwnedSemaphorePermit,
}

/// A block that is durable and not yet detected and indexed.
pub(crate) struct Committed {
    pub seq: i64,
    pub events: Vec<model::event::Event>,
    pub at: model::Micros,
}

/// The running road. Cheap to clone.
#[derive(Clone)]
pub struct Road {
    /// `None` once the road is closed.
    queue: Arc<parking_lot::Mutex<Option<mpsc::Sender<Waiting>>>>,
    room: Arc<Semaphore>,
    config: RoadConfig,
    counters: Arc<Counters>,
    lake: Arc<Lake>,
    store: Store,
}

/// The road's two tasks; awaiting them after `Road::close` drains everything that was acknowledged.
pub struct Running {
    pub writer: tokio::task::JoinHandle<()>,
    pub worker: tokio::task::JoinHandle<()>,
}

impl Road {
    /// Reads back what the journal holds, then starts. When this returns, every acknowledged event is searchable.
    pub async fn start(
        store: Store,
        lake: Arc<Lake>,
        rules: Arc<RuleHub>,
        live: broadcast::Sender<(Arc<str>, Note)>,
        clock: Clock,
        config: RoadConfig,
    ) -> Result<(Self, Running), RoadError> {
        let counters = Arc::new(Counters::default());
        let mut worker = Worker::new(
            store.clone(),
            lake.clone(),
            rules,
            live,
            clock.clone(),
            counters.clone(),
            config.clone(),
        );
        worker.recover().await?;
        let next_id = store.next_event_id().await?;
        let last_seq = worker.last_seq();
        let (queue, inbox) = mpsc::channel(4096);
        let (forward, blocks) = mpsc::channel(config.backlog_blocks);
        let writer = Writer {
            store: store.clone(),
            clock,
            counters: counters.clone(),
            config: config.clone(),
            next_id,
            last_seq,
            unsure: false,
            forward,
        };
        let running =
            Running { writer: spawn(writer.run(inbox)), worker: spawn(worker.run(blocks)) };
        let room = Arc::new(Semaphore::new(config.waiting_bytes));
        let queue = Arc::new(parking_lot::Mutex::new(Some(queue)));
        Ok((Self { queue, room, config, counters, lake, store }, running))
    }

    /// Answers after the batch is durable, or with the reason why nothing of it was taken.
    pub async fn submit(&self, batch: Batch) -> Result<Receipt, RoadError> {
        let bytes: usize = batch.events.iter().map(|e| e.raw.len()).sum::<usize>()
            + batch.refused.iter().map(|r| r.raw.len()).sum::<usize>();
        if self.counters.journal_bytes.load(Ordering::Relaxed) >= self.config.journal_quota {
            return Err(RoadError::Full(format!(
                "{} bytes wait to be stored",
                self.config.journal_quota
            )));
        }
        if self.lake.unwritten_bytes() >= self.config.unwritten_bytes {
            return Err(RoadError::Full("events cannot be written as parts; see the log".into()));
        }
        self.counters
            .received
            .fetch_add((batch.events.len() + batch.refused.len()) as i64, Ordering::Relaxed);
        // a batch larger than the whole room still passes, alone
        let permits = u32::try_from(bytes.clamp(1, self.config.waiting_bytes)).unwrap_or(u32::MAX);
        let room =
            self.room.clone().try_acquire_many_owned(permits).map_err(|_| RoadError::Busy)?;
        let (answer, reply) = oneshot::channel();
        let queue = self.queue.lock().clone().ok_or(RoadError::Stopping)?;
        queue
            .send(Waiting { batch, answer, _room: room })
            .await
            .map_err(|_| RoadError::Stopping)?;
        reply.await.map_err(|_| RoadError::Stopping)?
    }

    /// Takes no more batches. What was taken is still written, answered, indexed and detected; then the road's tasks end.
    pub fn close(&self) {
        self.queue.lock().take();
    }

    /// The stored parts, for whoever decides how long events are kept.
    pub async fn parts(&self) -> Result<Vec<lake::DatedPart>, RoadError> {
        Ok(self.lake.dated_parts().await?)
    }

    /// Deletes parts for good; see `Lake::drop_parts`. Answers those that were there.
    pub async fn drop_parts(&self, ids: &[String]) -> Result<Vec<lake::PartMeta>, RoadError> {
        Ok(self.lake.drop_parts(ids).await?)
    }

    pub async fn health(&self) -> Result<IngestHealth, RoadError> {
        let (c, s) = (&self.counters, search::engine::SearchEngine::stats(&*self.lake));
        Ok(IngestHealth {
            received: c.received.load(Ordering::Relaxed),
            stored: c.stored.load(Ordering::Relaxed),
            rejected: c.rejected.load(Ordering::Relaxed),
            in_head: s.head_events,
            journal_bytes: self.store.journal_stats().await?.bytes,
            lake_bytes: s.bytes,
            parts: s.parts,
            quarantined: s.quarantined,
            dead_letters: 0,
            index_lag_ms: c.index_lag_us.load(Ordering::Relaxed) / 1000,
            events_total: s.events,
        })
    }
}

/// The road's tasks live as long as the program and are joined by whoever holds `Running`.
#[expect(clippy::disallowed_methods, reason = "joined through `Running`")]
pub(crate) fn spawn<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    tokio::spawn(task)
}
