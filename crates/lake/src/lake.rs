//! The lake itself: what is visible now, and how it changes.
//!
//! Invariant: under the lock of `State` every event that was appended is in exactly one of the head, the head being flushed, or the
//! parts. A reader takes all three in one look, so it sees every event exactly once.
use crate::cache::Cache;
use crate::chunk::Chunk;
use crate::config::{LakeConfig, Limits};
use crate::error::LakeError;
use crate::head::Head;
use crate::manifest::{Manifest, ManifestChange, PartId, PartState};
use crate::part::Part;
use crate::storage;
use model::Micros;
use model::event::Event;
use parking_lot::Mutex;
use search::engine::{EngineStats, Select};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Weak};

/// Events pushed before the state's lock is given to readers.
const PUSH: usize = 128;

pub struct Lake {
    /// Itself, for work on other threads.
    me: Weak<Self>,
    pub(crate) dir: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) manifest: Arc<dyn Manifest>,
    pub(crate) cache: Arc<Cache>,
    pub(crate) state: Mutex<State>,
    /// Appends come one after the other, and not while the head is exchanged.
    pub(crate) appending: Mutex<()>,
    /// One flush at a time; holds a flush whose commit was not confirmed.
    pub(crate) flushing: tokio::sync::Mutex<Option<Pending>>,
    /// One merge or drop at a time; holds one that was not confirmed.
    pub(crate) merging: Arc<tokio::sync::Mutex<Option<Pending>>>,
    /// For `append` without a journal.
    next_seq: AtomicI64,
}

/// Written, but the manifest has not confirmed it: tried again as it is, since it may have been committed. Of what
/// `merging` holds, that without parts is a drop, which is not tried again.
pub(crate) struct Pending {
    pub change: ManifestChange,
    pub parts: Vec<Arc<Part>>,
}

#[derive(Default)]
pub(crate) struct State {
    pub head: Head,
    /// The head that a flush is writing.
    pub frozen: Option<Arc<Head>>,
    pub parts: Arc<BTreeMap<PartId, Arc<Part>>>,
    pub quarantined: BTreeMap<PartId, Arc<Part>>,
}

/// What a query reads: nothing in it changes or goes away while it is held.
pub(crate) struct Snapshot {
    pub chunks: Vec<Arc<Chunk>>,
    pub parts: Vec<Arc<Part>>,
}

impl Lake {
    /// Reads the manifest, quarantines parts whose files are missing or damaged, and removes files that belong to nobody.
    pub async fn open(
        config: LakeConfig,
        manifest: Arc<dyn Manifest>,
    ) -> Result<Arc<Self>, LakeError> {
        let metas = manifest.parts().await.map_err(LakeError::Manifest)?;
        storage::create_durably(&config.dir)?;
        let cache = Arc::new(Cache::new(config.limits.cache_bytes));
        let lake = Arc::new_cyclic(|me| Self {
            me: me.clone(),
            dir: config.dir,
            limits: config.limits,
            manifest,
            cache,
            state: Mutex::default(),
            appending: Mutex::new(()),
            flushing: tokio::sync::Mutex::new(None),
            merging: Arc::default(),
            next_seq: AtomicI64::new(0),
        });
        let this = lake.clone();
        let newly_bad = blocking(move || this.load(metas)).await?;
        if !newly_bad.is_empty() {
            lake.note_quarantine(newly_bad).await;
        }
        Ok(lake)
    }

