//! Reading the journal back, and how big it is.
use crate::{
    Result, Store,
    base::{row::Cols, sql::journal_sql, val::args},
};
use futures::{Stream, stream};
use model::Micros;
use std::collections::VecDeque;

/// A block as it was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub seq: i64,
    pub first_id: i64,
    pub count: i64,
    pub created_at: Micros,
    pub raw_bytes: i64,
    /// One of several processes has taken it to the rules. Where one process works alone it marks none and keeps a cursor.
    pub detected: bool,
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalStats {
    pub blocks: i64,
    pub events: i64,
    /// As stored, compressed.
    pub bytes: i64,
    /// As sent.
    pub raw_bytes: i64,
    /// Of the newest block there is; 0 without one.
    pub last_seq: i64,
    pub oldest_at: Option<Micros>,
}

/// Blocks read at a time: a few megabytes.
const STRIDE: i64 = 8;

pub(crate) fn block(r: &dyn Cols) -> Result<Block> {
    Ok(Block {
        seq: r.int("seq")?,
        first_id: r.int("first_id")?,
        count: r.int("events")?,
        created_at: r.time("created_at")?,
        raw_bytes: r.int("raw_bytes")?,
        detected: r.flag("detected")?,
        bytes: r.bytes("data")?,
    })
}

impl Store {
    /// The blocks from `seq` on, oldest first, up to the newest at the moment the end is reached. A few are read at a time,
    /// each read on its own: no transaction stays open while the caller works.
    pub fn blocks_from(&self, seq: i64) -> impl Stream<Item = Result<Block>> + Send + '_ {
        stream::try_unfold((seq, VecDeque::new()), move |(mut next, mut ready)| async move {
            if ready.is_empty() {
                ready = self.blocks(next, STRIDE).await?.into();
            }
            Ok(ready.pop_front().map(|b: Block| {
                next = b.seq + 1;
                (b, (next, ready))
            }))
        })
    }

    /// At most `limit` blocks from `seq` on, oldest first.
    pub async fn blocks(&self, seq: i64, limit: i64) -> Result<Vec<Block>> {
        let sql = journal_sql!(
            "SELECT seq, first_id, events, created_at, raw_bytes, detected, data FROM journal_blocks WHERE seq >= $1 ORDER BY seq LIMIT $2"
        );
        self.journal.read().all(sql, args![seq, limit], block).await
    }

    pub async fn journal_stats(&self) -> Result<JournalStats> {
        self.journal_counts(0, true).await
    }

    /// The same of the blocks after `seq` that are not marked: where one process works it marks none, and `seq` is its cursor.
    pub async fn journal_undetected(&self, seq: i64) -> Result<JournalStats> {
        self.journal_counts(seq, false).await
    }

    async fn journal_counts(&self, seq: i64, marked: bool) -> Result<JournalStats> {
        let sql = journal_sql!(
            "SELECT COUNT(*) AS blocks, CAST(COALESCE(SUM(events), 0) AS BIGINT) AS events, \
             CAST(COALESCE(SUM(stored_bytes), 0) AS BIGINT) AS bytes, CAST(COALESCE(SUM(raw_bytes), 0) AS BIGINT) AS raw_bytes, \
             COALESCE(MAX(seq), 0) AS last_seq, MIN(created_at) AS oldest_at FROM journal_blocks \
             WHERE seq > $1 AND (NOT detected OR $2)"
        );
        let map = |r: &dyn Cols| {
            Ok(JournalStats {
                blocks: r.int("blocks")?,
                events: r.int("events")?,
                bytes: r.int("bytes")?,
                raw_bytes: r.int("raw_bytes")?,
                last_seq: r.int("last_seq")?,
                oldest_at: r.opt_time("oldest_at")?,
            })
        };
        self.journal.read().one(sql, args![seq, marked], map).await
    }
}
