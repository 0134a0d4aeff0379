//! A part as readers see it: its footer, filters and columns, read when asked for and kept for a while.
//!
//! Readers hold parts by `Arc`. A part that was merged or dropped is `doomed`: its file goes when the last reader lets go.
use crate::cache::{Cache, Key, Value};
use crate::codec::shape_names;
use crate::columns::Columns;
use crate::error::LakeError;
use crate::manifest::PartMeta;
use crate::storage::Reader;
use crate::write::{GROUPS, GroupInfo, RUNS, VERSION, VERSION_NOW};
use arrow_array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::Schema;
use arrow_select::take::take;
use bytes::Bytes;
use columnar::Strings;
use hashbrown::HashSet;
use model::fieldmap;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use parquet::file::reader::ChunkReader;
use parquet::file::statistics::Statistics;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

pub struct Part {
    pub meta: PartMeta,
    path: PathBuf,
    number: u64,
    cache: Arc<Cache>,
    doomed: AtomicBool,
}

/// What the end of the file says, and the file.
pub struct Footer {
    reader: Reader,
    arrow: ArrowReaderMetadata,
    pub columns: Columns,
    pub groups: Vec<GroupInfo>,
    /// Row groups that are in order one after the other; together all of them. One run unless the part was spliced.
    pub runs: Vec<Range<usize>>,
}

impl Footer {
    /// Memory, roughly.
    pub fn bytes(&self) -> usize {
        self.arrow.metadata().memory_size() + self.columns.searched.len() * 160
    }

    pub fn rows(&self) -> usize {
        self.groups.iter().map(|g| g.rows).sum()
    }

    /// The file, and all that Parquet says of it.
    pub fn file(&self) -> (&Reader, &ParquetMetaData) {
        (&self.reader, self.arrow.metadata())
    }

    fn chunk(
        &self,
        group: usize,
        column: usize,
    ) -> Option<&parquet::file::metadata::ColumnChunkMetaData> {
        self.arrow.metadata().row_groups().get(group)?.columns().get(column)
    }

    /// Bytes of the column before compression, in all row groups.
    pub fn unpacked(&self, column: usize) -> usize {
        let groups = self.arrow.metadata().row_groups().iter();
        let sizes = groups.filter_map(|g| g.columns().get(column)).map(|c| c.uncompressed_size());
        usize::try_from(sizes.sum::<i64>()).unwrap_or(0)
    }

    /// Whether the row group has no value in the column. `false` when it does not say.
    pub fn is_all_null(&self, group: usize, column: usize) -> bool {
        let Some(chunk) = self.chunk(group, column) else { return true };
        chunk
            .statistics()
            .and_then(Statistics::null_count_opt)
            .is_some_and(|n| n == chunk.num_values() as u64)
    }

    /// Smallest and largest whole number of the column in the row group.
    pub fn long_range(&self, group: usize, column: usize) -> Option<(i64, i64)> {
        match self.chunk(group, column)?.statistics()? {
            Statistics::Int64(s) => Some((*s.min_opt()?, *s.max_opt()?)),
            _ => None,
        }
    }
}

