//! Blocks taken by one of several processes: the rows are locked until the transaction ends, others pass over them, and when the
//! process dies the database lets go of them.
//!
//! A block is detected once, in the transaction that stores its alerts (`Tx::mark_detected`), and it leaves the journal in the one
//! that follows its indexing (`Tx::release`). PostgreSQL only: there the journal lies in the main database.
use crate::{
    Result, Store, StoreError, Tx,
    base::{db::Db, sql::journal_sql, val::args},
    dead_letters::{self, NewDeadLetter},
    journal::replay::{Block, block},
};
use model::Micros;

impl Store {
    /// Takes over blocks of a journal that one process has worked on: those below its cursor are detected.
    pub async fn share_journal(&self) -> Result<()> {
        if !matches!(self.journal, Db::Postgres(_)) {
            return Err(StoreError::Conflict("a journal is shared on PostgreSQL only"));
        }
        let seen = self.detected_through().await?;
        let mut tx = self.journal.begin().await?;
        let sql = journal_sql!(
            "UPDATE journal_blocks SET detected = TRUE WHERE seq <= $1 AND NOT detected"
        );
        tx.on().exec(sql, args![seen]).await?;
        tx.commit().await
    }
}

impl Tx {
    /// The oldest blocks that nobody holds, at most `limit`: those that still must meet the rules, or those that have.
    pub async fn claim_blocks(&mut self, detected: bool, limit: i64) -> Result<Vec<Block>> {
        let sql = journal_sql!(
            "SELECT b.seq, b.first_id, b.events, b.created_at, b.raw_bytes, b.detected, b.data FROM journal_blocks b \
             WHERE b.detected = $1 ORDER BY b.seq LIMIT $2"
        );
        let mut on = self.on();
        let sql = on.skipping(sql, "b");
        on.all(sql, args![detected, limit], block).await
    }

    /// Takes this block if it is there, detected, and nobody holds it.
    pub async fn claim_block(&mut self, seq: i64) -> Result<bool> {
        let sql =
            journal_sql!("SELECT b.seq FROM journal_blocks b WHERE b.seq = $1 AND b.detected");
        let mut on = self.on();
        let sql = on.skipping(sql, "b");
        Ok(on.opt(sql, args![seq], |r| r.int("seq")).await?.is_some())
    }

    /// Keeps the transaction, and with it what is claimed, alive while something else is awaited.
    ///
    /// # Errors
    /// When the connection is gone: others may hold the blocks by now.
    pub async fn still_there(&mut self) -> Result<()> {
        let sql = journal_sql!("SELECT value AS n FROM journal_counters WHERE id = 'next_seq'");
        self.on().count(sql, args![]).await.map(|_| ())
    }

    /// The claimed block has met the rules; its alerts are in this transaction.
    pub async fn mark_detected(&mut self, seq: i64) -> Result<()> {
        let sql = journal_sql!("UPDATE journal_blocks SET detected = TRUE WHERE seq = $1");
        self.on().exec(sql, args![seq]).await.map(|_| ())
    }

    /// The claimed block's events are stored elsewhere: it leaves the journal.
    ///
    /// # Errors
    /// `Conflict` when it has not met the rules.
    pub async fn release(&mut self, seq: i64) -> Result<()> {
        let sql = journal_sql!("DELETE FROM journal_blocks WHERE seq = $1 AND detected");
        if self.on().exec(sql, args![seq]).await? == 0 {
            return Err(StoreError::Conflict("a block may be released only after its detection"));
        }
        Ok(())
    }

    /// An acknowledged event that the search engine refuses.
    pub async fn add_dead_letter(
        &mut self,
        tenant: &str,
        letter: &NewDeadLetter,
        now: Micros,
    ) -> Result<()> {
        dead_letters::insert(&mut self.on(), tenant, letter, now).await
    }
}
