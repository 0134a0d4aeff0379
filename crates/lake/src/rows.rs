//! Rows of a batch as events for people.
use crate::codec;
use crate::columns::{Col, Columns};
use crate::error::LakeError;
use crate::order::{longs, times};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use columnar::{Form, Strings};
use model::event::Scalar;
use model::explore::EventRow;
use model::{Micros, Severity, fieldmap};
use serde_json::Value;

/// The value of one column in one row.
pub fn scalar(array: &dyn Array, form: Form, row: usize) -> Option<Scalar> {
    if array.is_null(row) {
        return None;
    }
    Some(match form {
        Form::Text | Form::LongText => Scalar::from(Strings::of(array)?.get(row)?),
        Form::List => Scalar::List(codec::list_items(Strings::of(array)?.get(row)?)),
        Form::Long => Scalar::Int(array.as_primitive_opt::<Int64Type>()?.value(row)),
        Form::Time => Scalar::Int(*times(array).ok()?.get(row)?),
        Form::Double => Scalar::Float(array.as_primitive_opt::<Float64Type>()?.value(row)),
        Form::Bool => Scalar::Bool(array.as_boolean_opt()?.value(row)),
    })
}

/// All rows, in the batch's order.
pub fn event_rows(batch: &RecordBatch) -> Result<Vec<EventRow>, LakeError> {
    let columns = Columns::new(&batch.schema());
    let one = |name: &str| columns.of(name).first().map(|c| batch.column(c.index).as_ref());
    let text = |name: &str, row: usize| {
        let found = one(name).and_then(Strings::of).and_then(|s| s.get(row));
        found.unwrap_or_default().to_owned()
    };
    let shapes = columns.shape.map(|at| batch.column(at).as_ref()).and_then(Strings::of);
    let missing =
        |name: &str| LakeError::Damaged { id: String::new(), reason: format!("no column {name}") };
    let time = times(one(fieldmap::TIME).ok_or_else(|| missing(fieldmap::TIME))?)?;
    let received = times(one(fieldmap::RECEIVED).ok_or_else(|| missing(fieldmap::RECEIVED))?)?;
    let id = longs(one(fieldmap::ID).ok_or_else(|| missing(fieldmap::ID))?)?;
    let mut out = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let value = |col: &Col| scalar(batch.column(col.index).as_ref(), col.form, row);
        let shape = shapes.as_ref().and_then(|s| s.get(row)).unwrap_or_default();
        let fields = codec::shape_names(shape).into_iter().map(|name| {
            let found = columns.of(&name).iter().find_map(value);
            let json = found.as_ref().map_or(Value::Null, Value::from);
            (name, json)
        });
        out.push(EventRow {
            id: id[row],
            time: Micros(time[row]),
            received_at: Micros(received[row]),
            dataset: text(fieldmap::DATASET, row),
            source: text(fieldmap::SOURCE, row),
            event_type: text(fieldmap::TYPE, row),
            category: text(fieldmap::CATEGORY, row),
            severity: Severity::parse(&text(fieldmap::SEVERITY, row)).unwrap_or_default(),
            message: text(fieldmap::MESSAGE, row),
            fields: fields.collect(),
            raw: text(fieldmap::RAW, row),
            sample: one(fieldmap::SAMPLE).and_then(|a| scalar(a, Form::Bool, row))
                == Some(Scalar::Bool(true)),
        });
    }
    Ok(out)
}
