//! Columns and tables: typed vectors, texts by code and dictionary.
use crate::value::{Type, Value};
use std::{collections::HashMap, sync::Arc};

/// A column: values of one type. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Column {
    pub ty: Type,
    data: Arc<Data>,
}

#[derive(Debug)]
enum Data {
    /// The same value in each of so many rows.
    Same(Value, usize),
    /// `long`, `datetime`, `timespan`; with what is not null, when something is.
    Long(Vec<i64>, Option<Vec<bool>>),
    Real(Vec<f64>, Option<Vec<bool>>),
    /// Codes into the different texts.
    Text(Vec<u32>, Vec<Arc<str>>),
    Any(Vec<Value>),
}

impl Column {
    pub fn same(value: Value, ty: Type, rows: usize) -> Self {
        // texts have no null
        let value = if ty == Type::String && value.is_null() { Value::str("") } else { value };
        Self { ty, data: Arc::new(Data::Same(value, rows)) }
    }

    pub fn new(ty: Type, values: impl IntoIterator<Item = Value>) -> Self {
        let values = values.into_iter();
        let data = match ty {
            Type::String => texts(values),
            Type::Long | Type::DateTime | Type::TimeSpan => {
                let (mut data, mut known) = (Vec::with_capacity(values.size_hint().0), Vec::new());
                for value in values {
                    let number = match value {
                        Value::Long(n) | Value::DateTime(n) | Value::TimeSpan(n) => Some(n),
                        other => other.as_long(),
                    };
                    note(&mut known, data.len(), number.is_some());
                    data.push(number.unwrap_or_default());
                }
                Data::Long(data, (!known.is_empty()).then_some(known))
            }
            Type::Real => {
                let (mut data, mut known) = (Vec::with_capacity(values.size_hint().0), Vec::new());
                for value in values {
                    let number = value.as_real();
                    note(&mut known, data.len(), number.is_some());
                    data.push(number.unwrap_or_default());
                }
                Data::Real(data, (!known.is_empty()).then_some(known))
            }
            _ => Data::Any(values.collect()),
        };
        Self { ty, data: Arc::new(data) }
    }

    /// Texts as codes into a dictionary.
    pub fn coded(codes: Vec<u32>, dictionary: Vec<Arc<str>>) -> Self {
        Self { ty: Type::String, data: Arc::new(Data::Text(codes, dictionary)) }
    }

