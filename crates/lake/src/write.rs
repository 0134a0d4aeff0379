//! Writing a part: sorted rows in, one Parquet file out.
//!
//! Footer metadata: `eventsec.groups` is a JSON array with, for each row group, its rows, its span of times and ids, and where its
//! bloom filter lies in the file (between the row groups; readers of Parquet do not look there).
//! `eventsec.runs` is there only in a part that was spliced.
use crate::bloom;
use crate::chunk::Span;
use crate::codec::{self, SHAPE};
use crate::config::Limits;
use crate::error::LakeError;
use crate::order::{longs, times};
use crate::storage::Draft;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use columnar::gather::{Pick, gather};
use columnar::{Form, Strings, name};
use hashbrown::{HashMap, HashTable};
use model::event::Scalar;
use model::fieldmap::{self, Kind};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{
    EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion,
};
use parquet::schema::types::ColumnPath;
use search::literal;
use search::terms::any_term;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

/// Footer key of the row groups' description.
pub const GROUPS: &str = "eventsec.groups";
/// Footer key of the format's version; a reader refuses what it does not know.
pub const VERSION: &str = "eventsec.version";
pub const VERSION_NOW: &str = "1";
/// Footer key, only where there are several: JSON array of the row groups at which rows begin to be in order anew.
pub const RUNS: &str = "eventsec.runs";

/// One row group as the footer describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInfo {
    pub rows: usize,
    pub min_time: i64,
    pub max_time: i64,
    pub min_id: i64,
    pub max_id: i64,
    /// Offset and length; a length of 0 means none.
    pub bloom: (u64, usize),
}

impl GroupInfo {
    pub fn span(&self) -> Span {
        Span {
            min_time: self.min_time,
            max_time: self.max_time,
            min_id: self.min_id,
            max_id: self.max_id,
        }
    }
}

/// The columns of a file to be: names of all inputs, texts with a dictionary where it pays.
#[derive(Default)]
pub struct Plan {
    order: Vec<String>,
    columns: HashMap<String, Seen>,
}

struct Seen {
    form: DataType,
    rows: usize,
    distinct: usize,
    /// Before compression, roughly.
    bytes: usize,
}

impl Plan {
    /// Takes note of some rows' columns.
    pub fn see(&mut self, batch: &RecordBatch) {
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            let present = array.len() - array.null_count();
            let (distinct, bytes) = match Strings::of(array.as_ref()) {
                Some(s) => (s.work().min(present), weight(&s, present)),
                None => (0, present * 8),
            };
            self.note(field.name(), field.data_type(), present, distinct, bytes);
        }
    }

    pub fn note(
        &mut self,
        name: &str,
        form: &DataType,
        rows: usize,
        distinct: usize,
        bytes: usize,
    ) {
        let order = &mut self.order;
        let seen = self.columns.entry_ref(name).or_insert_with(|| {
            order.push(name.into());
            Seen { form: form.clone(), rows: 0, distinct: 0, bytes: 0 }
        });
        seen.rows += rows;
        seen.distinct += distinct;
        seen.bytes += bytes;
    }

    /// How a column is packed. Zstd's contexts are made anew for each column, which is most of what packing a small one costs.
    fn compression(&self, name: &str, stay: Stay) -> Result<Compression, LakeError> {
        let bytes = self.columns.get(name).map_or(0, |seen| seen.bytes);
        Ok(match stay {
            _ if bytes < SMALL => Compression::UNCOMPRESSED,
            Stay::Long if bytes >= LARGE => Compression::ZSTD(ZstdLevel::try_new(LEVEL)?),
            _ => Compression::LZ4_RAW,
        })
    }

    pub fn schema(&self) -> Schema {
        let column = |name: &String| {
            let seen = &self.columns[name];
            let form = match &seen.form {
                // a dictionary with nearly as many values as rows is only overhead
                DataType::Utf8 | DataType::Dictionary(..)
                    if seen.distinct * 10 > seen.rows * 6 && seen.rows > 64 =>
                {
                    DataType::Utf8
                }
                _ if name == fieldmap::RAW => DataType::Utf8,
                DataType::Utf8 => name::dictionary(),
                other => other.clone(),
            };
            Field::new(name, form, true)
        };
        Schema::new(self.order.iter().map(column).collect::<Vec<_>>())
    }
}

/// Bytes of a text column before compression: each value once, and codes that come in runs.
fn weight(strings: &Strings<'_>, rows: usize) -> usize {
    match strings {
        Strings::Dict { values, .. } => {
            let bits = usize::BITS - values.len().leading_zeros();
            values.value_data().len() + rows * bits as usize / 16
        }
        Strings::Plain(a) => a.value_data().len(),
    }
}

/// What a finished file is.
pub struct Written {
    pub bytes: u64,
    pub checksum: String,
    pub rows: usize,
    pub span: Span,
}

pub struct PartWriter {
    writer: ArrowWriter<Draft>,
    schema: SchemaRef,
    groups: Vec<GroupInfo>,
    /// Rows of a row group at most.
    most: usize,
    /// Bytes of its records at most, roughly.
    most_bytes: usize,
    open: Group,
}

