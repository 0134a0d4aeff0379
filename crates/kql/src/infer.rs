//! Tables out of JSON records, their columns' types found out.
use crate::{
    table::{Column, Table},
    value::{Dyn, Type, Value, time},
};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;

/// A column for each name, in the order of first appearance. A column whose values are all of one kind has its type: `long`, `real`,
/// `bool`, `datetime` (texts that are ISO 8601 with a time), `string`; everything else is dynamic.
pub fn table(records: &[Map<String, Json>]) -> Table {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut names: Vec<&str> = vec![];
    for name in records.iter().flat_map(Map::keys) {
        if !places.contains_key(name.as_str()) {
            places.insert(name, names.len());
            names.push(name);
        }
    }
    let mut table = Table::new(records.len());
    for name in names {
        let cells: Vec<Option<&Json>> =
            records.iter().map(|record| record.get(name).filter(|cell| !cell.is_null())).collect();
        let ty = kind(cells.iter().flatten());
        let values = cells.iter().map(|cell| cell.map_or(Value::Null, |cell| value(cell, ty)));
        table.set(name, Column::new(ty, values.collect::<Vec<_>>()));
    }
    table
}

fn kind<'j>(cells: impl Iterator<Item = &'j &'j Json>) -> Type {
    let mut found: Option<Type> = None;
    for cell in cells {
        let ty = match cell {
            Json::Bool(_) => Type::Bool,
            Json::Number(n) if n.is_i64() => Type::Long,
            Json::Number(_) => Type::Real,
            Json::String(text) if is_time(text) => Type::DateTime,
            Json::String(_) => Type::String,
            _ => return Type::Dynamic,
        };
        found = match (found, ty) {
            (None, ty) => Some(ty),
            (Some(a), b) if a == b => Some(a),
            (Some(Type::Long | Type::Real), Type::Long | Type::Real) => Some(Type::Real),
            (Some(Type::String | Type::DateTime), Type::String | Type::DateTime) => {
                Some(Type::String)
            }
            _ => return Type::Dynamic,
        };
    }
    found.unwrap_or(Type::String)
}

fn is_time(text: &str) -> bool {
    text.len() >= 19
        && text.as_bytes()[4] == b'-'
        && matches!(text.as_bytes()[10], b'T' | b' ')
        && time::parse_datetime(text).is_some()
}

fn value(cell: &Json, ty: Type) -> Value {
    Value::dynamic(Dyn::from_json(cell.clone())).cast(ty)
}
