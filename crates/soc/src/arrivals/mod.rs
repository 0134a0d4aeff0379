//! What arrives and how far behind all that follows is: the pipeline as people see it, and the watch over silent sources.
//!
//! The rules (`rules`, `range`, `view`) are pure; here the ledger is read for them.
mod range;
mod rules;
mod view;
mod watch;

use crate::{Soc, fault};
use backend::{PipelineBackend, Reply};
use model::{
    Caller, Micros, Permission, Problem,
    pipeline::{
        MAX_GAPS, PipelineBacklog, PipelineCounts, PipelineEngine, PipelineJournal, PipelineLag,
        PipelineQuery, PipelineRange, PipelineView,
    },
    time::DAY,
};
use range::Span;
use view::Ears;

/// Gaps are looked for so much before and after what is shown: one that reaches into it may begin and end elsewhere.
const AROUND: i64 = DAY;

impl PipelineBackend for Soc {
    fn pipeline<'a>(&'a self, who: &'a Caller, query: PipelineQuery) -> Reply<'a, PipelineView> {
        Box::pin(async move {
            who.require(Permission::ReadSensors)?;
            let now = (self.clock)();
            let span = Span::of(&query, now)?;
            let mut shown = self.arrivals(&who.tenant, &query, &span, now).await?;
            let detected = self.store.detected_through().await.map_err(fault::store)?;
            let waiting = self.store.journal_undetected(detected).await.map_err(fault::store)?;
            shown.backlog = PipelineBacklog {
                blocks: waiting.blocks,
                events: waiting.events,
                bytes: waiting.raw_bytes,
                oldest_at: waiting.oldest_at,
            };
            let journal = self.store.journal_stats().await.map_err(fault::store)?;
            shown.journal =
                PipelineJournal { bytes: journal.bytes, quota: self.road.journal_quota() };
            shown.lag = if self.road.is_shared() {
                // the oldest of what waits says it, whichever process it waits for
                let age = |t: Option<Micros>| Some(t.map_or(0, |t| now.since(t).max(0) / 1000));
                PipelineLag { index_ms: age(journal.oldest_at), detect_ms: age(waiting.oldest_at) }
            } else {
                self.road.lag()
            };
            // a file system over the network may take its time
            let disk = self.disk.clone();
            shown.disk = tokio::task::spawn_blocking(move || disk()).await.ok().flatten();
            let engine = self.engine.stats();
            shown.engine = PipelineEngine {
                parts: engine.parts,
                quarantined: engine.quarantined,
                bytes: engine.bytes,
            };
            Ok(shown)
        })
    }
}

impl Soc {
    /// The tenant's part of the view.
    async fn arrivals(
        &self,
        tenant: &str,
        query: &PipelineQuery,
        span: &Span,
        now: Micros,
    ) -> Result<PipelineView, Problem> {
        let (from, to) = (span.from, span.to);
        let known = self.store.ingest_sources(tenant).await.map_err(fault::store)?;
        let slices = self
            .store
            .ingest_slices(tenant, from, to, span.step.micros())
            .await
            .map_err(fault::store)?;
        let history = self
            .store
            .ingest_history(tenant, Micros(i64::MAX), rules::LEARN_FROM)
            .await
            .map_err(fault::store)?;
        let breaks = self
            .store
            .ingest_breaks(tenant, from.plus(-AROUND), to.plus(AROUND))
            .await
            .map_err(fault::store)?;
        let usual = view::learn(&known, &history);
        let oldest = known.iter().map(|s| s.last_seen).min().unwrap_or(now);
        let listening = self.store.ingest_listening(oldest).await.map_err(fault::store)?;
        let ears = Ears { listening: &listening, now };
        let sources = view::sources(&known, &slices, &usual, span, &query.series, ears);
        let mut total = PipelineCounts::default();
        sources.iter().for_each(|s| total.add(&s.counts));
        let mut gaps = view::gaps(&known, &breaks, &usual, span);
        let gap_count = gaps.len() as i64;
        gaps.truncate(MAX_GAPS);
        Ok(PipelineView {
            range: PipelineRange { from, to },
            step: span.step,
            total,
            sources,
            gaps,
            gap_count,
            ..PipelineView::default()
        })
    }
}
