//! Which columns of a schema hold which field.
use crate::bloom;
use crate::codec::SHAPE;
use arrow_schema::{DataType, Schema};
use columnar::{Form, name};
use hashbrown::HashMap;
use model::fieldmap;

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Col {
    pub index: usize,
    pub form: Form,
    /// The field's tag in blooms.
    pub tag: u64,
}

#[derive(Debug)]
pub struct Columns {
    by_field: HashMap<String, Vec<Col>>,
    /// Where the shapes are.
    pub shape: Option<usize>,
    /// Those that words without a field are looked for in.
    pub searched: Vec<Col>,
}

impl Columns {
    pub fn new(schema: &Schema) -> Self {
        let mut by_field: HashMap<String, Vec<Col>> = HashMap::with_capacity(schema.fields().len());
        let (mut searched, mut shape) = (Vec::new(), None);
        for (index, column) in schema.fields().iter().enumerate() {
            if column.name() == SHAPE {
                shape = Some(index);
                continue;
            }
            let (field, form) = name::field(column.name());
            let form = form.unwrap_or(match column.data_type() {
                DataType::Int64 => Form::Long,
                DataType::Float64 => Form::Double,
                DataType::Boolean => Form::Bool,
                DataType::Timestamp(..) => Form::Time,
                _ => Form::Text,
            });
            let col = Col { index, form, tag: bloom::tag(&field) };
            if is_searched(&field) {
                searched.push(col);
            }
            by_field.entry(field.into_owned()).or_default().push(col);
        }
        // texts first: numbers are asked last
        searched.sort_by_key(|c| !matches!(c.form, Form::Text | Form::List));
        Self { by_field, shape, searched }
    }

    /// Columns of a field; a row has a value in at most one of them.
    pub fn of(&self, field: &str) -> &[Col] {
        self.by_field.get(field).map_or(&[], Vec::as_slice)
    }

    /// Names of all fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.by_field.keys().map(String::as_str)
    }
}

fn is_searched(field: &str) -> bool {
    const CORE: [&str; 5] = [
        fieldmap::MESSAGE,
        fieldmap::DATASET,
        fieldmap::SOURCE,
        fieldmap::TYPE,
        fieldmap::CATEGORY,
    ];
    CORE.contains(&field) || !fieldmap::is_core(field)
}
