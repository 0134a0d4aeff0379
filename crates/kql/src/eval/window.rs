//! Functions that look at neighbouring rows.
use crate::{
    run::{Res, Runner, Scope, wrong},
    syntax::ast::Expr,
    table::{Column, Table},
    value::{Type, Value},
};

impl Runner<'_> {
    pub(super) fn window(
        &self,
        name: &str,
        args: &[Expr],
        expr: &Expr,
        scope: &Scope,
        table: &Table,
    ) -> Res<Option<Column>> {
        let places: &[usize] = match name {
            "row_number" => &[0, 1],
            "prev" | "next" => &[0, 1, 2],
            "row_cumsum" | "row_rank_dense" | "row_rank_min" => &[0, 1],
            "row_window_session" => &[0, 1, 2, 3],
            _ => return Ok(None),
        };
        if !table.serialized && !self.session.check && table.rows > 1 {
            return wrong(
                expr.span,
                format!("`{name}` wants rows in an order: sort or serialize them first"),
            );
        }
        let columns: Vec<Column> = places
            .iter()
            .filter_map(|at| args.get(*at))
            .map(|arg| self.eval(arg, scope, table))
            .collect::<Res<_>>()?;
        if columns.is_empty() && name != "row_number" {
            return wrong(expr.span, format!("`{name}` wants an argument"));
        }
        let rows = table.rows;
        let flag = |at: usize, row: usize| {
            columns.get(at).is_some_and(|column| column.get(row).as_bool() == Some(true))
        };
        let column = match name {
            "row_number" => {
                let first = columns
                    .first()
                    .and_then(|column| column.constant().and_then(Value::as_long))
                    .unwrap_or(1);
                let mut next = first;
                let numbers = (0..rows).map(|row| {
                    next = if flag(1, row) { first } else { next };
                    next = next.wrapping_add(1);
                    Value::Long(next.wrapping_sub(1))
                });
                Column::new(Type::Long, numbers.collect::<Vec<_>>())
            }
            "prev" | "next" => {
                let step = columns
                    .get(1)
                    .and_then(|column| column.constant().and_then(Value::as_long))
                    .unwrap_or(1);
                let step = if name == "prev" { -step } else { step };
                let values = (0..rows).map(|row| {
                    let at = i64::try_from(row)
                        .ok()
                        .and_then(|row| row.checked_add(step))
                        .and_then(|at| usize::try_from(at).ok());
                    match at.filter(|at| *at < rows) {
                        Some(at) => columns[0].get(at),
                        None => columns.get(2).map_or_else(
                            || empty(columns[0].ty),
                            |other| other.get(row).cast(columns[0].ty),
                        ),
                    }
                });
                Column::new(columns[0].ty, values.collect::<Vec<_>>())
            }
            "row_cumsum" => {
                let ty = if columns[0].ty == Type::Int { Type::Long } else { columns[0].ty };
                let zero =
                    if ty == Type::TimeSpan { Value::TimeSpan(0) } else { Value::Long(0).cast(ty) };
                let mut sum = zero.clone();
                let sums = (0..rows).map(|row| {
                    if flag(1, row) {
                        sum = zero.clone();
                    }
                    let value = columns[0].get(row);
                    if !value.is_null() {
                        sum = crate::eval::arith::apply(crate::eval::arith::Op::Add, &sum, &value);
                    }
                    sum.clone()
                });
                Column::new(ty, sums.collect::<Vec<_>>())
            }
            "row_rank_dense" | "row_rank_min" => {
                let (mut rank, mut since) = (0i64, 0i64);
                let mut before: Option<Value> = None;
                let ranks = (0..rows).map(|row| {
                    let value = columns[0].get(row);
                    if flag(1, row) {
                        (rank, since, before) = (0, 0, None);
                    }
                    since += 1;
                    if before.as_ref() != Some(&value) {
                        rank = if name == "row_rank_min" { since } else { rank + 1 };
                    }
                    before = Some(value);
                    Value::Long(rank)
                });
                Column::new(Type::Long, ranks.collect::<Vec<_>>())
            }
            _ => {
                if columns.len() < 3 {
                    return wrong(
                        expr.span,
                        "`row_window_session` wants an expression and two time spans",
                    );
                }
                session(&columns, rows)
            }
        };
        Ok(Some(column))
    }
}

/// The first value of each session: it ends after so long from its start, so long from the value before, or where told.
fn session(columns: &[Column], rows: usize) -> Column {
    let mut start = Value::Null;
    let mut before = Value::Null;
    let far = |a: &Value, b: &Value, most: &Value| match (a.as_long(), b.as_long(), most.as_long())
    {
        (Some(a), Some(b), Some(most)) => a.saturating_sub(b) > most,
        _ => true,
    };
    let values = (0..rows).map(|row| {
        let value = columns[0].get(row);
        let told = columns.get(3).is_some_and(|column| column.get(row).as_bool() == Some(true));
        if start.is_null()
            || told
            || far(&value, &start, &columns[1].get(row))
            || far(&value, &before, &columns[2].get(row))
        {
            start = value.clone();
        }
        before = value;
        start.clone()
    });
    Column::new(columns[0].ty, values.collect::<Vec<_>>())
}

fn empty(ty: Type) -> Value {
    if ty == Type::String { Value::str("") } else { Value::Null }
}
