//! A table that grows row by row, its strings interned as they come, and turns into an Arrow batch.
//!
//! Invariant: a column is at most as long as the table; what is missing at its end is null.
use crate::{ColumnError, Form, name};
use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Int32Array, RecordBatch, RecordBatchOptions, StringArray,
    TimestampMicrosecondArray,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, Schema};
use hashbrown::HashTable;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// No value.
const NONE: i32 = -1;

/// Strings one after the other, each once.
#[derive(Default)]
struct Interner {
    bytes: Vec<u8>,
    /// Where each value ends.
    ends: Vec<i32>,
    index: HashTable<(u64, i32)>,
}

impl Interner {
    fn code(&mut self, text: &str) -> i32 {
        let hash = xxh3_64(text.as_bytes());
        let (bytes, ends) = (&self.bytes, &self.ends);
        let value = |code: i32| {
            let code = code as usize;
            let start = if code == 0 { 0 } else { ends[code - 1] as usize };
            &bytes[start..ends[code] as usize]
        };
        if let Some((_, code)) =
            self.index.find(hash, |(h, c)| *h == hash && value(*c) == text.as_bytes())
        {
            return *code;
        }
        let code = self.ends.len() as i32;
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len() as i32);
        self.index.insert_unique(hash, (hash, code), |(h, _)| *h);
        code
    }
}

fn strings(bytes: &[u8], ends: &[i32]) -> Result<StringArray, ColumnError> {
    let mut offsets = Vec::with_capacity(ends.len() + 1);
    offsets.push(0);
    offsets.extend_from_slice(ends);
    Ok(StringArray::try_new(
        OffsetBuffer::new(ScalarBuffer::from(offsets)),
        Buffer::from(bytes),
        None,
    )?)
}

enum Data {
    Dict {
        values: Interner,
        codes: Vec<i32>,
    },
    /// Shared with whoever handed them in until the table is read: long texts are copied once.
    Plain(Vec<Option<Arc<str>>>),
    Long(Vec<Option<i64>>),
    Time(Vec<Option<i64>>),
    Double(Vec<Option<f64>>),
    Bool(Vec<Option<bool>>),
}

impl Data {
    fn new(form: Form) -> Self {
        match form {
            Form::Text | Form::List => {
                Self::Dict { values: Interner::default(), codes: Vec::new() }
            }
            Form::LongText => Self::Plain(Vec::new()),
            Form::Long => Self::Long(Vec::new()),
            Form::Time => Self::Time(Vec::new()),
            Form::Double => Self::Double(Vec::new()),
            Form::Bool => Self::Bool(Vec::new()),
        }
    }

    fn array(&self, rows: usize) -> Result<ArrayRef, ColumnError> {
        fn padded<T: Copy>(values: &[Option<T>], rows: usize) -> impl Iterator<Item = Option<T>> {
            values.iter().copied().chain(std::iter::repeat_n(None, rows - values.len()))
        }
        Ok(match self {
            Self::Dict { values, codes } => {
                let mut keys = codes.clone();
                keys.resize(rows, NONE);
                let nulls = keys
                    .contains(&NONE)
                    .then(|| NullBuffer::from_iter(keys.iter().map(|k| *k != NONE)));
                keys.iter_mut().for_each(|k| *k = (*k).max(0));
                let mut dictionary = strings(&values.bytes, &values.ends)?;
                if values.ends.is_empty() {
                    dictionary = StringArray::from(vec![""]); // codes of nulls must point somewhere
                }
                let keys = Int32Array::new(keys.into(), nulls);
                Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::new(dictionary))?)
            }
            Self::Plain(texts) => {
                let bytes = texts.iter().flatten().map(|t| t.len()).sum();
                let mut b = StringBuilder::with_capacity(rows, bytes);
                texts.iter().for_each(|t| b.append_option(t.as_deref()));
                b.append_nulls(rows - texts.len());
                Arc::new(b.finish())
            }
            Self::Long(v) => {
                let mut b = Int64Builder::with_capacity(rows);
                b.extend(padded(v, rows));
                Arc::new(b.finish())
            }
            Self::Time(v) => {
                Arc::new(TimestampMicrosecondArray::from_iter(padded(v, rows)).with_timezone("UTC"))
            }
            Self::Double(v) => {
                let mut b = Float64Builder::with_capacity(rows);
                b.extend(padded(v, rows));
                Arc::new(b.finish())
            }
            Self::Bool(v) => {
                let mut b = BooleanBuilder::with_capacity(rows);
                b.extend(padded(v, rows));
                Arc::new(b.finish())
            }
        })
    }
}

struct Slot {
    name: Box<str>,
    own: Form,
    /// It is no field's: the column is called as it is.
    apart: bool,
    /// Column of each form, by `Form as usize`.
    columns: [Option<u32>; 7],
}

/// Which field a value is for: `Table::slot`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SlotId(u32);

#[derive(Default)]
pub struct Table {
    rows: usize,
    bytes: usize,
    slots: Vec<Slot>,
    by_name: HashTable<(u64, u32)>,
    columns: Vec<(String, Form, Data)>,
}

impl Table {
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Memory of the values, roughly: what dictionaries and numbers take.
    pub fn bytes(&self) -> usize {
        self.bytes + self.rows * self.columns.len() * 4
    }

