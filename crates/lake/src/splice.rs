//! Full parts are joined by copying their row groups as they are.
//!
//! A row group with many rows reads as well in one file as in another, so parts of full groups need no unpacking to become one: what
//! it costs is a copy of the file. The rows of such a part are in order within each run of groups, not over the whole.
use crate::config::Limits;
use crate::error::LakeError;
use crate::part::{Footer, Part};
use crate::storage::Draft;
use crate::write::{GroupInfo, Plan, Written, bare, describe, finished};
use arrow_schema::Schema;
use hashbrown::HashMap;
use parquet::arrow::{ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter};
use parquet::errors::ParquetError;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};
use std::path::Path;
use std::sync::Arc;

/// A row group that is worth no rewriting has at least this share of the rows that one may have.
const FULL: usize = 2;

/// Whether a part with so many rows is written once, to stay as it is.
pub fn will_be_full(rows: usize, limits: &Limits) -> bool {
    rows * FULL >= limits.group_rows
}

/// Parts that are joined, with their columns' places in the result.
pub struct Splice<'a> {
    inputs: Vec<(&'a Part, Arc<Footer>)>,
    schema: Schema,
    columns: SchemaDescriptor,
    /// For each input, where each column of the result is in it.
    places: Vec<Vec<Option<usize>>>,
}

impl<'a> Splice<'a> {
    /// `None` where the parts must be rewritten: a group is small, or a column differs.
    pub fn of(
        inputs: Vec<(&'a Part, Arc<Footer>)>,
        plan: &Plan,
        limits: &Limits,
    ) -> Result<Option<Self>, LakeError> {
        let full = |f: &Footer| f.rows() * FULL >= f.groups.len() * limits.group_rows;
        if !inputs.iter().all(|(_, footer)| full(footer)) {
            return Ok(None);
        }
        let schema = plan.schema();
        let columns = ArrowSchemaConverter::new().convert(&schema)?;
        let mut places = Vec::with_capacity(inputs.len());
        for (_, footer) in &inputs {
            let own = footer.file().1.file_metadata().schema_descr();
            let by_name: HashMap<&str, usize> =
                own.columns().iter().map(|c| c.name()).zip(0..).collect();
            let place = |wanted: &Arc<ColumnDescriptor>| by_name.get(wanted.name()).copied();
            let found: Vec<_> = columns.columns().iter().map(place).collect();
            let alike = |(to, from): (&Arc<ColumnDescriptor>, &Option<usize>)| {
                from.is_none_or(|from| own.column(from) == *to)
            };
            if !columns.columns().iter().zip(&found).all(alike) {
                return Ok(None);
            }
            places.push(found);
        }
        Ok(Some(Self { inputs, schema, columns, places }))
    }

    /// Writes the file.
    pub fn write(&self, path: &Path) -> Result<Written, LakeError> {
        let mut properties = bare().build();
        add_encoded_arrow_schema_to_metadata(&self.schema, &mut properties);
        let root = self.columns.root_schema_ptr();
        let mut writer =
            SerializedFileWriter::new(Draft::create(path)?, root, Arc::new(properties))?;
        let (mut groups, mut runs) = (Vec::new(), Vec::new());
        for ((part, footer), places) in self.inputs.iter().zip(&self.places) {
            runs.extend(footer.runs.iter().map(|run| groups.len() + run.start));
            for (group, info) in footer.groups.iter().enumerate() {
                copy(&mut writer, footer, group, places)?;
                let filter = part.filter(footer, group)?;
                let at = writer.bytes_written() as u64;
                writer.write_all(&filter).map_err(ParquetError::from)?;
                groups.push(GroupInfo { bloom: (at, filter.len()), ..info.clone() });
            }
        }
        for pair in describe(&groups, &runs)? {
            writer.append_key_value_metadata(pair);
        }
        finished(writer.into_inner()?, &groups)
    }
}

fn copy(
    writer: &mut SerializedFileWriter<Draft>,
    footer: &Footer,
    group: usize,
    places: &[Option<usize>],
) -> Result<(), LakeError> {
    let (reader, metadata) = footer.file();
    let from = metadata.row_group(group);
    let rows = from.num_rows();
    let mut to = writer.next_row_group()?;
    for place in places {
        let Some(column) = *place else {
            let mut missing = to
                .next_column()?
                .ok_or_else(|| ParquetError::General("a column is one too many".into()))?;
            write_nulls(&mut missing, usize::try_from(rows).unwrap_or(0))?;
            missing.close()?;
            continue;
        };
        let chunk = from.column(column);
        let index = metadata.page_index();
        let close = ColumnCloseResult {
            bytes_written: u64::try_from(chunk.compressed_size()).unwrap_or(0),
            rows_written: u64::try_from(rows).unwrap_or(0),
            metadata: chunk.clone(),
            bloom_filter: None, // ours lie between the groups
            column_index: index.and_then(|i| i.column_index(group, column)).cloned(),
            offset_index: index.and_then(|i| i.offset_index(group, column)).cloned(),
        };
        to.append_column(reader, close)?;
    }
    to.close()?;
    Ok(())
}

fn write_nulls(column: &mut SerializedColumnWriter<'_>, rows: usize) -> Result<(), ParquetError> {
    let levels = vec![0_i16; rows];
    let levels = Some(&levels[..]);
    match column.untyped() {
        ColumnWriter::ByteArrayColumnWriter(w) => w.write_batch(&[], levels, None),
        ColumnWriter::Int64ColumnWriter(w) => w.write_batch(&[], levels, None),
        ColumnWriter::DoubleColumnWriter(w) => w.write_batch(&[], levels, None),
        ColumnWriter::BoolColumnWriter(w) => w.write_batch(&[], levels, None),
        _ => Err(ParquetError::General("a column of a type that no lake has".into())),
    }
    .map(|_| ())
}
