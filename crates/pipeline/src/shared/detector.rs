//! Blocks meet the rules: alerts and the blocks' marks are one commit.
use super::{AT_ONCE, POLL, Parts, after, hand::Giver, pause};
use crate::{block, road::RoadError};
use model::{event::Event, live::Note};
use std::{sync::Arc, time::Duration};
use store::{Block, Claimed};
use tokio::sync::Notify;

pub(super) async fn run(mut parts: Parts, hand: Giver, bell: Arc<Notify>) {
    let mut failures = 0;
    while !*parts.stop.borrow() {
        match round(&parts, &hand).await {
            Ok(0) => {
                failures = 0;
                tokio::select! {
                    () = bell.notified() => {}
                    _ = pause(&mut parts.stop, POLL) => {}
                }
            }
            Ok(_) => failures = 0,
            Err(e) => {
                tracing::error!(error = %e, "blocks could not be detected; they are taken again");
                measure::queue_retried(1);
                pause(&mut parts.stop, after(failures)).await;
                failures += 1;
            }
        }
    }
}

/// Reads blocks off the async threads: unpacking and normalising is work.
/// One that cannot be read is set aside, and the others are answered.
pub(super) async fn read(
    parts: &Parts,
    blocks: Vec<Block>,
) -> Result<Vec<(Block, Vec<Event>)>, RoadError> {
    let parts = parts.clone();
    let work = move || {
        let read = blocks.into_iter().filter_map(|mut b| {
            let events = block::read_back(&b).inspect_err(|e| parts.set_aside(b.seq, e)).ok()?;
            b.bytes = Vec::new();
            Some((b, events))
        });
        read.collect::<Vec<_>>()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| RoadError::Stopping)
}

/// Takes what nobody holds. Answers how many blocks it did.
async fn round(parts: &Parts, hand: &Giver) -> Result<usize, RoadError> {
    let Claimed { mut tx, blocks, .. } = parts.claim(false, AT_ONCE).await?;
    if blocks.is_empty() {
        return Ok(0);
    }
    let blocks = read(parts, blocks).await?;
    let drafts = parts.rules.drafts(blocks.iter().flat_map(|(_, events)| events));
    let now = (parts.clock)();
    let mut raised = Vec::with_capacity(drafts.len());
    let mut drafts: Vec<_> = drafts.into_iter().collect();
    // every process locks alerts in the same order; within a tenant the store sees to it
    drafts.sort_by(|a, b| a.0.cmp(&b.0));
    for (tenant, drafts) in drafts {
        let done = tx.raise(&tenant, &drafts, now).await?;
        raised.push((tenant, done));
    }
    for (b, _) in &blocks {
        tx.mark_detected(b.seq).await?;
    }
    tx.commit().await?;
    let since = blocks.iter().map(|(b, _)| b.created_at).min();
    if let Some(at) = since.filter(|_| raised.iter().any(|(_, r)| !r.new.is_empty())) {
        let took = (parts.clock)().since(at).max(0).unsigned_abs();
        measure::rule_to_alert(Duration::from_micros(took));
    }
    for (tenant, raised) in raised {
        // nobody listening is no error
        let tell = |note| drop(parts.live.send((tenant.clone(), note)));
        for a in raised.new {
            if let Some(rule) = a.rule_id {
                measure::rule_raised(rule);
            }
            tell(Note::Alert { id: a.id, severity: a.severity, title: a.title });
        }
        if !raised.changed.is_empty() {
            tell(Note::AlertChanged { ids: raised.changed.iter().map(|a| a.id).collect() });
        }
    }
    let done = blocks.len();
    for (b, events) in blocks {
        // no room: OpenSearch is slow or away, and the block is read from the journal when its turn comes
        if !hand.give(b.seq, b.raw_bytes, events) {
            parts.fell_behind();
        }
    }
    Ok(done)
}
