//! Arrow batches of chosen columns, each event once.
//!
//! Columns and their types are the lake's: see there how `field#long` and the like are meant.
use super::{Copies, Place, cut::Cut, of};
use crate::engine::Cluster;
use crate::error::ClusterError;
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, RecordBatch,
    RecordBatchOptions, TimestampMicrosecondArray,
};
use arrow_schema::{Field, Schema, SchemaRef};
use columnar::{Form, name};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use model::event::{Event, Scalar};
use model::fieldmap::{self, Kind};
use search::engine::{SearchError, Select};
use search::naive;
use serde_json::Value;
use std::sync::Arc;

struct Wanted {
    field: String,
    only: Option<Form>,
    form: Form,
}

fn own_form(name: &str) -> Form {
    match name {
        fieldmap::TIME | fieldmap::RECEIVED => Form::Time,
        _ => match fieldmap::kind(name) {
            Kind::Keyword | Kind::Text | Kind::Ip | Kind::Date => Form::Text,
            Kind::Long => Form::Long,
            Kind::Double => Form::Double,
            Kind::Bool => Form::Bool,
        },
    }
}

impl Cluster {
    pub(crate) fn do_scan<'a>(
        &'a self,
        select: &'a Select,
        columns: &'a [String],
    ) -> BoxStream<'a, Result<RecordBatch, SearchError>> {
        let wanted: Vec<Wanted> = columns
            .iter()
            .map(|c| {
                let (field, only) = name::field(c);
                let form = only.unwrap_or_else(|| own_form(&field));
                Wanted { field: field.into_owned(), only, form }
            })
            .collect();
        let fields = columns.iter().zip(&wanted).map(|(c, w)| {
            let form = if w.form == Form::LongText { Form::Text } else { w.form };
            Field::new(c, form.data_type(), true)
        });
        let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let bracket = of(select);
        let cut = Arc::new(Cut::of(select, wanted.iter().map(|w| w.field.as_str())));
        let start = (None::<Place>, false, Copies::some());
        stream::try_unfold(start, move |(after, done, copy)| {
            let (schema, bracket, cut) = (schema.clone(), bracket.clone(), cut.clone());
            let rows = wanted.iter().map(|w| (w.field.clone(), w.only, w.form)).collect::<Vec<_>>();
            async move {
                let (mut after, mut done) = (after, done);
                while !done {
                    let (query, size) = (&bracket.possible, cut.stride);
                    let mut found =
                        self.hits(query, true, after, size, &copy, Some(&cut.source)).await?;
                    done = found.len() < size;
                    if let Some(last) = found.last() {
                        after = Some((last.time.0, last.id));
                    }
                    if !bracket.is_closed() {
                        found.retain(|e| naive::selects(select, e));
                    }
                    if !found.is_empty() {
                        return Ok(Some((batch(&found, &rows, schema)?, (after, done, copy))));
                    }
                }
                Ok(None)
            }
        })
        .map(|batch: Result<RecordBatch, ClusterError>| batch.map_err(Into::into))
        .boxed()
    }
}

/// One value of an event, a list whole.
fn value(e: &Event, field: &str) -> Option<Scalar> {
    if fieldmap::is_core(field) {
        return naive::elements(e, field).into_iter().next();
    }
    e.get(field).cloned()
}

fn shown(v: &Scalar) -> String {
    match v {
        Scalar::List(_) => Value::from(v).to_string(),
        other => other.text().into_owned(),
    }
}

fn batch(
    events: &[Event],
    wanted: &[(String, Option<Form>, Form)],
    schema: SchemaRef,
) -> Result<RecordBatch, ClusterError> {
    let arrays = wanted.iter().map(|(field, only, form)| {
        let values = || events.iter().map(|e| value(e, field));
        let array: ArrayRef = match form {
            Form::Long => Arc::new(values().map(|v| v?.as_i64()).collect::<Int64Array>()),
            Form::Time => Arc::new(
                values()
                    .map(|v| v?.as_i64())
                    .collect::<TimestampMicrosecondArray>()
                    .with_timezone("UTC"),
            ),
            Form::Double => Arc::new(
                values()
                    .map(|v| if let Some(Scalar::Float(f)) = v { Some(f) } else { None })
                    .collect::<Float64Array>(),
            ),
            Form::Bool => Arc::new(
                values()
                    .map(|v| if let Some(Scalar::Bool(b)) = v { Some(b) } else { None })
                    .collect::<BooleanArray>(),
            ),
            Form::Text | Form::LongText | Form::List => {
                let texts: Vec<Option<String>> = values()
                    .map(|v| {
                        v.filter(|v| match (only, v) {
                            (None, _) => true,
                            (Some(Form::List), v) => matches!(v, Scalar::List(_)),
                            (Some(_), v) => matches!(v, Scalar::Str(_)),
                        })
                        .map(|v| shown(&v))
                    })
                    .collect();
                Arc::new(texts.iter().map(Option::as_deref).collect::<DictionaryArray<Int32Type>>())
            }
        };
        array
    });
    let options = RecordBatchOptions::new().with_row_count(Some(events.len()));
    RecordBatch::try_new_with_options(schema, arrays.collect(), &options)
        .map_err(|e| ClusterError::Garbled(e.to_string()))
}
