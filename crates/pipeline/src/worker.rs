//! What happens to a durable block: it becomes searchable, meets the rules once, and in time leaves the journal for the lake.
use crate::{
    RuleHub, block,
    road::{Committed, Counters, RoadConfig, RoadError},
};
use lake::Lake;
use measure::{Stage, Wait, Work};
use model::{Micros, event::Event, live::Note, time::Clock};
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use store::{AlertDraft, Store};
use tokio::sync::{broadcast, mpsc, oneshot};

/// Blocks read back in one go after a start.
const REPLAY_AT_ONCE: i64 = 64;
/// Blocks that meet the rules in one transaction when several wait: each transaction is one sync of the disk.
const DETECT_AT_ONCE: usize = 8;
/// Pause after a database error before the same block is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// Time between two moments; zero when the clock went backwards.
fn span(later: Micros, earlier: Micros) -> Duration {
    Duration::from_micros(later.since(earlier).max(0).unsigned_abs())
}

pub(crate) struct Worker {
    store: Store,
    lake: Arc<Lake>,
    rules: Arc<RuleHub>,
    live: broadcast::Sender<(Arc<str>, Note)>,
    clock: Clock,
    counters: Arc<Counters>,
    config: RoadConfig,
    /// Every block up to this one met the rules and its alerts are stored.
    detected: i64,
    /// Every block up to this one is in the head or in parts.
    indexed: i64,
    /// Events told of since the last note, and when that was.
    untold: HashMap<Arc<str>, i64>,
    told_at: Micros,
    /// Writes the head; true when that went well.
    flushing: Option<tokio::task::JoinHandle<bool>>,
    merging: Option<tokio::task::JoinHandle<()>>,
}

impl Worker {
    pub fn new(
        store: Store,
        lake: Arc<Lake>,
        rules: Arc<RuleHub>,
        live: broadcast::Sender<(Arc<str>, Note)>,
        clock: Clock,
        counters: Arc<Counters>,
        config: RoadConfig,
    ) -> Self {
        Self {
            store,
            lake,
            rules,
            live,
            clock,
            counters,
            config,
            detected: 0,
            indexed: 0,
            untold: HashMap::new(),
            told_at: Micros(0),
            flushing: None,
            merging: None,
        }
    }

    /// Takes up what an earlier run left in the journal.
    pub async fn recover(&mut self) -> Result<(), RoadError> {
        self.detected = self.store.detected_through().await?;
        let mut seq = 0;
        loop {
            let blocks = self.store.blocks(seq + 1, REPLAY_AT_ONCE).await?;
            let Some(last) = blocks.last() else { break };
            seq = last.seq;
            for b in blocks {
                let events = block::read_back(&b).inspect_err(|e| {
                    tracing::error!(seq = b.seq, error = %e, "a block of the journal is damaged");
                })?;
                self.index(b.seq, &events)?;
                if b.seq > self.detected {
                    // the rules have seen what several processes have marked: only the cursor follows
                    let unseen: &[Event] = if b.detected { &[] } else { events.as_slice() };
                    self.detect(&[(b.seq, unseen)], None).await?;
                }
            }
            // a journal may hold more than memory does
            if self.lake.should_flush((self.clock)())
                && let Err(e) = self.lake.flush(Some(self.detected.min(self.indexed))).await
            {
                tracing::error!(error = %e, "the head could not be written as parts; it stays in the journal");
                // people can still read and work; only what memory does not hold is a reason not to start
                if self.lake.unwritten_bytes() >= self.config.unwritten_bytes {
                    return Err(e.into());
                }
            }
        }
        self.counters
            .journal_bytes
            .store(self.store.journal_stats().await?.bytes, Ordering::Relaxed);
        Ok(())
    }

    /// The newest block that this process knows of after `recover`.
    pub fn last_seq(&self) -> i64 {
        self.detected.max(self.indexed)
    }

