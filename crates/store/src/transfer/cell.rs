//! One value of a row, the same whichever database it comes from.
use super::tables::{Column, Kind};
use crate::{
    Result, StoreError,
    base::{row::Cols, val::Val},
};

/// JSON is its text.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
}

/// In the order of the table's columns.
pub type Row = Vec<Cell>;

/// The column's value in a row of a database.
pub(super) fn read(row: &dyn Cols, column: &Column) -> Result<Cell> {
    let name = column.name;
    Ok(match column.kind {
        Kind::Int => row.opt_int(name)?.map_or(Cell::Null, Cell::Int),
        Kind::Real => row.opt_real(name)?.map_or(Cell::Null, Cell::Real),
        Kind::Bool => row.opt_flag(name)?.map_or(Cell::Null, Cell::Bool),
        Kind::Text | Kind::Json => row.opt_text(name)?.map_or(Cell::Null, Cell::Text),
        Kind::Bytes => row.opt_bytes(name)?.map_or(Cell::Null, Cell::Bytes),
    })
}

/// The value on its way into a statement: exactly as it is, so what a database refuses is an error and not changed.
pub(super) fn bind(cell: Cell, column: &Column) -> Result<Val> {
    Ok(match (column.kind, cell) {
        (Kind::Int, Cell::Null) => Val::Int(None),
        (Kind::Int, Cell::Int(n)) => Val::Int(Some(n)),
        (Kind::Real, Cell::Null) => Val::Real(None),
        (Kind::Real, Cell::Real(n)) => Val::Real(Some(n)),
        (Kind::Bool, Cell::Null) => Val::Bool(None),
        (Kind::Bool, Cell::Bool(b)) => Val::Bool(Some(b)),
        (Kind::Text, Cell::Null) => Val::Text(None),
        (Kind::Text, Cell::Text(t)) => Val::Text(Some(t)),
        (Kind::Json, Cell::Null) => Val::Json(None),
        (Kind::Json, Cell::Text(t)) => Val::Json(Some(t)),
        (Kind::Bytes, Cell::Null) => Val::Bytes(None),
        (Kind::Bytes, Cell::Bytes(b)) => Val::Bytes(Some(b)),
        _ => {
            return Err(StoreError::Corrupt(format!(
                "{} holds a value of another kind",
                column.name
            )));
        }
    })
}
