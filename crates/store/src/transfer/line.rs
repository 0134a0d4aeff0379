//! A row as one line of text: a JSON array in the order of the table's columns.
//!
//! Numbers with a fraction are texts, since JSON has no exact spelling for all of them; bytes are hexadecimal; JSON columns are texts,
//! so that they come back byte for byte.
use super::{
    cell::{Cell, Row},
    tables::{Kind, Table},
};
use crate::{Result, StoreError};
use serde_json::Value;

pub fn to_line(row: &[Cell]) -> String {
    let cells = row.iter().map(|cell| match cell {
        Cell::Null => Value::Null,
        Cell::Int(n) => Value::from(*n),
        Cell::Real(n) => Value::from(format!("{n:?}")),
        Cell::Bool(b) => Value::from(*b),
        Cell::Text(t) => Value::from(t.as_str()),
        Cell::Bytes(b) => Value::from(hex(b)),
    });
    Value::Array(cells.collect()).to_string()
}

/// # Errors
/// `Corrupt` for a line that is no row of this table.
pub fn from_line(table: &Table, line: &str) -> Result<Row> {
    let wrong = |what: &str| StoreError::Corrupt(format!("a row of {}: {what}", table.name));
    let cells: Vec<Value> = serde_json::from_str(line).map_err(|e| wrong(&e.to_string()))?;
    if cells.len() != table.columns.len() {
        return Err(wrong("it has another number of columns"));
    }
    let read = |(cell, kind): (Value, Kind)| match (kind, cell) {
        (_, Value::Null) => Some(Cell::Null),
        (Kind::Int, Value::Number(n)) => n.as_i64().map(Cell::Int),
        (Kind::Real, Value::String(t)) => t.parse().ok().map(Cell::Real),
        (Kind::Bool, Value::Bool(b)) => Some(Cell::Bool(b)),
        (Kind::Text | Kind::Json, Value::String(t)) => Some(Cell::Text(t)),
        (Kind::Bytes, Value::String(t)) => unhex(&t).map(Cell::Bytes),
        _ => None,
    };
    let kinds = table.columns.iter().map(|c| c.kind);
    let row: Option<Row> = cells.into_iter().zip(kinds).map(read).collect();
    row.ok_or_else(|| wrong("a column holds a value of another kind"))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        out.push(char::from(DIGITS[usize::from(b >> 4)]));
        out.push(char::from(DIGITS[usize::from(b & 15)]));
    }
    out
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Which, transfer::Column};

    fn table() -> Table {
        let kinds = [Kind::Int, Kind::Real, Kind::Bool, Kind::Text, Kind::Json, Kind::Bytes];
        let columns = kinds.map(|kind| Column { name: "c", kind }).to_vec();
        let (key, which) = (vec![0], Which::Main);
        Table { name: "t", which, columns, key, serial: false, seeded: false }
    }

    #[test]
    fn every_value_comes_back() {
        let odd = "\0\u{1}\r\n\t\"\\ \u{2028}ñ\u{301} 🦀 \u{202e}abc";
        let rows = [
            vec![
                Cell::Int(i64::MIN),
                Cell::Real(0.1),
                Cell::Bool(true),
                Cell::Text(odd.into()),
                Cell::Text("{\"b\": 1.50,\"a\":\"\\u0000\"}".into()),
                Cell::Bytes((0..=255).collect()),
            ],
            vec![
                Cell::Int(i64::MAX),
                Cell::Real(f64::INFINITY),
                Cell::Bool(false),
                Cell::Text(String::new()),
                Cell::Text("null".into()),
                Cell::Bytes(Vec::new()),
            ],
            vec![Cell::Null; 6],
        ];
        for row in rows {
            let line = to_line(&row);
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(from_line(&table(), &line).unwrap(), row, "{line}");
        }
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for line in [
            "",
            "{}",
            "[1]",
            "[1.5,null,null,null,null,null]",
            "[null,1,null,null,null,null]",
            "[null,null,null,null,null,\"abc\"]",
            "[null,null,null,null,null,\"zz\"]",
        ] {
            assert!(matches!(from_line(&table(), line), Err(StoreError::Corrupt(_))), "{line}");
        }
    }
}
