//! The road as others see it: hand a batch in, get a receipt once it is durable.
use crate::{
    Batch, Receipt, RuleHub,
    block::Builder,
    shared::Workers,
    tally::{Book, Line},
    worker::Worker,
    writer::Writer,
};
use cluster::{Cluster, Share};
use futures::FutureExt;
use lake::Lake;
use model::{
    dashboard::IngestHealth, live::Note, pipeline::PipelineLag, retention::DataClass, time::Clock,
};
use search::engine::SearchEngine;
use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use store::Store;
use tokio::sync::{Notify, Semaphore, broadcast, mpsc, oneshot};

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
            backlog_blocks: 8,
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
    Cluster(#[from] cluster::ClusterError),
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
    pub detect_lag_us: AtomicI64,
    pub journal_bytes: AtomicI64,
}

/// What a sender waits for.
type Reply = oneshot::Receiver<Result<Receipt, RoadError>>;

pub(crate) struct Waiting {
    pub batch: Batch,
    /// What the ledger counts.
    pub line: Arc<Line>,
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
    book: Arc<Book>,
    /// `None`: events go to a search engine that other processes share, and this one only journals them.
    lake: Option<Arc<Lake>>,
    /// That search engine.
    shared: Option<Arc<Cluster>>,
    store: Store,
}

