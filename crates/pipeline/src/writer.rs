//! The journal's only writer: takes every batch that waits, writes one block in one synced transaction, then answers them all.
use crate::{
    Receipt,
    block::{self, Builder},
    intake::{Batch, source_word},
    road::{Committed, Counters, RoadConfig, RoadError, Waiting},
    tally::{self, Book},
};
use measure::{Stage, Wait, Work};
use model::{Micros, time::Clock};
use normalise::Hint;
use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
};
use store::{Append, BatchIn, BlockIn, NewDeadLetter, OpenJournal, Store, StoreError};
use tokio::sync::mpsc;

/// Blocks read at once when a commit's answer was lost.
const CATCH_UP_AT_ONCE: i64 = 16;

pub(crate) struct Writer {
    pub store: Store,
    pub clock: Clock,
    pub counters: Arc<Counters>,
    pub book: Arc<Book>,
    pub config: RoadConfig,
    /// Id that the next event gets if nobody else has written a block; where others do, it is not looked at.
    pub next_id: i64,
    /// The newest block that was handed on, or is older than this process.
    pub last_seq: i64,
    /// A commit's answer was lost: whether it happened is looked up before the next one.
    pub unsure: bool,
    pub builder: Builder,
    /// To this process's worker. `None`: workers of other processes find blocks in the journal.
    pub forward: Option<mpsc::Sender<Committed>>,
}

impl Writer {
    pub async fn run(mut self, mut inbox: mpsc::Receiver<Waiting>) {
        let mut held: Option<Waiting> = None;
        loop {
            let first = match held.take() {
                Some(w) => w,
                None => match inbox.recv().await {
                    Some(w) => w,
                    None => return,
                },
            };
            // the worker's backlog is the brake: no block is written that nobody could take
            let slot = match self.forward.clone() {
                Some(forward) => match forward.reserve_owned().await {
                    Ok(slot) => Some(slot),
                    Err(_) => return,
                },
                None => None,
            };
            let (mut group, mut bytes, mut keys) = (vec![first], 0, HashSet::new());
            keys.extend(
                group[0].batch.key.clone().map(|k| (group[0].batch.header.tenant.clone(), k)),
            );
            bytes += size(&group[0].batch);
            while bytes < self.config.block_bytes {
                let Ok(next) = inbox.try_recv() else { break };
                // the same batch twice in one group: the second waits, and then finds the first
                if let Some(key) = &next.batch.key
                    && !keys.insert((next.batch.header.tenant.clone(), key.clone()))
                {
                    held = Some(next);
                    break;
                }
                bytes += size(&next.batch);
                group.push(next);
            }
            let committed = self.write(group).await;
            if let (Some(slot), Some(committed)) = (slot, committed) {
                slot.send(committed);
            }
        }
    }

    /// Writes the group and answers its senders. On failure nothing was stored and all are told so.
    async fn write(&mut self, group: Vec<Waiting>) -> Option<Committed> {
        let mut fresh = Vec::with_capacity(group.len());
        for waiting in group {
            match self.known(&waiting.batch).await {
                Ok(Some(receipt)) => {
                    self.book.repeated(&waiting.line);
                    drop(waiting.answer.send(Ok(receipt)));
                }
                Ok(None) => fresh.push(waiting),
                Err(e) => {
                    self.book.refused(&waiting.line);
                    drop(waiting.answer.send(Err(e)));
                }
            }
        }
        if fresh.is_empty() {
            return None;
        }
        let now = (self.clock)();
        if self.unsure
            && let Err(e) = self.catch_up(None).await
        {
            refuse(&self.book, fresh, e);
            return None;
        }
        match self.commit(&mut fresh, now).await {
            Ok((seq, receipts)) => {
                faults::at("writer.before_ack");
                let mut events = Vec::new();
                for (waiting, receipt) in fresh.into_iter().zip(receipts) {
                    self.counters.stored.fetch_add(receipt.accepted, Ordering::Relaxed);
                    self.counters.rejected.fetch_add(receipt.rejected, Ordering::Relaxed);
                    drop(waiting.answer.send(Ok(receipt)));
                    events.extend(waiting.batch.events);
                }
                faults::at("writer.after_ack");
                seq.map(|seq| Committed { seq, events, at: now })
            }
            Err(e) => {
                refuse(&self.book, fresh, e);
                None
            }
        }
    }

    async fn known(&self, batch: &Batch) -> Result<Option<Receipt>, RoadError> {
        let Some(key) = &batch.key else { return Ok(None) };
        let seen = self.store.batch(&batch.header.tenant, key).await?;
        Ok(seen
            .and_then(|v| serde_json::from_value::<Receipt>(v).ok())
            .map(|r| Receipt { repeated: true, ..r }))
    }

