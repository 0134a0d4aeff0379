//! Blocks taken by one of several processes: the rows are locked until the transaction ends, others pass over them, and when the
//! process dies the database lets go of them.
//!
//! A block is detected once, in the transaction that stores its alerts (`Tx::mark_detected`), and it leaves the journal in the one
//! that follows its indexing (`Tx::release`). PostgreSQL only: there the journal lies in the main database.
use crate::{
    Result, Store, StoreError, Tx,
    base::{db::Db, filter::among, sql::journal_sql, val::args},
    dead_letters::{self, NewDeadLetter},
    journal::replay::{Block, block},
};
use model::Micros;
use std::collections::BTreeSet;

/// How much one claim takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    pub blocks: usize,
    /// Of the events as they were sent. The block with which they are reached is the last one, however large it is: there is always
    /// one.
    pub raw_bytes: i64,
}

/// Blocks, oldest first, and the transaction that holds them.
pub struct Claimed {
    pub tx: Tx,
    pub blocks: Vec<Block>,
    /// As much was taken as may be: there may be more.
    pub full: bool,
}

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

    /// The oldest blocks that nobody holds and that are not among `but`: those that still must meet the rules, or those that have.
    pub async fn claim_blocks(
        &self,
        detected: bool,
        most: Most,
        but: &BTreeSet<i64>,
    ) -> Result<Claimed> {
        let mut limit = most.blocks.max(1);
        loop {
            let mut tx = self.begin().await?;
            let mut held = tx.hold_blocks(detected, limit + but.len()).await?;
            held.retain(|(seq, _)| !but.contains(seq));
            held.truncate(limit);
            let fit = fitting(&held, most.raw_bytes);
            if fit == held.len() {
                let seqs: Vec<i64> = held.into_iter().map(|(seq, _)| seq).collect();
                let blocks = tx.read_blocks(&seqs).await?;
                return Ok(Claimed { tx, blocks, full: fit == limit });
            }
            // which blocks are free is known of those that are held, not before. What is held and not done nobody else does, so all
            // are let go of, and fewer are asked for. Dropping the transaction would let go of them only some time later
            tx.rollback().await?;
            limit = fit;
        }
    }
}

/// How many of the oldest fit: each before which there are fewer bytes than that, so the first always does.
fn fitting(held: &[(i64, i64)], raw_bytes: i64) -> usize {
    let mut before = 0_i64;
    let fits = held.iter().take_while(|(_, raw)| {
        let fits = before < raw_bytes.max(1);
        before = before.saturating_add(*raw);
        fits
    });
    fits.count()
}

impl Tx {
    /// Holds the oldest blocks that nobody holds: place and size of each, without its data, which may be much.
    async fn hold_blocks(&mut self, detected: bool, limit: usize) -> Result<Vec<(i64, i64)>> {
        let sql = journal_sql!(
            "SELECT b.seq, b.raw_bytes FROM journal_blocks b WHERE b.detected = $1 ORDER BY b.seq LIMIT $2"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut on = self.on();
        let sql = on.skipping(sql, "b");
        on.all(sql, args![detected, limit], |r| Ok((r.int("seq")?, r.int("raw_bytes")?))).await
    }

    async fn read_blocks(&mut self, seqs: &[i64]) -> Result<Vec<Block>> {
        if seqs.is_empty() {
            return Ok(Vec::new());
        }
        let select = "SELECT seq, first_id, events, created_at, raw_bytes, detected, data FROM journal_blocks WHERE seq IN ";
        let (sql, values) = among(select, seqs);
        let mut blocks = self.on().all(sql, values, block).await?;
        blocks.sort_by_key(|b| b.seq);
        Ok(blocks)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_with_which_the_bytes_are_reached_is_the_last() {
        let held = [(1, 10), (2, 10), (5, 90), (6, 10)];
        for (raw_bytes, fit) in [(0, 1), (10, 1), (11, 2), (20, 2), (21, 3), (110, 3), (111, 4)] {
            assert_eq!(fitting(&held, raw_bytes), fit, "{raw_bytes}");
        }
        assert_eq!(fitting(&[], 5), 0);
    }
}