/// A row group as it grows.
struct Group {
    rows: usize,
    /// Of the records.
    bytes: usize,
    span: Span,
    /// What its bloom filter is made of.
    terms: HashTable<u64>,
}

impl Default for Group {
    fn default() -> Self {
        Self { rows: 0, bytes: 0, span: Span::EMPTY, terms: HashTable::new() }
    }
}

/// How long a part is likely to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// It is small and is merged soon: it is packed in little time.
    Short,
    /// It is full or was merged: it is packed into little room.
    Long,
}

/// zstd 1: on pages of records, 3 is slower and no smaller; 6 is a tenth smaller and three times as slow.
const LEVEL: i32 = 1;
/// Columns with fewer bytes are left as they are: most columns of most parts are small, and packing one costs more than it saves.
const SMALL: usize = 4 << 10;
/// Columns with as many bytes are worth zstd in a part that stays.
const LARGE: usize = 64 << 10;
/// Rows put together at a time: what a writer holds in memory besides what is packed already.
const SLICE: usize = 2048;
/// Of the bytes of a row group, how many are put together at a time, unless one record alone has more.
const SLICE_SHARE: usize = 8;
/// Terms of a row group at which it ends.
const GROUP_TERMS: usize = 8 << 20;
/// Bytes of a page before compression: what reading one row of a long text costs to unpack.
const PAGE: usize = 256 << 10;

/// What all files have in common.
pub fn bare() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("eventsec lake".into())
}