    pub fn len(&self) -> usize {
        match self.data.as_ref() {
            Data::Same(_, rows) => *rows,
            Data::Long(data, _) => data.len(),
            Data::Real(data, _) => data.len(),
            Data::Text(codes, _) => codes.len(),
            Data::Any(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value in all rows, when it is known to be one.
    pub fn constant(&self) -> Option<&Value> {
        match self.data.as_ref() {
            Data::Same(value, _) => Some(value),
            _ => None,
        }
    }

    pub fn get(&self, row: usize) -> Value {
        match self.data.as_ref() {
            Data::Same(value, _) => value.clone(),
            Data::Long(_, Some(known)) | Data::Real(_, Some(known)) if !known[row] => Value::Null,
            Data::Long(data, _) => match self.ty {
                Type::DateTime => Value::DateTime(data[row]),
                Type::TimeSpan => Value::TimeSpan(data[row]),
                _ => Value::Long(data[row]),
            },
            Data::Real(data, _) => Value::Real(data[row]),
            Data::Text(codes, dictionary) => {
                Value::Str(Arc::clone(&dictionary[codes[row] as usize]))
            }
            Data::Any(values) => values[row].clone(),
        }
    }

    pub fn values(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The codes and the different texts, where the column is kept so.
    pub fn dictionary(&self) -> Option<(&[u32], &[Arc<str>])> {
        match self.data.as_ref() {
            Data::Text(codes, dictionary) => Some((codes, dictionary)),
            _ => None,
        }
    }

    /// The value of each row by `f`, which is asked once for each different text where texts are kept by code.
    pub fn map(&self, ty: Type, mut f: impl FnMut(&Value) -> Value) -> Self {
        match self.data.as_ref() {
            Data::Same(value, rows) => Self::same(f(value), ty, *rows),
            Data::Text(codes, dictionary) => {
                let mut done: Vec<Option<Value>> = vec![None; dictionary.len()];
                let values = codes.iter().map(|code| {
                    let at = *code as usize;
                    done[at]
                        .get_or_insert_with(|| f(&Value::Str(Arc::clone(&dictionary[at]))))
                        .clone()
                });
                Self::new(ty, values.collect::<Vec<_>>())
            }
            _ => Self::new(ty, self.values().map(|value| f(&value)).collect::<Vec<_>>()),
        }
    }

    /// The rows of these places, in their order.
    pub fn take(&self, rows: &[usize]) -> Self {
        let keep = |known: &Option<Vec<bool>>| {
            known.as_ref().map(|known| rows.iter().map(|row| known[*row]).collect())
        };
        let data = match self.data.as_ref() {
            Data::Same(value, _) => Data::Same(value.clone(), rows.len()),
            Data::Long(data, known) => {
                Data::Long(rows.iter().map(|row| data[*row]).collect(), keep(known))
            }
            Data::Real(data, known) => {
                Data::Real(rows.iter().map(|row| data[*row]).collect(), keep(known))
            }
            Data::Text(codes, dictionary) => {
                Data::Text(rows.iter().map(|row| codes[*row]).collect(), dictionary.clone())
            }
            Data::Any(values) => Data::Any(rows.iter().map(|row| values[*row].clone()).collect()),
        };
        Self { ty: self.ty, data: Arc::new(data) }
    }

    /// Rows of several columns of one type, one after the other.
    pub fn concat(ty: Type, columns: &[Self]) -> Self {
        Self::new(ty, columns.iter().flat_map(Self::values).collect::<Vec<_>>())
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        match self.data.as_ref() {
            Data::Same(..) => 64,
            Data::Long(data, _) => data.len() * 9,
            Data::Real(data, _) => data.len() * 9,
            Data::Text(codes, dictionary) => {
                codes.len() * 4 + dictionary.iter().map(|text| text.len() + 32).sum::<usize>()
            }
            Data::Any(values) => values.iter().map(|value| 32 + size(value)).sum(),
        }
    }
}

fn note(known: &mut Vec<bool>, at: usize, is: bool) {
    if !is && known.is_empty() {
        known.resize(at, true);
        known.push(false);
    } else if !known.is_empty() || !is {
        known.push(is);
    }
}

fn texts(values: impl Iterator<Item = Value>) -> Data {
    let mut codes = Vec::with_capacity(values.size_hint().0);
    let mut dictionary: Vec<Arc<str>> = vec![];
    let mut places: HashMap<Arc<str>, u32> = HashMap::new();
    for value in values {
        let text = value.to_text();
        let code = *places.entry(text).or_insert_with_key(|text| {
            dictionary.push(Arc::clone(text));
            u32::try_from(dictionary.len() - 1).unwrap_or(u32::MAX)
        });
        codes.push(code);
    }
    Data::Text(codes, dictionary)
}

fn size(value: &Value) -> usize {
    use crate::value::Dyn;
    fn of(value: &Dyn) -> usize {
        32 + match value {
            Dyn::Str(text) => text.len(),
            Dyn::Array(items) => items.iter().map(of).sum(),
            Dyn::Bag(entries) => entries.iter().map(|(name, value)| name.len() + of(value)).sum(),
            _ => 0,
        }
    }
    match value {
        Value::Str(text) => text.len(),
        Value::Dynamic(value) => of(value),
        _ => 0,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Arc<str>,
    pub ty: Type,
}

/// Rows under named columns. Names are unique. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub fields: Vec<Field>,
    pub columns: Vec<Column>,
    pub rows: usize,
    /// The rows have an order that functions over neighbours may rely on.
    pub serialized: bool,
    /// There may be columns that only the data tells: a name that is not known is not wrong.
    pub open: bool,
}

impl Table {
    pub fn new(rows: usize) -> Self {
        Self { rows, ..Self::default() }
    }

    /// Without rows.
    pub fn empty(fields: impl IntoIterator<Item = (Arc<str>, Type)>) -> Self {
        let mut table = Self::new(0);
        fields.into_iter().for_each(|(name, ty)| table.set(name, Column::new(ty, [])));
        table
    }

    pub fn find(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| *field.name == *name)
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.find(name).map(|at| &self.columns[at])
    }

    /// Replaces the column of that name, or adds it at the end.
    pub fn set(&mut self, name: impl Into<Arc<str>>, column: Column) {
        let name = name.into();
        match self.find(&name) {
            Some(at) => {
                self.fields[at].ty = column.ty;
                self.columns[at] = column;
            }
            None => {
                self.fields.push(Field { name, ty: column.ty });
                self.columns.push(column);
            }
        }
    }

    /// Adds a column at the end, under a name that is free: `name`, `name1`, `name2`, …
    pub fn add(&mut self, name: &str, column: Column) {
        let free = self.free(name);
        self.set(free, column);
    }

    pub fn free(&self, name: &str) -> Arc<str> {
        if self.find(name).is_none() {
            return name.into();
        }
        (1..)
            .map(|n| format!("{name}{n}"))
            .find(|name| self.find(name).is_none())
            .unwrap_or_default()
            .into()
    }

    /// The columns of these places.
    pub fn select(&self, columns: &[usize]) -> Self {
        Self {
            fields: columns.iter().map(|at| self.fields[*at].clone()).collect(),
            columns: columns.iter().map(|at| self.columns[*at].clone()).collect(),
            ..*self
        }
    }

    /// The rows of these places.
    pub fn take(&self, rows: &[usize]) -> Self {
        Self {
            fields: self.fields.clone(),
            columns: self.columns.iter().map(|c| c.take(rows)).collect(),
            rows: rows.len(),
            ..*self
        }
    }

    pub fn row(&self, row: usize) -> Vec<Value> {
        self.columns.iter().map(|column| column.get(row)).collect()
    }

    pub fn bytes(&self) -> usize {
        self.columns.iter().map(Column::bytes).sum()
    }
}
