//! Events in memory: immutable batches, and the table that still grows.
use crate::columns::Columns;
use crate::error::LakeError;
use crate::ingest::Rower;
use arrow_array::RecordBatch;
use columnar::Table;
use model::event::Event;
use parking_lot::Mutex;
use std::sync::Arc;

/// Rows after which a growing table is closed and a new one begun.
const CHUNK_ROWS: usize = 4096;
/// Bytes after which it is, too.
const CHUNK_BYTES: usize = 8 << 20;
/// Columns after which it is: a flood of field names makes many chunks and not one that is wide.
const CHUNK_COLUMNS: usize = 4096;
/// Memory of a column besides its values, roughly.
const COLUMN_BYTES: usize = 512;

/// Smallest and largest time and id of some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub min_time: i64,
    pub max_time: i64,
    pub min_id: i64,
    pub max_id: i64,
}

impl Span {
    pub const EMPTY: Self =
        Self { min_time: i64::MAX, max_time: i64::MIN, min_id: i64::MAX, max_id: i64::MIN };

    pub fn add(&mut self, time: i64, id: i64) {
        self.min_time = self.min_time.min(time);
        self.max_time = self.max_time.max(time);
        self.min_id = self.min_id.min(id);
        self.max_id = self.max_id.max(id);
    }

    /// Whether some time of `from <= t < to` lies in it.
    pub fn meets(&self, from: Option<i64>, to: Option<i64>) -> bool {
        from.is_none_or(|f| self.max_time >= f) && to.is_none_or(|t| self.min_time < t)
    }
}

/// Immutable rows of one tenant and data set.
#[derive(Debug)]
pub struct Chunk {
    pub batch: RecordBatch,
    pub columns: Columns,
    pub span: Span,
}

/// All unflushed events of one tenant and data set.
#[derive(Default)]
pub struct Group {
    closed: Vec<Arc<Chunk>>,
    open: Option<Open>,
}

struct Open {
    table: Table,
    rower: Rower,
    span: Span,
    /// The table as a chunk, until the next event comes.
    seen: Mutex<Option<Arc<Chunk>>>,
}

impl Group {
    /// Answers how much memory it takes, roughly.
    pub fn push(&mut self, e: &Event) -> Result<usize, LakeError> {
        let open = self.open.get_or_insert_with(|| {
            let mut table = Table::default();
            let rower = Rower::new(&mut table);
            Open { table, rower, span: Span::EMPTY, seen: Mutex::new(None) }
        });
        let size = |t: &Table| t.bytes() + t.columns() * COLUMN_BYTES;
        let before = size(&open.table);
        open.rower.push(&mut open.table, e);
        let grown = size(&open.table).saturating_sub(before);
        open.span.add(e.time.0, e.id);
        *open.seen.get_mut() = None;
        if open.table.rows() >= CHUNK_ROWS
            || open.table.bytes() >= CHUNK_BYTES
            || open.table.columns() >= CHUNK_COLUMNS
        {
            self.close()?;
        }
        Ok(grown)
    }

    /// Ends the growing table.
    pub fn close(&mut self) -> Result<(), LakeError> {
        if let Some(open) = self.open.take() {
            self.closed.push(open.chunk()?);
        }
        Ok(())
    }

    /// Everything as it is now.
    pub fn chunks(&self) -> Result<Vec<Arc<Chunk>>, LakeError> {
        let mut out = self.closed.clone();
        if let Some(open) = &self.open {
            out.push(open.chunk()?);
        }
        Ok(out)
    }
}

impl Open {
    fn chunk(&self) -> Result<Arc<Chunk>, LakeError> {
        let mut seen = self.seen.lock();
        if let Some(chunk) = &*seen {
            return Ok(chunk.clone());
        }
        let batch = self.table.batch()?;
        let columns = Columns::new(&batch.schema());
        let chunk = Arc::new(Chunk { batch, columns, span: self.span });
        *seen = Some(chunk.clone());
        Ok(chunk)
    }
}
