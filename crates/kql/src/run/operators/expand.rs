//! `mv-expand` and `mv-apply`: a row for each element.
use super::{param, rows::limited, text_of};
use crate::{
    run::{Res, Runner, Scope, names, wrong},
    syntax::ast::{ExpandItem, Expr, ExprKind, Operator},
    table::{Column, Table},
    value::{Dyn, Type, Value},
};

/// What is expanded: its name, the elements of each row.
struct Expanded {
    name: String,
    ty: Type,
    rows: Vec<Vec<Value>>,
}

impl Runner<'_> {
    pub(super) fn mv_expand(
        &self,
        op: &Operator,
        items: &[ExpandItem],
        limit: Option<&Expr>,
        table: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let limit = limit.map(|limit| self.count_of(limit, scope)).transpose()?;
        let expanded = self.expanded(op, items, table, scope)?;
        let index = param(op, "with_itemindex").map(text_of);
        let (mut rows, mut places) = (vec![], vec![]);
        for row in 0..table.rows {
            let length = expanded
                .iter()
                .map(|e| e.rows[row].len())
                .max()
                .unwrap_or_default()
                .min(limit.unwrap_or(usize::MAX));
            rows.extend(std::iter::repeat_n(row, length));
            places.extend(0..length);
            if rows.len() > self.session.limits.rows {
                return Err(crate::run::Failure::Limit(format!(
                    "mv-expand gives more than {} rows: filter before it",
                    self.session.limits.rows
                )));
            }
        }
        let mut found = table.take(&rows);
        for e in &expanded {
            found.set(e.name.as_str(), column(e, &rows, &places));
        }
        if let Some(name) = index {
            found.set(
                name,
                Column::new(
                    Type::Long,
                    places
                        .iter()
                        .map(|at| Value::Long(i64::try_from(*at).unwrap_or_default()))
                        .collect::<Vec<_>>(),
                ),
            );
        }
        Ok(found)
    }

    fn expanded(
        &self,
        op: &Operator,
        items: &[ExpandItem],
        table: &Table,
        scope: &Scope,
    ) -> Res<Vec<Expanded>> {
        let arrays = ["bagexpansion", "kind"]
            .iter()
            .any(|name| param(op, name).map(text_of).as_deref() == Some("array"));
        items
            .iter()
            .map(|item| {
                let name = names::of(&item.expr).unwrap_or_else(|| "Column1".to_owned());
                let values = self.eval(&item.expr, scope, table)?;
                let ty = match &item.to {
                    None if values.ty == Type::Dynamic => Type::Dynamic,
                    None => values.ty,
                    Some(Expr { kind: ExprKind::TypeOf(schema), span }) => {
                        match schema.columns.first().and_then(|c| Type::parse(&c.ty.text)) {
                            Some(ty) => ty,
                            None => return wrong(*span, "`typeof(…)` with a type is wanted here"),
                        }
                    }
                    Some(other) => return wrong(other.span, "`typeof(…)` is wanted here"),
                };
                Ok(Expanded {
                    name,
                    ty,
                    rows: values.values().map(|value| elements(&value, arrays)).collect(),
                })
            })
            .collect()
    }

    pub(super) fn mv_apply(
        &self,
        op: &Operator,
        items: &[ExpandItem],
        limit: Option<&Expr>,
        body: &[Operator],
        table: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let limit = limit.map(|limit| self.count_of(limit, scope)).transpose()?;
        let expanded = self.expanded(op, items, table, scope)?;
        let index = param(op, "with_itemindex").map(text_of);
        let mut parts = vec![];
        for row in 0..table.rows {
            let length = expanded.iter().map(|e| e.rows[row].len()).max().unwrap_or_default();
            let places: Vec<usize> = (0..length).collect();
            parts.push(self.applied(
                table,
                row,
                &places,
                &expanded,
                index.as_deref(),
                limit,
                body,
                scope,
            )?);
        }
        if parts.is_empty() {
            let none: Vec<Expanded> =
                expanded.into_iter().map(|e| Expanded { rows: vec![vec![]], ..e }).collect();
            let mut one = table.clone();
            one.rows = 1;
            one.columns =
                one.columns.iter().map(|c| Column::same(Value::Null.cast(c.ty), c.ty, 1)).collect();
            let part = self.applied(&one, 0, &[], &none, index.as_deref(), limit, body, scope)?;
            return Ok(part.take(&[]));
        }
        Ok(super::union::outer(&parts))
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one row's work")]
    fn applied(
        &self,
        table: &Table,
        row: usize,
        places: &[usize],
        expanded: &[Expanded],
        index: Option<&str>,
        limit: Option<usize>,
        body: &[Operator],
        scope: &Scope,
    ) -> Res<Table> {
        let rows = vec![row; places.len()];
        let mut inner = table.take(&rows);
        inner.serialized = true;
        for e in expanded {
            inner.set(e.name.as_str(), column(e, &rows, places));
        }
        if let Some(name) = index {
            inner.set(
                name,
                Column::new(
                    Type::Long,
                    places
                        .iter()
                        .map(|at| Value::Long(i64::try_from(*at).unwrap_or_default()))
                        .collect::<Vec<_>>(),
                ),
            );
        }
        let done = self.deeper(body.first().map_or_else(Default::default, |op| op.span), || {
            self.pipeline(body, limited(&inner, limit), scope)
        })?;
        // the row's own columns, but those that were expanded in their place; then what the inner query adds
        let mut found = Table { rows: done.rows, ..Table::default() };
        for (field, values) in table.fields.iter().zip(&table.columns) {
            let replaced = expanded.iter().any(|e| *e.name == *field.name);
            match done.column(&field.name) {
                Some(column) if replaced => found.set(field.name.clone(), column.clone()),
                None if replaced => {}
                _ => found
                    .set(field.name.clone(), Column::same(values.get(row), field.ty, done.rows)),
            }
        }
        for (field, values) in done.fields.iter().zip(&done.columns) {
            if found.find(&field.name).is_none() {
                found.set(field.name.clone(), values.clone());
            } else if table.find(&field.name).is_some()
                && !expanded.iter().any(|e| *e.name == *field.name)
                && done.rows > 0
            {
                // the inner query may have computed a column anew
                found.set(field.name.clone(), values.clone());
            }
        }
        Ok(found)
    }
}

fn column(e: &Expanded, rows: &[usize], places: &[usize]) -> Column {
    let values = rows
        .iter()
        .zip(places)
        .map(|(row, at)| e.rows[*row].get(*at).cloned().unwrap_or(Value::Null).cast(e.ty));
    Column::new(e.ty, values.collect::<Vec<_>>())
}

/// An array's elements; a bag's properties, each a bag of one (or a pair of name and value); a scalar is its own only element.
fn elements(value: &Value, arrays: bool) -> Vec<Value> {
    let Value::Dynamic(d) = value else { return vec![value.clone()] };
    match d.as_ref() {
        Dyn::Array(items) => items.iter().cloned().map(Value::dynamic).collect(),
        Dyn::Bag(entries) if arrays => entries
            .iter()
            .map(|(name, value)| {
                Value::dynamic(Dyn::Array(vec![Dyn::Str(name.clone()), value.clone()]))
            })
            .collect(),
        Dyn::Bag(entries) => {
            entries.iter().map(|entry| Value::dynamic(Dyn::Bag(vec![entry.clone()]))).collect()
        }
        _ => vec![value.clone()],
    }
}