/// Bytes of a column's row group, before compression, up to which it is read whole.
const READ_WHOLE: i64 = 512 << 10;
/// Rows from which on that is worth it.
const MANY: usize = 16;

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Part {
    pub fn new(root: &Path, meta: PartMeta, cache: Arc<Cache>) -> Self {
        let path = root.join(&meta.path);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self { meta, path, number, cache, doomed: AtomicBool::new(false) }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file is deleted once nobody reads it.
    pub fn doom(&self) {
        self.doomed.store(true, Ordering::Release);
    }

    /// A bug that tests plant: see `faults`.
    pub fn delete_now(&self) {
        self.cache.forget(self.number);
        let _ = std::fs::remove_file(&self.path);
    }

    fn damaged(&self, reason: impl std::fmt::Display) -> LakeError {
        LakeError::Damaged { id: self.meta.id.clone(), reason: reason.to_string() }
    }

    fn key(&self, group: usize, column: u32) -> Key {
        Key { part: self.number, group: group as u32, column }
    }

    pub fn footer(&self) -> Result<Arc<Footer>, LakeError> {
        let key = self.key(0, Key::FOOTER);
        if let Some(Value::Footer(f)) = self.cache.get(key) {
            return Ok(f);
        }
        // a decoder that panics on a damaged footer is one more way for it to be damaged, when the lake opens too
        let read = catch_unwind(AssertUnwindSafe(|| self.read_footer()));
        let footer = read.unwrap_or_else(|_| Err(self.damaged("the footer cannot be read")))?;
        let footer = Arc::new(footer);
        self.cache.put(key, Value::Footer(footer.clone()));
        Ok(footer)
    }

    /// How many columns it has; 0 when that cannot be read.
    pub fn columns(&self) -> usize {
        self.footer().map_or(0, |f| f.arrow.schema().fields().len())
    }

    fn read_footer(&self) -> Result<Footer, LakeError> {
        let reader = Reader::open(&self.path)?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let arrow = ArrowReaderMetadata::load(&reader, options).map_err(|e| self.damaged(e))?;
        let file = arrow.metadata().file_metadata();
        let value = |name: &str| {
            let all = file.key_value_metadata()?;
            all.iter().find(|kv| kv.key == name)?.value.as_deref()
        };
        if value(VERSION) != Some(VERSION_NOW) {
            return Err(self.damaged(format_args!("format {:?} is not known", value(VERSION))));
        }
        let groups: Vec<GroupInfo> = value(GROUPS)
            .and_then(|v| serde_json::from_str(v).ok())
            .ok_or_else(|| self.damaged("the footer lists no row groups"))?;
        let rows = |g: usize| arrow.metadata().row_groups().get(g).map(|m| m.num_rows());
        if groups.len() != arrow.metadata().num_row_groups()
            || groups.iter().enumerate().any(|(i, g)| rows(i) != i64::try_from(g.rows).ok())
        {
            return Err(self.damaged("the footer contradicts itself"));
        }
        let begins: Vec<usize> = match value(RUNS) {
            Some(text) => serde_json::from_str(text).map_err(|e| self.damaged(e))?,
            None => vec![0],
        };
        let runs = runs(&begins, groups.len())
            .ok_or_else(|| self.damaged("the footer's runs are not in order"))?;
        let columns = Columns::new(arrow.schema());
        Ok(Footer { reader, arrow, columns, groups, runs })
    }

    /// The row group's bloom filter.
    pub fn filter(&self, footer: &Footer, group: usize) -> Result<Bytes, LakeError> {
        let key = self.key(group, Key::FILTER);
        if let Some(Value::Filter(b)) = self.cache.get(key) {
            return Ok(b);
        }
        let (at, length) = footer.groups.get(group).map_or((0, 0), |g| g.bloom);
        let bytes = footer.reader.get_bytes(at, length).map_err(|e| self.damaged(e))?;
        self.cache.put(key, Value::Filter(bytes.clone()));
        Ok(bytes)
    }

    fn open(
        &self,
        footer: &Footer,
        group: usize,
        columns: &[usize],
        selection: Option<RowSelection>,
        batch: usize,
    ) -> Result<ParquetRecordBatchReader, LakeError> {
        let mask = ProjectionMask::leaves(footer.arrow.parquet_schema(), columns.iter().copied());
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            footer.reader.clone(),
            footer.arrow.clone(),
        )
        .with_row_groups(vec![group])
        .with_projection(mask)
        .with_batch_size(batch.max(1));
        let builder = match selection {
            Some(s) => builder.with_row_selection(s),
            None => builder,
        };
        builder.build().map_err(|e| self.damaged(e))
    }

    /// Whole columns of a row group, in the order asked.
    pub fn arrays(
        &self,
        footer: &Footer,
        group: usize,
        columns: &[usize],
    ) -> Result<Vec<ArrayRef>, LakeError> {
        let mut found: Vec<Option<ArrayRef>> = columns
            .iter()
            .map(|c| match self.cache.get(self.key(group, *c as u32)) {
                Some(Value::Column(a)) => Some(a),
                _ => None,
            })
            .collect();
        let mut missing: Vec<usize> =
            columns.iter().zip(&found).filter(|(_, f)| f.is_none()).map(|(c, _)| *c).collect();
        missing.sort_unstable();
        missing.dedup();
        if !missing.is_empty() {
            let rows = footer.groups.get(group).map_or(0, |g| g.rows);
            let mut reader = self.open(footer, group, &missing, None, rows)?;
            let batch = reader
                .next()
                .ok_or_else(|| self.damaged("a row group is empty"))?
                .map_err(|e| self.damaged(e))?;
            if batch.num_rows() != rows || batch.num_columns() != missing.len() {
                return Err(self.damaged("a row group is shorter than the footer says"));
            }
            for (column, array) in missing.iter().zip(batch.columns()) {
                self.cache.put(self.key(group, *column as u32), Value::Column(array.clone()));
                for (slot, asked) in found.iter_mut().zip(columns) {
                    if asked == column {
                        *slot = Some(array.clone());
                    }
                }
            }
        }
        found.into_iter().map(|a| a.ok_or_else(|| self.damaged("a column is missing"))).collect()
    }

    /// Some rows (ascending) with every column in which one of them has a value. Of large columns, pages without these rows are not
    /// unpacked. Small ones are read whole where many rows are wanted, and kept: the next page is asked of the same row group.
    pub fn rows(
        &self,
        footer: &Footer,
        group: usize,
        rows: &[usize],
    ) -> Result<RecordBatch, LakeError> {
        let indices = UInt32Array::from_iter_values(rows.iter().map(|r| *r as u32));
        let is_small = |c: usize| {
            footer.chunk(group, c).is_some_and(|m| m.uncompressed_size() <= READ_WHOLE)
                && (rows.len() >= MANY || self.cache.has(self.key(group, c as u32)))
        };
        let (small, large): (Vec<usize>, Vec<usize>) =
            self.valued(footer, group, rows)?.into_iter().partition(|c| is_small(*c));
        let (mut fields, mut columns) = (Vec::new(), Vec::new());
        for (c, array) in small.iter().zip(self.arrays(footer, group, &small)?) {
            fields.push(footer.arrow.schema().fields()[*c].clone());
            columns.push(take(array.as_ref(), &indices, None)?);
        }
        if !large.is_empty() {
            let total = footer.groups.get(group).map_or(0, |g| g.rows);
            let ranges = rows.iter().map(|r| *r..*r + 1);
            let selection = RowSelection::from_consecutive_ranges(ranges, total);
            let mut reader = self.open(footer, group, &large, Some(selection), rows.len())?;
            let batch = reader
                .next()
                .ok_or_else(|| self.damaged("rows are missing"))?
                .map_err(|e| self.damaged(e))?;
            fields.extend(batch.schema().fields().iter().cloned());
            columns.extend_from_slice(batch.columns());
        }
        if columns.iter().any(|c| c.len() != rows.len()) {
            return Err(self.damaged("rows are missing"));
        }
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }

    /// The columns in which one of the rows has a value, as the rows' shapes tell.
    fn valued(
        &self,
        footer: &Footer,
        group: usize,
        rows: &[usize],
    ) -> Result<Vec<usize>, LakeError> {
        let shape = footer.columns.shape.ok_or_else(|| self.damaged("no shapes"))?;
        let shapes = self.arrays(footer, group, &[shape])?;
        let shapes = shapes.first().and_then(|a| Strings::of(a.as_ref()));
        let shapes = shapes.ok_or_else(|| self.damaged("the shapes are no text"))?;
        let met: HashSet<&str> = rows.iter().filter_map(|r| shapes.get(*r)).collect();
        let names = met.into_iter().flat_map(shape_names);
        let names: HashSet<String> = names.chain(fieldmap::CORE.map(Into::into)).collect();
        let columns = names.iter().flat_map(|name| footer.columns.of(name)).map(|c| c.index);
        let mut columns: Vec<usize> =
            columns.filter(|c| !footer.is_all_null(group, *c)).chain([shape]).collect();
        columns.sort_unstable();
        Ok(columns)
    }

    /// Batches of a row group with every column: for merging.
    pub fn batches(
        &self,
        footer: &Footer,
        group: usize,
        batch: usize,
    ) -> Result<ParquetRecordBatchReader, LakeError> {
        let all: Vec<usize> = (0..footer.arrow.schema().fields().len()).collect();
        self.open(footer, group, &all, None, batch)
    }

    /// Names and types of the columns.
    pub fn schema(&self, footer: &Footer) -> arrow_schema::SchemaRef {
        footer.arrow.schema().clone()
    }

    /// Sorted ids of the part: for finding repeats after a crash.
    pub fn ids(&self) -> Result<Arc<Vec<i64>>, LakeError> {
        let key = self.key(0, Key::IDS);
        if let Some(Value::Ids(ids)) = self.cache.get(key) {
            return Ok(ids);
        }
        let footer = self.footer()?;
        let column = footer
            .columns
            .of(model::fieldmap::ID)
            .first()
            .map(|c| c.index)
            .ok_or_else(|| self.damaged("no ids"))?;
        let mut ids = Vec::new();
        for group in 0..footer.groups.len() {
            for array in self.arrays(&footer, group, &[column])? {
                ids.extend_from_slice(crate::order::longs(array.as_ref())?);
            }
        }
        ids.sort_unstable();
        let ids = Arc::new(ids);
        self.cache.put(key, Value::Ids(ids.clone()));
        Ok(ids)
    }
}