    /// The field's place. `own` is asked once per name: the form that most of its values have.
    pub fn slot(&mut self, name: &str, own: impl FnOnce() -> Form) -> SlotId {
        let hash = xxh3_64(name.as_bytes());
        let slots = &self.slots;
        if let Some((_, at)) =
            self.by_name.find(hash, |(h, at)| *h == hash && &*slots[*at as usize].name == name)
        {
            return SlotId(*at);
        }
        let at = self.slots.len() as u32;
        self.slots.push(Slot { name: name.into(), own: own(), apart: false, columns: [None; 7] });
        self.by_name.insert_unique(hash, (hash, at), |(h, _)| *h);
        SlotId(at)
    }

    /// The place of what is no field's, in a column of exactly this name: one that `name::column` gives to no field. To be asked for
    /// once.
    pub fn apart(&mut self, column: &str, form: Form) -> SlotId {
        self.slots.push(Slot { name: column.into(), own: form, apart: true, columns: [None; 7] });
        SlotId(self.slots.len() as u32 - 1)
    }

    fn data(&mut self, slot: SlotId, form: Form) -> &mut Data {
        let entry = &mut self.slots[slot.0 as usize];
        let at = *entry.columns[form as usize].get_or_insert_with(|| {
            let name = match entry.apart {
                true => entry.name.to_string(),
                false => name::column(&entry.name, form, entry.own == form),
            };
            self.columns.push((name, form, Data::new(form)));
            self.columns.len() as u32 - 1
        });
        &mut self.columns[at as usize].2
    }

    /// Puts text into the current row; `form` is `Text` or `List`. A second value for the same slot and row is ignored, here and
    /// below.
    pub fn text(&mut self, slot: SlotId, form: Form, text: &str) {
        let (row, mut grown) = (self.rows, 0);
        match self.data(slot, form) {
            Data::Dict { values, codes } if codes.len() <= row => {
                let before = values.bytes.len();
                let code = values.code(text);
                grown = values.bytes.len() - before;
                codes.resize(row, NONE);
                codes.push(code);
            }
            _ => {}
        }
        self.bytes += grown;
    }

    /// Text that seldom comes twice.
    pub fn long_text(&mut self, slot: SlotId, text: &Arc<str>) {
        let row = self.rows;
        if let Data::Plain(texts) = self.data(slot, Form::LongText)
            && texts.len() <= row
        {
            texts.resize(row, None);
            texts.push(Some(text.clone()));
            self.bytes += text.len();
        }
    }

    /// `form` is `Long` or `Time`.
    pub fn long(&mut self, slot: SlotId, form: Form, value: i64) {
        let row = self.rows;
        if let Data::Long(v) | Data::Time(v) = self.data(slot, form)
            && v.len() <= row
        {
            v.resize(row, None);
            v.push(Some(value));
            self.bytes += 12;
        }
    }

    pub fn double(&mut self, slot: SlotId, value: f64) {
        let row = self.rows;
        if let Data::Double(v) = self.data(slot, Form::Double)
            && v.len() <= row
        {
            v.resize(row, None);
            v.push(Some(value));
            self.bytes += 12;
        }
    }

    pub fn boolean(&mut self, slot: SlotId, value: bool) {
        let row = self.rows;
        if let Data::Bool(v) = self.data(slot, Form::Bool)
            && v.len() <= row
        {
            v.resize(row, None);
            v.push(Some(value));
        }
    }

    /// The current row is complete.
    pub fn end_row(&mut self) {
        self.rows += 1;
    }

    /// All complete rows as a batch; the table goes on.
    pub fn batch(&self) -> Result<RecordBatch, ColumnError> {
        let mut fields = Vec::with_capacity(self.columns.len());
        let mut arrays = Vec::with_capacity(self.columns.len());
        for (name, form, data) in &self.columns {
            fields.push(Field::new(name, form.data_type(), true));
            arrays.push(data.array(self.rows)?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Strings;

    #[test]
    fn rows_come_back_with_their_gaps() {
        let mut t = Table::default();
        for i in 0..5i64 {
            if i % 2 == 0 {
                let s = t.slot("host", || Form::Text);
                t.text(s, Form::Text, if i == 4 { "b" } else { "a" });
            }
            if i == 3 {
                let s = t.slot("host", || Form::Text);
                t.long(s, Form::Long, 7);
            }
            let raw = t.slot("raw", || Form::LongText);
            t.long_text(raw, &i.to_string().into());
            t.end_row();
        }
        let b = t.batch().unwrap();
        let names: Vec<_> = b.schema().fields().iter().map(|f| f.name().clone()).collect();
        assert_eq!(names, ["host", "raw", "host#long"]);
        let host = Strings::of(b.column(0).as_ref()).unwrap();
        assert_eq!(
            (0..5).map(|i| host.get(i)).collect::<Vec<_>>(),
            [Some("a"), None, Some("a"), None, Some("b")]
        );
        assert_eq!(host.work(), 2);
        assert_eq!(Strings::of(b.column(1).as_ref()).unwrap().get(4), Some("4"));
        assert_eq!(b.column(2).null_count(), 4);
    }

    #[test]
    fn what_is_no_fields_stands_apart_from_a_field_of_its_name() {
        let mut t = Table::default();
        let apart = t.apart(name::SHAPE, Form::Text);
        let field = t.slot(name::SHAPE, || Form::Text);
        assert_ne!(apart, field);
        t.text(field, Form::Text, "theirs");
        t.text(apart, Form::Text, "ours");
        t.end_row();
        let b = t.batch().unwrap();
        let of = |column: &str| {
            let array = b.column_by_name(column).unwrap();
            Strings::of(array.as_ref()).unwrap().get(0).map(str::to_owned)
        };
        assert_eq!(of(name::SHAPE).as_deref(), Some("ours"));
        assert_eq!(of("%5Fshape").as_deref(), Some("theirs"));
    }
}
