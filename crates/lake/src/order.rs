//! The order of rows in a part: equal event classes lie together, oldest first within a class.
//!
//! A class is the event's type, its code and its shape. Every part is sorted alike, so that merging is a walk along them.
use crate::columns::Columns;
use crate::error::LakeError;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use columnar::{Form, Strings};
use model::fieldmap;
use xxhash_rust::xxh3::xxh3_64;

/// By class, time, id.
pub type Key = (u128, i64, i64);

/// Times, ids and days' input of a batch.
pub struct Keys {
    pub time: ArrayRef,
    pub id: ArrayRef,
    pub received: ArrayRef,
    class: Vec<u128>,
}

fn missing(name: &str) -> LakeError {
    LakeError::Damaged {
        id: String::new(),
        reason: format!("the column {name} is missing or of another type"),
    }
}

pub fn column<'a>(
    batch: &'a RecordBatch,
    columns: &Columns,
    name: &str,
    form: Form,
) -> Result<&'a ArrayRef, LakeError> {
    let col = columns.of(name).iter().find(|c| c.form == form).ok_or_else(|| missing(name))?;
    Ok(batch.column(col.index))
}

/// The values of a time column.
pub fn times(array: &dyn Array) -> Result<&[i64], LakeError> {
    let array = array
        .as_primitive_opt::<TimestampMicrosecondType>()
        .ok_or_else(|| missing(fieldmap::TIME))?;
    Ok(array.values())
}

pub fn longs(array: &dyn Array) -> Result<&[i64], LakeError> {
    let array = array.as_primitive_opt::<Int64Type>().ok_or_else(|| missing(fieldmap::ID))?;
    Ok(array.values())
}

impl Keys {
    pub fn of(batch: &RecordBatch, columns: &Columns) -> Result<Self, LakeError> {
        let mut class = vec![0u128; batch.num_rows()];
        let texts = |name| column(batch, columns, name, Form::Text).ok();
        for (array, shift, keep) in [
            (texts(fieldmap::TYPE), 96, u64::from(u32::MAX)),
            (texts("event.code"), 64, u64::from(u32::MAX)),
            (columns.shape.map(|at| batch.column(at)), 0, u64::MAX),
        ] {
            let Some(strings) = array.and_then(|a| Strings::of(a.as_ref())) else { continue };
            let hash = |text: &str| u128::from(xxh3_64(text.as_bytes()) & keep) << shift;
            match strings {
                Strings::Dict { array, values } => {
                    let hashes: Vec<u128> = values.iter().map(|v| v.map_or(0, hash)).collect();
                    for (i, c) in class.iter_mut().enumerate() {
                        if array.is_valid(i) {
                            *c |= hashes.get(array.keys().value(i) as usize).copied().unwrap_or(0);
                        }
                    }
                }
                Strings::Plain(_) => {
                    for (i, c) in class.iter_mut().enumerate() {
                        *c |= strings.get(i).map_or(0, hash);
                    }
                }
            }
        }
        let take = |name, form| column(batch, columns, name, form).cloned();
        let keys = Self {
            time: take(fieldmap::TIME, Form::Time)?,
            id: take(fieldmap::ID, Form::Long)?,
            received: take(fieldmap::RECEIVED, Form::Time)?,
            class,
        };
        times(keys.time.as_ref())?;
        times(keys.received.as_ref())?;
        longs(keys.id.as_ref())?;
        Ok(keys)
    }

    /// Callers ask for rows that are there; `of` has checked the types.
    pub fn key(&self, row: usize) -> Key {
        let time = self.time.as_primitive::<TimestampMicrosecondType>().value(row);
        (self.class[row], time, self.id.as_primitive::<Int64Type>().value(row))
    }
}
