//! Appending: everything that an acknowledgement promises becomes durable in one commit.
use crate::{
    NewDeadLetter, Result, Store, StoreError, Tally,
    base::{db::On, reserve::Reserve, sql::journal_sql, tx::RawTx, val::args},
    dead_letters, ingest_ledger,
};
use model::Micros;
use serde_json::Value;

/// The events of a group of requests, encoded by the caller.
#[derive(Clone, Debug)]
pub struct BlockIn {
    /// Id of the first event; the others follow without gaps. At least `Store::next_event_id`.
    pub first_id: i64,
    /// Events in the block, at least 1.
    pub count: i64,
    pub bytes: Vec<u8>,
    /// Bytes of the events as they were sent.
    pub raw_bytes: i64,
}

/// The answer to a batch that came with a key (or has one by its content).
#[derive(Clone, Debug)]
pub struct BatchIn {
    pub tenant: String,
    pub key: String,
    pub response: Value,
}

/// One commit's worth. Without a block it keeps only answers and dead letters.
#[derive(Clone, Debug, Default)]
pub struct Append {
    pub block: Option<BlockIn>,
    pub batches: Vec<BatchIn>,
    /// Tenant and event.
    pub dead_letters: Vec<(String, NewDeadLetter)>,
    /// What this adds to the ledger of arrivals, one for each source and minute, in their order.
    pub tallies: Vec<Tally>,
    /// Tells the workers of other processes (PostgreSQL).
    pub ring: bool,
}

/// Bell that is rung with each block where several processes share the journal.
pub const BLOCKS: &str = "eventsec_blocks";

/// The journal while one process appends: others wait, so the ids seen here are the ids given out.
pub struct OpenJournal {
    tx: RawTx,
    next_id: i64,
    reserve: Reserve,
}

impl OpenJournal {
    /// Id of the first event of the block that is appended.
    pub fn next_id(&self) -> i64 {
        self.next_id
    }

    /// Stores all of it or nothing; durable once it returns. Answers the block's `seq`.
    ///
    /// # Errors
    /// `Conflict` when the block's ids are given out already;
    /// `Unique("ingest_batches_tenant_batch_key")` when a batch's answer is kept already; `Full` when the disk is.
    pub async fn append(self, what: &Append, now: Micros) -> Result<Option<i64>> {
        let reserve = self.reserve.clone();
        let done = self.write(what, now).await;
        reserve.note(done)
    }

    async fn write(mut self, what: &Append, now: Micros) -> Result<Option<i64>> {
        let mut on = self.tx.on();
        let mut seq = None;
        if let Some(block) = &what.block {
            seq = Some(insert_block(&mut on, block, now).await?);
        }
        for batch in &what.batches {
            if faults::on("plant.forget_key") {
                break;
            }
            let insert = journal_sql!(
                "INSERT INTO ingest_batches (tenant, batch_key, response, created_at) VALUES ($1, $2, $3, $4)"
            );
            on.exec(insert, args![&batch.tenant, &batch.key, &batch.response, now]).await?;
        }
        for (tenant, letter) in &what.dead_letters {
            dead_letters::insert(&mut on, tenant, letter, now).await?;
        }
        for tally in &what.tallies {
            ingest_ledger::add(&mut on, tally).await?;
        }
        if what.ring && seq.is_some() {
            self.tx.ring(BLOCKS).await?;
        }
        faults::at("journal.before_commit");
        self.tx.commit().await?;
        faults::at("journal.after_commit");
        if faults::on("journal.answer") {
            return Err(StoreError::Unavailable(sqlx::Error::WorkerCrashed));
        }
        Ok(seq)
    }
}

async fn insert_block(on: &mut On<'_>, block: &BlockIn, now: Micros) -> Result<i64> {
    if block.count < 1 {
        return Err(StoreError::Conflict("a block holds at least one event"));
    }
    let next = journal_sql!(
        "UPDATE journal_counters SET value = value + 1 WHERE id = 'next_seq' RETURNING value AS n"
    );
    let seq = on.count(next, args![]).await? - 1;
    let ids = journal_sql!(
        "UPDATE journal_counters SET value = $1 WHERE id = 'next_event_id' AND value <= $2"
    );
    let taken = on.exec(ids, args![block.first_id + block.count, block.first_id]).await?;
    if taken == 0 && !faults::on("plant.reuse_ids") {
        return Err(StoreError::Conflict("these event ids are given out already"));
    }
    faults::at("journal.before_insert");
    let insert = journal_sql!(
        "INSERT INTO journal_blocks (seq, first_id, events, created_at, raw_bytes, stored_bytes, data) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let stored = i64::try_from(block.bytes.len()).unwrap_or(i64::MAX);
    let values =
        args![seq, block.first_id, block.count, now, block.raw_bytes, stored, block.bytes.clone()];
    on.exec(insert, values).await?;
    faults::at("journal.after_insert");
    Ok(seq)
}

impl Store {
    /// Opens the journal for one append, which waits for its turn: whoever opens it holds the counters until it is appended to or
    /// dropped.
    pub async fn journal_open(&self) -> Result<OpenJournal> {
        self.reserve.may_grow()?;
        let mut tx = self.journal.begin().await?;
        let mut on = tx.on();
        let sql = on.locking(
            journal_sql!(
                "SELECT c.value AS n FROM journal_counters c WHERE c.id = 'next_event_id'"
            ),
            "c",
        );
        let mut next_id = on.count(sql, args![]).await?;
        if faults::on("plant.reuse_ids") {
            next_id = (next_id - 50).max(1);
        }
        Ok(OpenJournal { tx, next_id, reserve: self.reserve.clone() })
    }

    /// [`Store::journal_open`] and [`OpenJournal::append`] in one, for whoever knows the ids.
    pub async fn journal_append(&self, what: &Append, now: Micros) -> Result<Option<i64>> {
        self.journal_open().await?.append(what, now).await
    }

    /// Id that the next event gets; ids are never reused, not even after their events are gone.
    pub async fn next_event_id(&self) -> Result<i64> {
        let sql =
            journal_sql!("SELECT value AS n FROM journal_counters WHERE id = 'next_event_id'");
        self.journal.read().count(sql, args![]).await
    }

    /// Place that the next block gets.
    pub async fn next_seq(&self) -> Result<i64> {
        let sql = journal_sql!("SELECT value AS n FROM journal_counters WHERE id = 'next_seq'");
        self.journal.read().count(sql, args![]).await
    }
}
