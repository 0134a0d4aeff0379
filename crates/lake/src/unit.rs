//! What a query works on piece by piece: a chunk in memory or a row group of a part, behind one face.
use crate::chunk::{Chunk, Span};
use crate::columns::{Col, Columns};
use crate::error::LakeError;
use crate::part::{Footer, Part};
use arrow_array::{Array, ArrayRef, RecordBatch, UInt32Array};
use bytes::Bytes;
use std::sync::Arc;

#[derive(Clone)]
pub enum Unit {
    Memory(Arc<Chunk>),
    Group { part: Arc<Part>, footer: Arc<Footer>, group: usize },
}

impl Unit {
    pub fn rows(&self) -> usize {
        match self {
            Self::Memory(c) => c.batch.num_rows(),
            Self::Group { footer, group, .. } => footer.groups.get(*group).map_or(0, |g| g.rows),
        }
    }

    pub fn span(&self) -> Span {
        match self {
            Self::Memory(c) => c.span,
            Self::Group { footer, group, .. } => {
                footer.groups.get(*group).map_or(Span::EMPTY, |g| g.span())
            }
        }
    }

    pub fn columns(&self) -> &Columns {
        match self {
            Self::Memory(c) => &c.columns,
            Self::Group { footer, .. } => &footer.columns,
        }
    }

    /// Whether the column has a value here; may say yes when it has none.
    pub fn has_values(&self, col: &Col) -> bool {
        match self {
            Self::Memory(c) => c.batch.column(col.index).null_count() < c.batch.num_rows(),
            Self::Group { footer, group, .. } => !footer.is_all_null(*group, col.index),
        }
    }

    pub fn long_range(&self, col: &Col) -> Option<(i64, i64)> {
        match self {
            Self::Memory(_) => None,
            Self::Group { footer, group, .. } => footer.long_range(*group, col.index),
        }
    }

    /// Empty where there is none.
    pub fn filter(&self) -> Result<Bytes, LakeError> {
        match self {
            Self::Memory(_) => Ok(Bytes::new()),
            Self::Group { part, footer, group } => part.filter(footer, *group),
        }
    }

    pub fn array(&self, col: &Col) -> Result<ArrayRef, LakeError> {
        let mut one = self.arrays(&[col.index])?;
        one.pop().ok_or_else(|| LakeError::Damaged {
            id: String::new(),
            reason: "a column is missing".into(),
        })
    }

    pub fn arrays(&self, columns: &[usize]) -> Result<Vec<ArrayRef>, LakeError> {
        match self {
            Self::Memory(c) => Ok(columns.iter().map(|i| c.batch.column(*i).clone()).collect()),
            Self::Group { part, footer, group } => part.arrays(footer, *group, columns),
        }
    }

    /// Some rows (ascending) with all their columns.
    pub fn take(&self, rows: &[usize]) -> Result<RecordBatch, LakeError> {
        match self {
            Self::Memory(c) => {
                let rows = UInt32Array::from_iter_values(rows.iter().map(|r| *r as u32));
                Ok(arrow_select::take::take_record_batch(&c.batch, &rows)?)
            }
            Self::Group { part, footer, group } => part.rows(footer, *group, rows),
        }
    }

    pub fn part(&self) -> Option<&Arc<Part>> {
        match self {
            Self::Memory(_) => None,
            Self::Group { part, .. } => Some(part),
        }
    }
}