    async fn commit(
        &mut self,
        fresh: &mut [Waiting],
        now: Micros,
    ) -> Result<(Option<i64>, Vec<Receipt>), StoreError> {
        let work = Work::begin();
        let (builder, mut count) = (&mut self.builder, 0);
        builder.clear();
        for Waiting { batch, .. } in &*fresh {
            let raws = batch.events.iter().map(|e| &*e.raw);
            builder.group(&batch.header, raws).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            count += batch.events.len() as i64;
        }
        let packed = if count > 0 {
            let raw_bytes = builder.raw_len() as i64;
            let bytes = builder.finish().map_err(|e| StoreError::Corrupt(e.to_string()))?;
            Some((bytes, raw_bytes))
        } else {
            None
        };
        work.end(Stage::Pack, packed.as_ref().map_or(0, |(bytes, _)| bytes.len() as u64));
        let wait = Wait::begin();
        // from here on no other process gives out ids
        let mut open = self.store.journal_open().await?;
        if self.forward.is_some() && open.next_id() != self.next_id {
            // a commit that was given up for lost has happened after all
            drop(open);
            self.catch_up(None).await?;
            open = self.store.journal_open().await?;
        }
        let first_id = open.next_id();
        let (mut receipts, mut id) = (Vec::with_capacity(fresh.len()), first_id);
        let mut what = Append { ring: self.forward.is_none(), ..Default::default() };
        for Waiting { batch, .. } in fresh.iter_mut() {
            let receipt = Receipt {
                first_id: if batch.events.is_empty() { 0 } else { id },
                accepted: batch.events.len() as i64,
                rejected: batch.refused.len() as i64,
                errors: batch.refused.iter().map(|r| r.rejection.clone()).collect(),
                repeated: false,
            };
            for event in &mut batch.events {
                event.id = id;
                id += 1;
            }
            what.dead_letters.extend(letters_of(batch));
            if let Some(key) = &batch.key {
                let response = serde_json::to_value(&receipt)
                    .map_err(|e| StoreError::Corrupt(e.to_string()))?;
                let tenant = batch.header.tenant.to_string();
                what.batches.push(BatchIn { tenant, key: key.clone(), response });
            }
            receipts.push(receipt);
        }
        let mut length = 0;
        if let Some((bytes, raw_bytes)) = packed {
            length = bytes.len() as i64;
            what.block = Some(BlockIn { first_id, count, bytes, raw_bytes });
        }
        let waiting = self.book.take();
        what.tallies = tally::together(&waiting, fresh.iter().map(|w| &*w.line), now);
        let seq = match self.append(open, &what, now).await {
            Ok(seq) => seq,
            Err(e) => {
                self.book.give_back(waiting);
                return Err(e);
            }
        };
        wait.end(Stage::Commit, length.unsigned_abs());
        self.counters.journal_bytes.fetch_add(length, Ordering::Relaxed);
        self.next_id = id;
        Ok((seq, receipts))
    }

    /// One commit. When its answer is an error it may still have happened, so the journal is asked.
    async fn append(
        &mut self,
        open: OpenJournal,
        what: &Append,
        now: Micros,
    ) -> Result<Option<i64>, StoreError> {
        let failed = match open.append(what, now).await {
            Ok(seq) => {
                self.last_seq = seq.unwrap_or(self.last_seq);
                return Ok(seq);
            }
            Err(e) => e,
        };
        if self.forward.is_none() {
            return Err(failed); // if it happened, a worker finds it
        }
        self.unsure = true;
        match self.catch_up(what.block.as_ref()).await {
            Ok(Some(seq)) => Ok(Some(seq)),
            Ok(None) => Err(failed),
            Err(e) => {
                tracing::warn!(error = %e, "whether a commit happened is not known yet");
                Err(failed)
            }
        }
    }

    /// Hands on the blocks of commits whose answer was lost: nobody else would, and the journal would release them unseen.
    /// Answers the place of `ours`, which the caller hands on itself.
    async fn catch_up(&mut self, ours: Option<&BlockIn>) -> Result<Option<i64>, StoreError> {
        let mut found = None;
        loop {
            let blocks = self.store.blocks(self.last_seq + 1, CATCH_UP_AT_ONCE).await?;
            if blocks.is_empty() {
                break;
            }
            for b in blocks {
                self.last_seq = b.seq;
                if ours.is_some_and(|o| o.first_id == b.first_id && o.bytes == b.bytes) {
                    found = Some(b.seq);
                    continue;
                }
                let events =
                    block::read_back(&b).map_err(|e| StoreError::Corrupt(e.to_string()))?;
                tracing::warn!(seq = b.seq, "a block whose commit was not confirmed is taken up");
                // the worker ends only after this task has
                if let Some(forward) = &self.forward {
                    let _ = forward.send(Committed { seq: b.seq, events, at: b.created_at }).await;
                }
            }
        }
        self.next_id = self.store.next_event_id().await?;
        self.unsure = false;
        Ok(found)
    }
}

fn refuse(book: &Book, group: Vec<Waiting>, e: StoreError) {
    tracing::error!(error = %e, batches = group.len(), "the journal could not be written; the senders were told");
    let e = Arc::new(e);
    for waiting in group {
        let answer = match &*e {
            StoreError::Full => RoadError::Full("the disk is full".into()),
            _ => RoadError::Journal(e.clone()),
        };
        book.refused(&waiting.line);
        drop(waiting.answer.send(Err(answer)));
    }
}

fn size(batch: &Batch) -> usize {
    batch.events.iter().map(|e| e.raw.len() + 4).sum()
}

fn letters_of(batch: &Batch) -> impl Iterator<Item = (String, NewDeadLetter)> + '_ {
    batch.refused.iter().map(|r| {
        let letter = NewDeadLetter {
            source: source_word(&batch.header.hint).into(),
            sensor: batch.header.sensor.as_deref().map(Into::into),
            file: match &batch.header.hint {
                Hint::Zeek { file } => file.as_deref().map(Into::into),
                Hint::Suricata | Hint::Api => None,
            },
            agent: batch.header.agent.as_ref().map(|(id, name)| (*id, name.to_string())),
            sample: batch.header.sample,
            batch_index: r.rejection.index,
            reason: r.rejection.reason.clone(),
            pointer: r.rejection.pointer.clone(),
            hint: r.rejection.hint.clone().unwrap_or_default(),
            raw: r.raw.clone(),
        };
        (batch.header.tenant.to_string(), letter)
    })
}
