//! What happens to a durable block: it becomes searchable, meets the rules once, and in time leaves the journal for the lake.
use crate::{
    RuleHub, block,
    road::{Committed, Counters, RoadConfig, RoadError},
};
use lake::Lake;
use model::{Micros, event::Event, live::Note, time::Clock};
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use store::Store;
use tokio::sync::{broadcast, mpsc};

/// Blocks read back in one go after a start.
const REPLAY_AT_ONCE: i64 = 64;
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
                let (events, refused) = block::events(&b.bytes, b.first_id)?;
                if refused > 0 {
                    tracing::error!(
                        seq = b.seq,
                        refused,
                        "journalled records no longer normalise; they stay out of search"
                    );
                }
                self.index(b.seq, &events).await?;
                if b.seq > self.detected {
                    self.detect(b.seq, &events).await?;
                }
            }
        }
        self.counters
            .journal_bytes
            .store(self.store.journal_stats().await?.bytes, Ordering::Relaxed);
        Ok(())
    }

    pub async fn run(mut self, mut blocks: mpsc::Receiver<Committed>) {
        let mut tick = tokio::time::interval(Duration::from_millis(self.config.tick_ms));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                block = blocks.recv() => match block {
                    Some(block) => self.take(block).await,
                    None => break,
                },
                _ = tick.tick() => {}
            }
            self.tell();
            self.settle().await;
        }
        // the head stays in the journal: the next start reads it back. A merge that runs is only joined
        if let Some(merging) = self.merging.take() {
            let _ = merging.await;
        }
    }

    /// A block is durable, so it is tried until it succeeds: stopping here would leave later blocks unseen.
    async fn take(&mut self, block: Committed) {
        loop {
            match self.index(block.seq, &block.events).await {
                Ok(()) => break,
                Err(e) => {
                    tracing::error!(seq = block.seq, error = %e, "a block could not be indexed; trying again")
                }
            }
            measure::queue_retried(1);
            tokio::time::sleep(RETRY).await;
        }
        let now = (self.clock)();
        self.counters.index_lag_us.store(now.since(block.at), Ordering::Relaxed);
        let arrived = block.events.first().map(|e| e.received_at);
        if let Some(at) = arrived {
            measure::ingest_to_index(span(now, at));
        }
        let indexed = self.counters.indexed.fetch_add(block.events.len() as i64, Ordering::Relaxed)
            + block.events.len() as i64;
        measure::queue_size(
            (self.counters.stored.load(Ordering::Relaxed) - indexed).max(0).unsigned_abs(),
        );
        for e in &block.events {
            *self.untold.entry(e.tenant.clone()).or_default() += 1;
        }
        loop {
            match self.detect(block.seq, &block.events).await {
                Ok(()) => break,
                Err(e) => {
                    tracing::error!(seq = block.seq, error = %e, "a block could not be detected; trying again")
                }
            }
            measure::queue_retried(1);
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn index(&mut self, seq: i64, events: &[Event]) -> Result<(), RoadError> {
        self.lake.append_block(seq, events)?;
        self.indexed = self.indexed.max(seq);
        Ok(())
    }

    /// Alerts and cursor in one transaction.
    async fn detect(&mut self, seq: i64, events: &[Event]) -> Result<(), RoadError> {
        let drafts = self.rules.drafts(events);
        let now = (self.clock)();
        let mut tx = self.store.begin().await?;
        let mut raised = Vec::with_capacity(drafts.len());
        for (tenant, drafts) in drafts {
            raised.push((tenant.clone(), tx.raise(&tenant, &drafts, now).await?));
        }
        tx.set_detected_through(seq).await?;
        tx.commit().await?;
        self.detected = self.detected.max(seq);
        let first = events.first().map(|e| e.received_at);
        if let (Some(at), true) = (first, raised.iter().any(|(_, r)| !r.new.is_empty())) {
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

    /// Turns the head into parts when it is time. Failing leaves everything as it was.
    async fn settle(&mut self) {
        let through = self.detected.min(self.indexed);
        if !self.lake.should_flush((self.clock)()) {
            return;
        }
        if let Err(e) = self.lake.flush(Some(through)).await {
            tracing::error!(error = %e, "the head could not be written as parts; it stays in the journal");
            return;
        }
        if let Ok(stats) = self.store.journal_stats().await {
            self.counters.journal_bytes.store(stats.bytes, Ordering::Relaxed);
        }
        self.merge();
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