/// Runs by the row groups they begin with; `None` when these are not from the first group on, ascending.
fn runs(begins: &[usize], groups: usize) -> Option<Vec<Range<usize>>> {
    let ends = begins.iter().skip(1).copied().chain([groups]);
    let runs: Vec<_> = begins.iter().zip(ends).map(|(begin, end)| *begin..end).collect();
    let sound = begins.first() == Some(&0) && runs.iter().all(|r| r.start < r.end || groups == 0);
    sound.then_some(runs)
}

impl Drop for Part {
    fn drop(&mut self) {
        self.cache.forget(self.number);
        if !self.doomed.load(Ordering::Acquire) {
            return;
        }
        faults::at("merge.before_delete");
        if let Err(e) = std::fs::remove_file(&self.path) {
            // the sweep at the next open takes it
            tracing::warn!(path = %self.path.display(), error = %e, "a part that was merged or dropped was not deleted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_all_groups_or_are_damage() {
        assert_eq!(runs(&[0], 3).map(|r| (r.len(), r[0].clone())), Some((1, 0..3)));
        assert_eq!(runs(&[0, 1, 4], 5), Some(vec![0..1, 1..4, 4..5]));
        for bad in [&[][..], &[1], &[0, 0], &[0, 2, 1], &[0, 5], &[0, 9]] {
            assert_eq!(runs(bad, 5), None, "{bad:?}");
        }
        assert!(runs(&[0], 0).is_some());
    }
}