    pub async fn run(mut self, mut blocks: mpsc::Receiver<Committed>) {
        let mut tick = tokio::time::interval(Duration::from_millis(self.config.tick_ms));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut waiting = Vec::with_capacity(DETECT_AT_ONCE);
        loop {
            tokio::select! {
                biased;
                taken = blocks.recv_many(&mut waiting, DETECT_AT_ONCE) => match taken {
                    0 => break,
                    _ => self.take(std::mem::take(&mut waiting)).await,
                },
                _ = tick.tick() => {}
            }
            self.tell();
            self.settle().await;
        }
        // the head stays in the journal: the next start reads it back. What runs is only joined
        if let Some(flushing) = self.flushing.take() {
            let _ = flushing.await;
        }
        if let Some(merging) = self.merging.take() {
            let _ = merging.await;
        }
    }

    /// Blocks are durable, so they are tried until they succeed: stopping here would leave later ones unseen.
    async fn take(&mut self, blocks: Vec<Committed>) {
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return };
        let (first, last) = (first.seq, last.seq);
        for block in &blocks {
            faults::at("worker.before_index");
            self.take_in(block).await;
        }
        faults::at("worker.after_index");
        let since = blocks.first().map(|b| b.at);
        let all: Vec<(i64, &[Event])> = blocks.iter().map(|b| (b.seq, &b.events[..])).collect();
        while let Err(e) = self.detect(&all, since).await {
            tracing::error!(first, last, error = %e, "blocks could not be detected; trying again");
            measure::queue_retried(1);
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn take_in(&mut self, block: &Committed) {
        while let Err(e) = self.index(block.seq, &block.events) {
            tracing::error!(seq = block.seq, error = %e, "a block could not be indexed; trying again");
            block.events.iter().for_each(|e| measure::index_failed(&e.source, 1));
            measure::queue_retried(1);
            tokio::time::sleep(RETRY).await;
        }
        let now = (self.clock)();
        self.counters.index_lag_us.store(now.since(block.at), Ordering::Relaxed);
        // not from the events' receipt: a replayed dead letter was received long ago
        measure::ingest_to_index(span(now, block.at));
        let indexed = self.counters.indexed.fetch_add(block.events.len() as i64, Ordering::Relaxed)
            + block.events.len() as i64;
        measure::queue_size(
            (self.counters.stored.load(Ordering::Relaxed) - indexed).max(0).unsigned_abs(),
        );
        for e in &block.events {
            *self.untold.entry(e.tenant.clone()).or_default() += 1;
        }
    }

    fn index(&mut self, seq: i64, events: &[Event]) -> Result<(), RoadError> {
        let work = Work::begin();
        self.lake.append_block(seq, events)?;
        work.end(Stage::Index, events.iter().map(|e| e.raw.len() as u64).sum());
        self.indexed = self.indexed.max(seq);
        Ok(())
    }

    /// What the blocks after `through` raise.
    fn drafts(
        &self,
        blocks: &[(i64, &[Event])],
        through: i64,
    ) -> HashMap<Arc<str>, Vec<AlertDraft>> {
        let rest = blocks.iter().filter(|b| b.0 > through);
        self.rules.drafts(rest.flat_map(|b| b.1))
    }

    /// Alerts of the blocks' events and the cursor at the last of them, in one transaction. `blocks`: their places in the journal, in
    /// order, and their events. `since`: when the first of them was committed; `None` after a start, where the time between says
    /// nothing.
    async fn detect(
        &mut self,
        blocks: &[(i64, &[Event])],
        since: Option<Micros>,
    ) -> Result<(), RoadError> {
        let (Some(&(first, _)), Some(&(seq, _))) = (blocks.first(), blocks.last()) else {
            return Ok(());
        };
        let work = Work::begin();
        let mut drafts = self.drafts(blocks, 0);
        work.end(Stage::Detect, 0);
        let wait = Wait::begin();
        let now = (self.clock)();
        let planted = faults::on("plant.cursor_first");
        if planted {
            let mut tx = self.store.begin().await?;
            tx.set_detected_through(seq).await?;
            tx.commit().await?;
        }
        let mut tx = self.store.begin().await?;
        // a commit whose answer was lost may have happened, and then its alerts count the events of its blocks
        let through = if planted { 0 } else { tx.detected_through().await? };
        if through >= seq {
            self.detected = self.detected.max(seq);
            return Ok(());
        }
        if through >= first {
            drafts = self.drafts(blocks, through);
        }
        let mut raised = Vec::with_capacity(drafts.len());
        for (tenant, drafts) in drafts {
            raised.push((tenant.clone(), tx.raise(&tenant, &drafts, now).await?));
        }
        tx.set_detected_through(seq).await?;
        faults::at("alerts.before_commit");
        tx.commit().await?;
        faults::at("alerts.after_commit");
        wait.end(Stage::Raise, 0);
        self.detected = self.detected.max(seq);
        if let Some(at) = since {
            self.counters.detect_lag_us.store((self.clock)().since(at), Ordering::Relaxed);
        }
        if let (Some(at), true) = (since, raised.iter().any(|(_, r)| !r.new.is_empty())) {
            measure::rule_to_alert(span((self.clock)(), at));
        }
        for (tenant, raised) in raised {
            for a in raised.new {
                if let Some(rule) = a.rule_id {
                    measure::rule_raised(rule);
                }
                self.note(&tenant, Note::Alert { id: a.id, severity: a.severity, title: a.title });
            }
            if !raised.changed.is_empty() {
                self.note(
                    &tenant,
                    Note::AlertChanged { ids: raised.changed.iter().map(|a| a.id).collect() },
                );
            }
        }
        faults::at("worker.notified");
        Ok(())
    }

    /// Tells browsers that events arrived, at most once a second.
    fn tell(&mut self) {
        let now = (self.clock)();
        if !self.untold.is_empty() && now.since(self.told_at) >= model::time::SECOND {
            for (tenant, count) in std::mem::take(&mut self.untold) {
                self.note(&tenant, Note::Events { count });
            }
            self.told_at = now;
        }
    }

    fn note(&self, tenant: &str, note: Note) {
        // nobody listening is no error
        let _ = self.live.send((tenant.into(), note));
    }

    /// Turns the head into parts when it is time, beside the road: blocks go on being indexed and detected. Failing leaves
    /// everything as it was.
    async fn settle(&mut self) {
        let due = self.lake.should_flush((self.clock)());
        // due again while the head before is still being written: the road waits, or memory would grow without bound
        if let Some(flushing) = self.flushing.take_if(|f| due || f.is_finished()) {
            match flushing.await {
                Ok(true) => self.merge(),
                Ok(false) => tokio::time::sleep(RETRY).await,
                Err(e) => {
                    tracing::error!(error = %e, "writing the head as parts broke off");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
        if !due {
            return;
        }
        let through = self.detected.min(self.indexed);
        let (lake, store, counters) =
            (self.lake.clone(), self.store.clone(), self.counters.clone());
        let (begun, began) = oneshot::channel();
        self.flushing = Some(crate::road::spawn(async move {
            if let Err(e) = lake.flush_beside(Some(through), begun).await {
                tracing::error!(error = %e, "the head could not be written as parts; it stays in the journal");
                return false;
            }
            if let Ok(stats) = store.journal_stats().await {
                counters.journal_bytes.store(stats.bytes, Ordering::Relaxed);
            }
            true
        }));
        let _ = began.await; // dropped when it fails, which is told of later
    }

    /// Merges small parts beside the road, one merge at a time.
    fn merge(&mut self) {
        if self.merging.as_ref().is_some_and(|m| !m.is_finished()) {
            return;
        }
        let lake = self.lake.clone();
        self.merging = Some(crate::road::spawn(async move {
            if let Err(e) = lake.compact(false).await {
                tracing::error!(error = %e, "parts could not be merged; they stay as they are");
            }
        }));
    }
}