    /// Fails only while the lake is being dropped, when nobody can ask.
    pub(crate) fn me(&self) -> Result<Arc<Self>, LakeError> {
        self.me.upgrade().ok_or(LakeError::Worker)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Makes journalled events searchable; when it returns they are. An id that the tenant already has is left out, so a journal
    /// may be replayed. `seq` is the block's place in the journal, for the log only: what is released is said at `flush`.
    pub fn append_block(&self, seq: i64, events: &[Event]) -> Result<(), LakeError> {
        let _one = self.appending.lock();
        let known = self.known(events)?;
        let mut repeated = 0;
        for (some, known) in events.chunks(PUSH).zip(known.chunks(PUSH)) {
            let mut state = self.state.lock();
            for (e, known) in some.iter().zip(known) {
                if *known || state.head.has(&e.tenant, e.id) {
                    repeated += 1;
                } else {
                    state.head.push(e)?;
                }
            }
        }
        if repeated > 0 {
            tracing::debug!(seq, repeated, "events that were here already");
        }
        self.next_seq.fetch_max(seq, Ordering::Relaxed);
        Ok(())
    }

    /// Whether each event stands in a part or in the head that is being written: one look at both, since a flush may end meanwhile.
    /// New ids are larger than all old ones, so parts are opened only after a crash.
    fn known(&self, events: &[Event]) -> Result<Vec<bool>, LakeError> {
        let mut known = vec![false; events.len()];
        let ids = || events.iter().map(|e| e.id);
        let (Some(min), Some(max)) = (ids().min(), ids().max()) else { return Ok(known) };
        let (parts, frozen) = {
            let state = self.state.lock();
            (state.parts.clone(), state.frozen.clone())
        };
        if let Some(frozen) = frozen {
            for (e, known) in events.iter().zip(&mut known) {
                *known = frozen.has(&e.tenant, e.id);
            }
        }
        for part in parts.values().filter(|p| p.meta.min_id <= max && p.meta.max_id >= min) {
            let mut sorted = None;
            for (e, known) in events.iter().zip(&mut known) {
                if *known
                    || *e.tenant != *part.meta.tenant
                    || e.id < part.meta.min_id
                    || e.id > part.meta.max_id
                {
                    continue;
                }
                let sorted: &Arc<Vec<i64>> = match &sorted {
                    Some(s) => s,
                    None => sorted.insert(part.ids()?),
                };
                *known = sorted.binary_search(&e.id).is_ok();
            }
        }
        Ok(known)
    }

    pub(crate) fn next_seq(&self) -> i64 {
        self.next_seq.load(Ordering::Relaxed) + 1
    }

    /// Whether the head is large or old enough to be written. `now` is compared with the time of receipt.
    pub fn should_flush(&self, now: Micros) -> bool {
        let state = self.state.lock();
        let head = &state.head;
        head.rows >= self.limits.head_rows
            || head.bytes >= self.limits.head_bytes
            || head.oldest.is_some_and(|o| now.0.saturating_sub(o) >= self.limits.head_age)
    }

    /// Memory of the events that are in no part yet, roughly.
    pub fn unwritten_bytes(&self) -> usize {
        let state = self.state.lock();
        state.head.bytes + state.frozen.as_ref().map_or(0, |f| f.bytes)
    }

    pub(crate) fn snapshot(&self, select: &Select) -> Result<Snapshot, LakeError> {
        let wanted = |dataset: &str| {
            select.datasets.is_empty()
                || select.datasets.iter().any(|p| match p.strip_suffix('*') {
                    Some(prefix) => dataset.starts_with(prefix),
                    None => dataset == p,
                })
        };
        let (from, to) = (select.from.map(|t| t.0), select.to.map(|t| t.0));
        let (mut chunks, parts) = {
            let state = self.state.lock();
            let mut chunks = state.head.chunks(&select.tenant, wanted)?;
            if let Some(frozen) = &state.frozen {
                chunks.extend(frozen.chunks(&select.tenant, wanted)?);
            }
            (chunks, state.parts.clone())
        };
        faults::at("search.snapshot");
        chunks.retain(|c| c.span.meets(from, to));
        let parts = parts
            .values()
            .filter(|p| {
                p.meta.tenant == select.tenant
                    && wanted(&p.meta.dataset)
                    && from.is_none_or(|f| p.meta.max_time.0 >= f)
                    && to.is_none_or(|t| p.meta.min_time.0 < t)
            })
            .cloned()
            .collect();
        Ok(Snapshot { chunks, parts })
    }

    /// Takes a part out of reading. Answers false when it was out already.
    pub(crate) fn set_aside(&self, part: &Arc<Part>) -> bool {
        let mut state = self.state.lock();
        if state.parts.get(&part.meta.id).is_none_or(|p| !Arc::ptr_eq(p, part)) {
            return false;
        }
        let parts = Arc::make_mut(&mut state.parts);
        parts.remove(&part.meta.id);
        state.quarantined.insert(part.meta.id.clone(), part.clone());
        true
    }

    /// Writes to the manifest which parts are set aside. A manifest that does not answer is no reason to stop.
    pub(crate) async fn note_quarantine(&self, parts: Vec<Arc<Part>>) {
        let add = parts
            .iter()
            .map(|p| {
                let mut meta = p.meta.clone();
                meta.state = PartState::Quarantined;
                meta
            })
            .collect();
        if let Err(error) = self.manifest.commit(ManifestChange { add, ..Default::default() }).await
        {
            tracing::error!(error, "the manifest did not take note of a quarantine");
        }
    }

    pub(crate) fn engine_stats(&self) -> EngineStats {
        let state = self.state.lock();
        let head = state.head.rows + state.frozen.as_ref().map_or(0, |f| f.rows);
        let sum = |of: fn(&Part) -> i64| state.parts.values().map(|p| of(p)).sum::<i64>();
        EngineStats {
            events: sum(|p| p.meta.rows) + head as i64,
            head_events: head as i64,
            parts: state.parts.len() as i64,
            bytes: sum(|p| p.meta.bytes),
            quarantined: state.quarantined.len() as i64,
        }
    }
}

/// Runs work that computes or reads files away from the threads that serve connections.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LakeError> + Send + 'static,
) -> Result<T, LakeError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| LakeError::Worker)?
}

/// Runs work to its end though whoever waits for it may go away. What it holds is free afterwards.
#[expect(clippy::disallowed_methods, reason = "awaited here, else by whoever wants what it holds")]
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, LakeError>> + Send + 'static,
) -> Result<T, LakeError> {
    tokio::spawn(work).await.map_err(|_| LakeError::Worker)?
}