/// The road's tasks; awaiting them after `Road::close` drains everything that was acknowledged.
pub struct Running {
    pub writer: tokio::task::JoinHandle<()>,
    /// In a process that has the lake.
    pub worker: Option<tokio::task::JoinHandle<()>>,
    /// Told when one of them panicked. The road takes nothing any more then, and only a new start helps: it reads the journal back.
    pub broken: Arc<Notify>,
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
        let (forward, blocks) = mpsc::channel(config.backlog_blocks);
        let next_id = store.next_event_id().await?;
        let broken = Arc::new(Notify::new());
        let (mut road, writer) = Self::with_writer(
            store,
            clock,
            counters,
            config,
            Some((forward, worker.last_seq(), next_id)),
            broken.clone(),
        );
        road.lake = Some(lake);
        let worker = spawn(watched("worker", worker.run(blocks), broken.clone()));
        Ok((road, Running { writer, worker: Some(worker), broken }))
    }

    /// Starts the half of the road that takes events, where processes share PostgreSQL and OpenSearch. Blocks are left to the
    /// workers of any process.
    pub fn join(
        store: Store,
        engine: Arc<Cluster>,
        clock: Clock,
        config: RoadConfig,
    ) -> (Self, Running) {
        let broken = Arc::new(Notify::new());
        let (mut road, writer) =
            Self::with_writer(store, clock, Arc::default(), config, None, broken.clone());
        road.shared = Some(engine);
        (road, Running { writer, worker: None, broken })
    }

    /// Starts the other half: workers that take blocks of any process to the rules and to OpenSearch.
    pub fn work(
        &self,
        engine: Arc<Cluster>,
        rules: Arc<RuleHub>,
        live: broadcast::Sender<(Arc<str>, Note)>,
        clock: Clock,
        broken: Arc<Notify>,
    ) -> Workers {
        let (store, counters) = (self.store.clone(), self.counters.clone());
        Workers::start(store, engine, rules, live, clock, counters, broken)
    }

    /// A road that knows nothing yet of where events are kept.
    fn with_writer(
        store: Store,
        clock: Clock,
        counters: Arc<Counters>,
        config: RoadConfig,
        forward: Option<(mpsc::Sender<Committed>, i64, i64)>,
        broken: Arc<Notify>,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, inbox) = mpsc::channel(4096);
        let (forward, last_seq, next_id) =
            forward.map_or((None, 0, 0), |(f, seq, id)| (Some(f), seq, id));
        let book = Arc::new(Book::new(clock.clone()));
        let writer = Writer {
            store: store.clone(),
            clock,
            counters: counters.clone(),
            book: book.clone(),
            config: config.clone(),
            next_id,
            last_seq,
            unsure: false,
            builder: Builder::default(),
            forward,
        };
        let room = Arc::new(Semaphore::new(config.waiting_bytes));
        let queue = Arc::new(parking_lot::Mutex::new(Some(queue)));
        let writer = spawn(watched("writer", writer.run(inbox), broken));
        let (lake, shared) = (None, None);
        (Self { queue, room, config, counters, book, lake, shared, store }, writer)
    }

    /// Answers after the batch is durable, or with the reason why nothing of it was taken. The ledger counts it either way.
    pub async fn submit(&self, batch: Batch) -> Result<Receipt, RoadError> {
        let line = Arc::new(Line::of(&batch));
        match self.offer(batch, line.clone()).await {
            // the writer counts what it got, whether or not anybody still waits for the answer
            Ok(reply) => reply.await.unwrap_or_else(|_| {
                self.book.refused(&line);
                Err(RoadError::Stopping)
            }),
            Err(e) => {
                self.book.refused(&line);
                Err(e)
            }
        }
    }

    /// Hands the batch to the writer.
    async fn offer(&self, batch: Batch, line: Arc<Line>) -> Result<Reply, RoadError> {
        let bytes: usize = batch.events.iter().map(|e| e.raw.len()).sum::<usize>()
            + batch.refused.iter().map(|r| r.raw.len()).sum::<usize>();
        if self.counters.journal_bytes.load(Ordering::Relaxed) >= self.config.journal_quota
            && self.journal_bytes().await? >= self.config.journal_quota
        {
            return Err(RoadError::Full(format!(
                "{} bytes wait to be stored",
                self.config.journal_quota
            )));
        }
        if self.lake.as_ref().is_some_and(|l| l.unwritten_bytes() >= self.config.unwritten_bytes) {
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
            .send(Waiting { batch, line, answer, _room: room })
            .await
            .map_err(|_| RoadError::Stopping)?;
        Ok(reply)
    }

    /// Counts as refused what was turned away before it came here: its sender was told and keeps it.
    pub fn turned_away(&self, batch: &Batch) {
        self.book.refused(&Line::of(batch));
    }

    /// Writes into the ledger what was counted and went with no block. Called every few seconds, and before the store closes.
    pub async fn write_down(&self) -> Result<(), store::StoreError> {
        if self.is_shared() {
            // others write blocks, too
            let bytes = self.store.journal_stats().await?.bytes;
            self.counters.journal_bytes.store(bytes, Ordering::Relaxed);
        }
        let waiting = self.book.take();
        if waiting.is_empty() {
            return Ok(());
        }
        let written = self.store.ingest_note(&waiting).await;
        if written.is_err() {
            self.book.give_back(waiting);
        }
        written
    }

    /// Whether the rest of the road is other processes' work too.
    pub fn is_shared(&self) -> bool {
        self.lake.is_none()
    }

    pub fn journal_quota(&self) -> i64 {
        self.config.journal_quota
    }

    /// How late the newest block was.
    pub fn lag(&self) -> PipelineLag {
        let c = &self.counters;
        let (indexed, detected) =
            (c.indexed.load(Ordering::Relaxed) > 0, c.detect_lag_us.load(Ordering::Relaxed));
        PipelineLag {
            index_ms: indexed.then(|| c.index_lag_us.load(Ordering::Relaxed).max(0) / 1000),
            // a detection is a commit: it never takes no time at all
            detect_ms: (detected > 0).then_some(detected / 1000),
        }
    }

    /// Takes no more batches. What was taken is still written, answered, indexed and detected; then the road's tasks end.
    pub fn close(&self) {
        self.queue.lock().take();
    }

    /// The stored parts, for whoever decides how long events are kept.
    pub async fn parts(&self) -> Result<Vec<lake::DatedPart>, RoadError> {
        match &self.lake {
            Some(lake) => Ok(lake.dated_parts().await?),
            None => Ok(Vec::new()),
        }
    }

    /// The right to delete parts for good; see `Lake::begin_drop`. `None` where events are in no parts.
    pub async fn begin_drop(&self) -> Result<Option<lake::Dropping>, RoadError> {
        match &self.lake {
            Some(lake) => Ok(Some(lake.begin_drop().await?)),
            None => Ok(None),
        }
    }

    /// What each tenant has in the indexes that processes share; see `Cluster::shares`. Nothing where events are in parts.
    pub async fn shares(
        &self,
        before: &BTreeMap<DataClass, String>,
    ) -> Result<Vec<Share>, RoadError> {
        match &self.shared {
            Some(engine) => Ok(engine.shares(before).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Deletes shares for good; see `Cluster::let_go`. Answers those that were there, with what was deleted of them.
    pub async fn let_go(&self, shares: &[Share]) -> Result<Vec<Share>, RoadError> {
        match &self.shared {
            Some(engine) => Ok(engine.let_go(shares).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Asked of the journal: other processes take blocks away.
    async fn journal_bytes(&self) -> Result<i64, RoadError> {
        let bytes = self.store.journal_stats().await?.bytes;
        self.counters.journal_bytes.store(bytes, Ordering::Relaxed);
        Ok(bytes)
    }

    /// What this process counted, and how full the journal is. `engine` is where events are searched.
    pub async fn health(&self, engine: &dyn SearchEngine) -> Result<IngestHealth, RoadError> {
        let (c, s) = (&self.counters, engine.stats());
        let journal = self.store.journal_stats().await?;
        Ok(IngestHealth {
            received: c.received.load(Ordering::Relaxed),
            stored: c.stored.load(Ordering::Relaxed),
            rejected: c.rejected.load(Ordering::Relaxed),
            // without a head, what is not indexed waits in the journal
            in_head: if self.lake.is_some() { s.head_events } else { journal.events },
            journal_bytes: journal.bytes,
            lake_bytes: s.bytes,
            parts: s.parts,
            quarantined: s.quarantined,
            dead_letters: 0,
            index_lag_ms: c.index_lag_us.load(Ordering::Relaxed) / 1000,
            events_total: s.events,
        })
    }
}

pub(crate) async fn watched(
    task: &'static str,
    work: impl Future<Output = ()>,
    broken: Arc<Notify>,
) {
    if AssertUnwindSafe(work).catch_unwind().await.is_err() {
        tracing::error!(task, "a task of the road panicked: nothing more is taken");
        broken.notify_one();
    }
}

/// The road's tasks live as long as the program and are joined by whoever holds `Running`.
#[expect(clippy::disallowed_methods, reason = "joined through `Running`")]
pub(crate) fn spawn<T: Send + 'static>(
    task: impl Future<Output = T> + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    tokio::spawn(task)
}
