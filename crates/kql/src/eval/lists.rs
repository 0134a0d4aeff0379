//! `in`, `has_any`, `has_all` and their relatives.
use super::compare;
use crate::{
    functions::terms,
    run::{Res, Runner, Scope},
    syntax::ast::{BinaryOp, Expr, ExprKind},
    table::{Column, Table},
    value::{Type, Value},
};
use std::collections::HashSet;

impl Runner<'_> {
    pub(super) fn list(
        &self,
        op: BinaryOp,
        left: &Expr,
        list: &[Expr],
        scope: &Scope,
        table: &Table,
    ) -> Res<Column> {
        let (constants, others) = self.elements(list, scope, table)?;
        if matches!(left.kind, ExprKind::Star) {
            let mut any = Column::same(Value::Bool(false), Type::Bool, table.rows);
            for column in &table.columns {
                any = compare::or(&any, &test(op, column, &constants, &others));
            }
            return Ok(any);
        }
        if let ExprKind::Tuple(columns) = &left.kind {
            return self.tuple(op, columns, list, scope, table);
        }
        Ok(test(op, &self.eval(left, scope, table)?, &constants, &others))
    }

    /// What is the same in all rows, and what is not.
    fn elements(
        &self,
        list: &[Expr],
        scope: &Scope,
        table: &Table,
    ) -> Res<(Vec<Value>, Vec<Column>)> {
        let (mut constants, mut others) = (vec![], vec![]);
        for item in list {
            let named = matches!(&item.kind, ExprKind::Name(name) if table.find(name).is_some());
            if !named && self.is_table(item, scope) {
                let found = self.deeper(item.span, || self.table(item, scope))?;
                if let Some(column) = found.columns.first() {
                    constants.extend(column.values());
                }
                continue;
            }
            let column = self.eval(item, scope, table)?;
            match column.constant() {
                Some(value) => flatten(value, &mut constants),
                None => others.push(column),
            }
        }
        Ok((constants, others))
    }

    /// `(a, b) in (T)`
    fn tuple(
        &self,
        op: BinaryOp,
        columns: &[Expr],
        list: &[Expr],
        scope: &Scope,
        table: &Table,
    ) -> Res<Column> {
        let mut known: HashSet<Vec<Value>> = HashSet::new();
        for item in list {
            let found = self.table(item, scope)?;
            known.extend(
                (0..found.rows).map(|row| found.row(row).into_iter().take(columns.len()).collect()),
            );
        }
        let columns: Vec<Column> =
            columns.iter().map(|column| self.eval(column, scope, table)).collect::<Res<_>>()?;
        let negated = matches!(op, BinaryOp::NotIn | BinaryOp::NotInTilde);
        let rows = (0..table.rows).map(|row| {
            let key: Vec<Value> = columns.iter().map(|column| column.get(row)).collect();
            Value::Bool(known.contains(&key) != negated)
        });
        Ok(Column::new(Type::Bool, rows.collect::<Vec<_>>()))
    }
}

fn flatten(value: &Value, into: &mut Vec<Value>) {
    match value {
        Value::Dynamic(d) => match d.as_array() {
            Some(items) => items.iter().for_each(|item| flatten(&item.clone().into_scalar(), into)),
            None => into.push(d.as_ref().clone().into_scalar()),
        },
        other => into.push(other.clone()),
    }
}

fn test(op: BinaryOp, left: &Column, constants: &[Value], others: &[Column]) -> Column {
    let lower = |value: &Value| value.to_text().to_lowercase();
    let negated = matches!(op, BinaryOp::NotIn | BinaryOp::NotInTilde);
    let letters = matches!(op, BinaryOp::InTilde | BinaryOp::NotInTilde);
    let exact: HashSet<&Value> = constants.iter().collect();
    let folded: HashSet<String> =
        if letters { constants.iter().map(lower).collect() } else { HashSet::new() };
    let texts = text_set(left.ty, constants);
    let holds = |value: &Value| -> bool {
        match op {
            BinaryOp::HasAny => {
                constants.iter().any(|term| terms::has(&value.to_text(), &term.to_text(), false))
            }
            BinaryOp::HasAll => {
                constants.iter().all(|term| terms::has(&value.to_text(), &term.to_text(), false))
            }
            _ if letters => folded.contains(&lower(value)),
            _ => {
                !value.is_null()
                    && (exact.contains(value)
                        || texts.as_ref().is_some_and(|texts| texts.contains(&*value.to_text())))
            }
        }
    };
    if others.is_empty() {
        return left.map(Type::Bool, |value| Value::Bool(holds(value) != negated));
    }
    let rows = (0..left.len()).map(|row| {
        let value = left.get(row);
        let mut found = holds(&value);
        for other in others {
            let mut items = vec![];
            flatten(&other.get(row), &mut items);
            let here = |item: &Value| match op {
                BinaryOp::HasAny | BinaryOp::HasAll => {
                    terms::has(&value.to_text(), &item.to_text(), false)
                }
                _ if letters => compare::same_letters(&value, item),
                _ => compare::equal(&value, item),
            };
            found = if op == BinaryOp::HasAll {
                found && items.iter().all(here)
            } else {
                found || items.iter().any(here)
            };
        }
        Value::Bool(found != negated)
    });
    Column::new(Type::Bool, rows.collect::<Vec<_>>())
}

/// A dynamic value is in a list of texts when its text is; likewise a text in a list of guids and so on.
fn text_set(ty: Type, constants: &[Value]) -> Option<HashSet<std::sync::Arc<str>>> {
    matches!(ty, Type::Dynamic | Type::Guid).then(|| {
        constants.iter().filter(|v| matches!(v, Value::Str(_))).map(Value::to_text).collect()
    })
}
