//! Detected blocks go to OpenSearch and leave the journal.
use super::{AT_ONCE, POLL, Parts, Ready, after, detector, pause};
use crate::road::RoadError;
use cluster::Indexed;
use model::{dead_letter::MAX_KEPT, event::Event};
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use store::{NewDeadLetter, Tx};
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

/// How often the database is asked whether it still holds the blocks for us; it would end a transaction that is silent for a minute.
const ALIVE: Duration = Duration::from_secs(15);
/// Word of the dead letters that OpenSearch made.
const REFUSED: &str = "index_refused";

pub(super) async fn run(mut parts: Parts, hand: Arc<Mutex<mpsc::Receiver<Ready>>>) {
    let (mut failures, mut swept) = (0, Instant::now());
    while !*parts.stop.borrow() {
        let mut ready = Vec::new();
        {
            let mut hand = hand.lock().await;
            let taken = async {
                hand.recv_many(&mut ready, usize::try_from(AT_ONCE).unwrap_or(8)).await;
            };
            // nothing in hand for a while: something may be left in the journal
            let _ = tokio::time::timeout(POLL, taken).await;
        }
        let done = if ready.is_empty() {
            swept = Instant::now();
            sweep(&parts, usize::MAX).await
        } else if swept.elapsed() >= POLL {
            // traffic never pauses on a busy day, and what was left behind must not wait for that
            swept = Instant::now();
            match store(&parts, ready).await {
                Ok(()) => sweep(&parts, 1).await,
                failed => failed,
            }
        } else {
            store(&parts, ready).await
        };
        match done {
            Ok(()) => failures = 0,
            Err(e) => {
                tracing::error!(error = %e, "blocks could not be indexed; they stay in the journal");
                measure::queue_retried(1);
                pause(&mut parts.stop, after(failures)).await;
                failures += 1;
            }
        }
    }
}

/// Blocks in hand, unless another process was quicker.
async fn store(parts: &Parts, ready: Vec<Ready>) -> Result<(), RoadError> {
    let mut tx = parts.store.begin().await?;
    let mut mine = Vec::with_capacity(ready.len());
    for r in ready {
        if tx.claim_block(r.seq).await? {
            mine.push((r.seq, r.events));
        }
    }
    finish(parts, tx, mine).await
}

/// Blocks that were detected and never indexed: by a process that ended, or while OpenSearch was away.
async fn sweep(parts: &Parts, rounds: usize) -> Result<(), RoadError> {
    for _ in 0..rounds {
        let mut tx = parts.store.begin().await?;
        let blocks = parts.claim(&mut tx, true).await?;
        if blocks.is_empty() || *parts.stop.borrow() {
            return Ok(());
        }
        let blocks = detector::read(parts, blocks).await?;
        let blocks: Vec<_> = blocks.into_iter().map(|(b, events)| (b.seq, events)).collect();
        let alone = (blocks.len() == 1).then(|| blocks[0].0);
        match (finish(parts, tx, blocks).await, alone) {
            (Ok(()), _) => {}
            // one that OpenSearch refuses as a whole must not stand before the others
            (Err(e @ RoadError::Cluster(cluster::ClusterError::Refused { .. })), Some(seq)) => {
                parts.set_aside(seq, &e);
            }
            (Err(RoadError::Cluster(cluster::ClusterError::Refused { .. })), None) => {
                return one_by_one(parts).await;
            }
            (Err(e), _) => return Err(e),
        }
    }
    Ok(())
}

/// The oldest blocks each on its own.
async fn one_by_one(parts: &Parts) -> Result<(), RoadError> {
    for _ in 0..AT_ONCE {
        let mut tx = parts.store.begin().await?;
        let mut blocks = parts.claim(&mut tx, true).await?;
        blocks.truncate(1);
        let Some(seq) = blocks.first().map(|b| b.seq) else { return Ok(()) };
        let blocks = detector::read(parts, blocks).await?;
        let blocks = blocks.into_iter().map(|(b, events)| (b.seq, events)).collect();
        match finish(parts, tx, blocks).await {
            Err(e @ RoadError::Cluster(cluster::ClusterError::Refused { .. })) => {
                parts.set_aside(seq, &e);
            }
            done => done?,
        }
    }
    Ok(())
}

/// Writes the events, then deletes their blocks.
async fn finish(
    parts: &Parts,
    mut tx: Tx,
    blocks: Vec<(i64, Vec<Event>)>,
) -> Result<(), RoadError> {
    if blocks.is_empty() {
        return Ok(());
    }
    let events: Vec<Event> = blocks.iter().flat_map(|(_, e)| e.iter().cloned()).collect();
    let done = {
        let index = parts.engine.index(&events);
        tokio::pin!(index);
        loop {
            tokio::select! {
                done = &mut index => break done,
                () = tokio::time::sleep(ALIVE) => tx.still_there().await?,
            }
        }
    };
    let done = done.inspect_err(|_| {
        events.iter().for_each(|e| measure::index_failed(&e.source, 1));
    })?;
    let now = (parts.clock)();
    letters(parts, &mut tx, &done, &events).await?;
    for (seq, _) in &blocks {
        tx.release(*seq).await?;
    }
    tx.commit().await?;
    if let Some(oldest) = events.iter().map(|e| e.received_at).min() {
        let lag = now.since(oldest).max(0);
        parts.counters.index_lag_us.store(lag, Ordering::Relaxed);
        measure::ingest_to_index(Duration::from_micros(lag.unsigned_abs()));
    }
    parts.counters.indexed.fetch_add(events.len() as i64, Ordering::Relaxed);
    for e in &events {
        parts.told.count(&e.tenant);
    }
    Ok(())
}

/// What OpenSearch refuses for ever is kept where people see it.
async fn letters(
    parts: &Parts,
    tx: &mut Tx,
    done: &Indexed,
    events: &[Event],
) -> Result<(), RoadError> {
    if done.poison.is_empty() {
        return Ok(());
    }
    let by_id: HashMap<i64, &Event> = events.iter().map(|e| (e.id, e)).collect();
    for p in &done.poison {
        let Some(e) = by_id.get(&p.id) else { continue };
        tracing::error!(event = p.id, reason = %p.reason, "OpenSearch refuses an event; it is a dead letter now");
        let letter = NewDeadLetter {
            source: e.source.to_string(),
            reason: REFUSED.into(),
            hint: format!("event {}: {}", p.id, p.reason),
            raw: e.raw[..e.raw.floor_char_boundary(MAX_KEPT)].to_owned(),
            sample: e.sample,
            ..Default::default()
        };
        tx.add_dead_letter(&e.tenant, &letter, (parts.clock)()).await?;
    }
    Ok(())
}
