//! Arrow batches of chosen columns, unit by unit.
//!
//! A column has the type of its field: keywords, texts, addresses and dates are dictionary strings, numbers are numbers. Values of
//! another type are given as text in text columns; in number columns they are null (ask for `field#text` to have them). Lists are
//! JSON arrays in text columns. `field#long`, `#double`, `#bool`, `#text` and `#list` name the columns of one type alone.
use super::work::Ready;
use crate::budget::{Budget, Guard};
use crate::error::LakeError;
use crate::eval::Mask;
use crate::ingest::own_form;
use crate::lake::{Lake, blocking};
use crate::part::Part;
use crate::rows::scalar;
use crate::unit::Unit;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, RecordBatch, RecordBatchOptions, new_null_array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use columnar::{Form, name};
use futures::stream::{self, BoxStream, StreamExt};
use model::event::Scalar;
use parking_lot::Mutex;
use search::engine::{SearchError, Select};
use std::sync::Arc;

/// One column asked for.
#[derive(Clone)]
struct Wanted {
    field: String,
    /// Only values of this form.
    only: Option<Form>,
    form: Form,
}

struct State {
    lake: Arc<Lake>,
    ready: Arc<Ready>,
    budget: Arc<Budget>,
    _guard: Guard,
    units: Vec<Unit>,
    parts: Vec<Arc<Part>>,
    wanted: Arc<Vec<Wanted>>,
    schema: SchemaRef,
    bad: Arc<Mutex<Vec<Arc<Part>>>>,
}

type Item = Result<RecordBatch, SearchError>;

impl Lake {
    pub(crate) fn do_scan(
        self: &Arc<Self>,
        select: &Select,
        columns: &[String],
    ) -> BoxStream<'static, Item> {
        let snapshot = match self.snapshot(select) {
            Ok(s) => s,
            Err(e) => return stream::once(async move { Err(e.into()) }).boxed(),
        };
        let wanted: Vec<Wanted> = columns
            .iter()
            .map(|c| {
                let (field, only) = name::field(c);
                Wanted {
                    form: only.unwrap_or_else(|| own_form(&field)),
                    field: field.into_owned(),
                    only,
                }
            })
            .collect();
        let fields: Vec<Field> = columns
            .iter()
            .zip(&wanted)
            .map(|(c, w)| Field::new(c, data_type(w.form), true))
            .collect();
        let (budget, guard) = Budget::new(&self.limits);
        let state = State {
            lake: self.clone(),
            ready: Arc::new(Ready::new(select)),
            budget,
            _guard: guard,
            units: snapshot.chunks.into_iter().map(Unit::Memory).collect(),
            parts: snapshot.parts,
            wanted: Arc::new(wanted),
            schema: Arc::new(Schema::new(fields)),
            bad: Arc::default(),
        };
        stream::unfold(Some(state), |state| async move {
            let mut state = state?;
            match state.next().await {
                Ok(Some(batch)) => Some((Ok(batch), Some(state))),
                Ok(None) => None,
                Err(e) => Some((Err(e.into()), None)),
            }
        })
        .boxed()
    }
}

impl State {
    async fn next(&mut self) -> Result<Option<RecordBatch>, LakeError> {
        loop {
            let Some(unit) = self.units.pop() else {
                let Some(part) = self.parts.pop() else {
                    self.lake.note_bad(&self.bad).await;
                    return Ok(None);
                };
                let (lake, bad) = (self.lake.clone(), self.bad.clone());
                self.units = blocking(move || Ok(lake.units_of(&part, &bad))).await?;
                continue;
            };
            let (lake, ready, budget) =
                (self.lake.clone(), self.ready.clone(), self.budget.clone());
            let (wanted, schema, bad) =
                (self.wanted.clone(), self.schema.clone(), self.bad.clone());
            let batch = blocking(move || {
                lake.guarded(&unit, &bad, |u| {
                    let found = ready.eval(u, Mask::All, &budget)?;
                    if found == Mask::None {
                        Ok(None)
                    } else {
                        project(u, &found, &wanted, schema).map(Some)
                    }
                })
            })
            .await?;
            if let Some(batch) = batch.flatten() {
                return Ok(Some(batch));
            }
        }
    }
}

/// Text is always handed out with a dictionary.
fn data_type(form: Form) -> DataType {
    match form {
        Form::LongText => name::dictionary(),
        other => other.data_type(),
    }
}

fn project(
    unit: &Unit,
    found: &Mask,
    wanted: &[Wanted],
    schema: SchemaRef,
) -> Result<RecordBatch, LakeError> {
    let rows: Vec<usize> = found.rows(unit.rows()).collect();
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(wanted.len());
    for w in wanted {
        arrays.push(one(unit, &rows, w)?);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(schema, arrays, &options)?)
}

fn one(unit: &Unit, rows: &[usize], wanted: &Wanted) -> Result<ArrayRef, LakeError> {
    let target = data_type(wanted.form);
    let is_text = matches!(wanted.form, Form::Text | Form::LongText);
    let same =
        |form: Form| form == wanted.form || is_text && matches!(form, Form::Text | Form::LongText);
    let columns: Vec<_> = unit
        .columns()
        .of(&wanted.field)
        .iter()
        .filter(|c| unit.has_values(c) && (same(c.form) || is_text && wanted.only.is_none()))
        .collect();
    match columns.as_slice() {
        [] => Ok(new_null_array(&target, rows.len())),
        [only] if same(only.form) || only.form == Form::List => {
            let picks: Vec<(u32, u32)> = rows.iter().map(|r| (0, *r as u32)).collect();
            Ok(columnar::gather::gather(
                &wanted.field,
                &[Some(unit.array(only)?)],
                &picks,
                &target,
            )?)
        }
        // values of several types in a text column: each as its text
        many => {
            let mut texts: Vec<Option<String>> = vec![None; rows.len()];
            for col in many {
                let array = unit.array(col)?;
                for (slot, row) in texts.iter_mut().zip(rows) {
                    if let Some(value) = scalar(array.as_ref(), col.form, *row) {
                        *slot = Some(match &value {
                            Scalar::List(l) => {
                                let mut json = String::new();
                                crate::codec::list_text(l, &mut json);
                                json
                            }
                            other => other.text().into_owned(),
                        });
                    }
                }
            }
            Ok(Arc::new(texts.iter().map(Option::as_deref).collect::<DictionaryArray<Int32Type>>()))
        }
    }
}