fn properties(
    plan: &Plan,
    schema: &Schema,
    stay: Stay,
    limits: &Limits,
) -> Result<WriterProperties, LakeError> {
    let mut p = bare()
        .set_statistics_truncate_length(Some(16))
        .set_max_row_group_row_count(Some(limits.group_rows.max(1)))
        .set_data_page_size_limit(PAGE)
        .set_data_page_row_count_limit(limits.group_rows.max(1))
        // a column that was given a dictionary keeps it
        .set_dictionary_page_size_limit(1 << 30);
    for field in schema.fields() {
        let path = || ColumnPath::from(vec![field.name().clone()]);
        p = p.set_column_compression(path(), plan.compression(field.name(), stay)?);
        p = match field.data_type() {
            DataType::Utf8 => p
                .set_column_dictionary_enabled(path(), false)
                .set_column_encoding(path(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
                .set_column_statistics_enabled(path(), EnabledStatistics::Chunk),
            DataType::Timestamp(..) => p
                .set_column_dictionary_enabled(path(), false)
                .set_column_encoding(path(), Encoding::DELTA_BINARY_PACKED),
            DataType::Int64 if field.name() == fieldmap::ID => p
                .set_column_dictionary_enabled(path(), false)
                .set_column_encoding(path(), Encoding::DELTA_BINARY_PACKED),
            _ => p,
        };
    }
    Ok(p.build())
}

impl PartWriter {
    pub fn create(
        path: &Path,
        plan: &Plan,
        stay: Stay,
        limits: &Limits,
    ) -> Result<Self, LakeError> {
        let schema = Arc::new(plan.schema());
        let properties = properties(plan, &schema, stay, limits)?;
        let writer = ArrowWriter::try_new(Draft::create(path)?, schema.clone(), Some(properties))?;
        let most = limits.group_rows.max(1);
        let (groups, open, most_bytes) = (Vec::new(), Group::default(), limits.group_bytes);
        Ok(Self { writer, schema, groups, most, most_bytes, open })
    }

    /// How many rows `write` should get at a time.
    pub fn wants(&self) -> usize {
        SLICE.min(self.most - self.open.rows)
    }

    /// Writes the picked rows, at most as many as it wants.
    pub fn write(&mut self, sources: &[RecordBatch], picks: &[Pick]) -> Result<(), LakeError> {
        if picks.is_empty() {
            return Ok(());
        }
        let bytes = record_bytes(sources, picks);
        if bytes > self.most_bytes / SLICE_SHARE && picks.len() > 1 {
            let (first, second) = picks.split_at(picks.len() / 2);
            self.write(sources, first)?;
            return self.write(sources, second);
        }
        let places: Vec<HashMap<&str, usize>> = sources.iter().map(places).collect();
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for field in self.schema.fields() {
            let column = |(b, places): (&RecordBatch, &HashMap<&str, usize>)| {
                places.get(field.name().as_str()).map(|at| b.column(*at).clone())
            };
            let columns: Vec<Option<ArrayRef>> = sources.iter().zip(&places).map(column).collect();
            arrays.push(gather(field.name(), &columns, picks, field.data_type())?);
        }
        let batch = RecordBatch::try_new(self.schema.clone(), arrays)?;
        measure_span(&batch, &mut self.open.span)?;
        collect_terms(&batch, &mut self.open.terms);
        self.writer.write(&batch)?;
        self.open.rows += picks.len();
        self.open.bytes += bytes;
        if self.open.rows >= self.most
            || self.open.bytes >= self.most_bytes
            || self.open.terms.len() >= GROUP_TERMS
        {
            self.end_group()?;
        }
        Ok(())
    }

    fn end_group(&mut self) -> Result<(), LakeError> {
        let Group { rows, span, terms, .. } = std::mem::take(&mut self.open);
        if rows == 0 {
            return Ok(());
        }
        self.writer.flush()?;
        let filter = bloom::build(&terms.into_iter().collect::<Vec<_>>());
        let at = self.writer.bytes_written() as u64;
        self.writer.write_all(&filter).map_err(ParquetError::from)?;
        self.groups.push(GroupInfo {
            rows,
            min_time: span.min_time,
            max_time: span.max_time,
            min_id: span.min_id,
            max_id: span.max_id,
            bloom: (at, filter.len()),
        });
        Ok(())
    }

    /// Makes the file durable and gives it its name.
    pub fn finish(mut self) -> Result<Written, LakeError> {
        self.end_group()?;
        for pair in describe(&self.groups, &[0])? {
            self.writer.append_key_value_metadata(pair);
        }
        finished(self.writer.into_inner()?, &self.groups)
    }
}

/// What the footer says of the row groups, and where runs of them begin.
pub fn describe(groups: &[GroupInfo], runs: &[usize]) -> Result<Vec<KeyValue>, LakeError> {
    let failed = |e: serde_json::Error| ParquetError::General(e.to_string());
    let mut said = vec![
        KeyValue::new(GROUPS.into(), serde_json::to_string(groups).map_err(failed)?),
        KeyValue::new(VERSION.into(), VERSION_NOW.to_owned()),
    ];
    if runs.len() > 1 {
        said.push(KeyValue::new(RUNS.into(), serde_json::to_string(runs).map_err(failed)?));
    }
    Ok(said)
}

/// Makes a written file durable.
pub fn finished(draft: Draft, groups: &[GroupInfo]) -> Result<Written, LakeError> {
    let mut span = Span::EMPTY;
    for g in groups {
        span.add(g.min_time, g.min_id);
        span.add(g.max_time, g.max_id);
    }
    let rows = groups.iter().map(|g| g.rows).sum();
    let (bytes, checksum) = draft.publish()?;
    Ok(Written { bytes, checksum, rows, span })
}

/// Bytes of the records as sent.
fn record_bytes(sources: &[RecordBatch], picks: &[Pick]) -> usize {
    let raw: Vec<Option<&StringArray>> = sources
        .iter()
        .map(|b| b.column_by_name(fieldmap::RAW)?.as_any().downcast_ref::<StringArray>())
        .collect();
    let length = |(s, r): &Pick| raw[*s as usize].map_or(0, |a| a.value_length(*r as usize));
    picks.iter().map(|pick| usize::try_from(length(pick)).unwrap_or(0)).sum()
}

/// Where each column is.
fn places(batch: &RecordBatch) -> HashMap<&str, usize> {
    batch.schema_ref().fields().iter().map(|f| f.name().as_str()).zip(0..).collect()
}

fn measure_span(batch: &RecordBatch, span: &mut Span) -> Result<(), LakeError> {
    let missing = || LakeError::Damaged { id: String::new(), reason: "no time or id".into() };
    let time = batch.column_by_name(fieldmap::TIME).ok_or_else(missing)?;
    let id = batch.column_by_name(fieldmap::ID).ok_or_else(missing)?;
    for (t, i) in times(time.as_ref())?.iter().zip(longs(id.as_ref())?) {
        span.add(*t, *i);
    }
    Ok(())
}

/// Every term of every text, tagged with its field.
fn collect_terms(batch: &RecordBatch, seen: &mut HashTable<u64>) {
    let mut add = |h: u64| {
        seen.entry(h, |s| *s == h, |s| *s).or_insert(h);
    };
    let mut buffer = String::new();
    for (column, array) in batch.schema().fields().iter().zip(batch.columns()) {
        if column.name() == SHAPE || column.name() == fieldmap::RAW {
            continue;
        }
        let Some(strings) = Strings::of(array.as_ref()) else { continue };
        let (field, form) = name::field(column.name());
        let (tag, is_ip) = (bloom::tag(&field), fieldmap::kind(&field) == Kind::Ip);
        let mut text = |text: &str| {
            if is_ip && let Some(ip) = literal::ip(text) {
                add(bloom::hash(tag, &ip.to_string()));
            }
            any_term(text, &mut buffer, |term| {
                add(bloom::hash(tag, term));
                false
            });
        };
        let mut value = |v: &str| match form {
            Some(Form::List) => each_text(&codec::list_items(v), &mut text),
            _ => text(v),
        };
        match strings {
            Strings::Dict { values, .. } => values.iter().flatten().for_each(&mut value),
            Strings::Plain(a) => a.iter().flatten().for_each(&mut value),
        }
    }
}

fn each_text(items: &[Scalar], f: &mut impl FnMut(&str)) {
    for item in items {
        match item {
            Scalar::List(l) => each_text(l, f),
            other => f(&other.text()),
        }
    }
}
