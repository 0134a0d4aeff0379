//! Operators that choose and order rows.
use super::head;
use crate::{
    run::{Given, Res, Runner, Scope, wrong},
    syntax::ast::{Expr, ExprKind, Key, Nested, NullsOrder, Order},
    table::{Column, Table},
    value::{Type, Value},
};
use std::collections::{HashMap, HashSet};

impl Runner<'_> {
    pub(super) fn filter(&self, predicate: &Expr, table: &Table, scope: &Scope) -> Res<Table> {
        let column = self.eval(predicate, scope, table)?;
        if !matches!(column.ty, Type::Bool | Type::Dynamic | Type::Int | Type::Long) {
            return wrong(
                predicate.span,
                format!("true or false is wanted here, not {}", column.ty.as_str()),
            );
        }
        if let Some(value) = column.constant() {
            return Ok(if value.as_bool() == Some(true) { table.clone() } else { table.take(&[]) });
        }
        let kept: Vec<usize> =
            (0..table.rows).filter(|row| column.get(*row).as_bool() == Some(true)).collect();
        Ok(if kept.len() == table.rows { table.clone() } else { table.take(&kept) })
    }

    pub(super) fn distinct(&self, columns: &[Expr], table: &Table, scope: &Scope) -> Res<Table> {
        let chosen = self.project(columns, table, scope)?;
        let mut known: HashSet<Vec<Value>> = HashSet::new();
        let rows: Vec<usize> =
            (0..chosen.rows).filter(|row| known.insert(chosen.row(*row))).collect();
        Ok(Table { serialized: false, ..chosen.take(&rows) })
    }

    pub(super) fn sort(&self, keys: &[Key], table: &Table, scope: &Scope) -> Res<Table> {
        let columns: Vec<(Column, bool, bool)> = keys
            .iter()
            .map(|key| {
                let ascending = matches!(key.order, Some(Order::Asc | Order::GrannyAsc));
                let nulls_first = key.nulls.map_or(ascending, |nulls| nulls == NullsOrder::First);
                Ok((self.eval(&key.expr, scope, table)?, ascending, nulls_first))
            })
            .collect::<Res<_>>()?;
        let values: Vec<Vec<Value>> =
            columns.iter().map(|(column, ..)| column.values().collect()).collect();
        let mut rows: Vec<usize> = (0..table.rows).collect();
        rows.sort_by(|a, b| {
            for ((_, ascending, nulls_first), values) in columns.iter().zip(&values) {
                let (x, y) = (&values[*a], &values[*b]);
                let order = match (x.is_null(), y.is_null()) {
                    (true, true) => continue,
                    (true, false) if *nulls_first => std::cmp::Ordering::Less,
                    (true, false) => std::cmp::Ordering::Greater,
                    (false, true) if *nulls_first => std::cmp::Ordering::Greater,
                    (false, true) => std::cmp::Ordering::Less,
                    _ if *ascending => x.order(y),
                    _ => y.order(x),
                };
                if order.is_ne() {
                    return order;
                }
            }
            std::cmp::Ordering::Equal
        });
        Ok(Table { serialized: true, ..table.take(&rows) })
    }

    /// Each different value of `by` (rows in order of first appearance), with its rows.
    pub(super) fn groups(by: &[Column], rows: usize) -> Vec<(Vec<Value>, Vec<usize>)> {
        let mut places: HashMap<Vec<Value>, usize> = HashMap::new();
        let mut groups: Vec<(Vec<Value>, Vec<usize>)> = vec![];
        for row in 0..rows {
            let key: Vec<Value> = by.iter().map(|column| column.get(row)).collect();
            match places.get(&key) {
                Some(at) => groups[*at].1.push(row),
                None => {
                    places.insert(key.clone(), groups.len());
                    groups.push((key, vec![row]));
                }
            }
        }
        groups
    }

    pub(super) fn top_hitters(
        &self,
        count: &Expr,
        of: &Expr,
        by: Option<&Expr>,
        table: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let count = self.count_of(count, scope)?;
        let name = crate::run::names::of(of).unwrap_or_else(|| "Column1".to_owned());
        let weights = by.map(|by| self.eval(by, scope, table)).transpose()?;
        let column = self.eval(of, scope, table)?;
        let mut hitters: Vec<(Value, Value)> =
            Self::groups(std::slice::from_ref(&column), table.rows)
                .into_iter()
                .map(|(mut key, rows)| {
                    let weight = match &weights {
                        None => Value::Long(i64::try_from(rows.len()).unwrap_or(i64::MAX)),
                        Some(weights) => {
                            let sum: f64 =
                                rows.iter().filter_map(|row| weights.get(*row).as_real()).sum();
                            Value::Real(sum).cast(if weights.ty == Type::Real {
                                Type::Real
                            } else {
                                Type::Long
                            })
                        }
                    };
                    (key.remove(0), weight)
                })
                .collect();
        hitters.sort_by(|a, b| b.1.order(&a.1));
        hitters.truncate(count);
        let ty = weights
            .map_or(Type::Long, |w| if w.ty == Type::Real { Type::Real } else { Type::Long });
        let total = by.map_or_else(
            || format!("count_{name}"),
            |by| format!("sum_{}", crate::run::names::of(by).unwrap_or_default()),
        );
        let mut found = Table::new(hitters.len());
        let (keys, weights): (Vec<Value>, Vec<Value>) = hitters.into_iter().unzip();
        found.set(name, Column::new(column.ty, keys));
        found.set(format!("approximate_{total}"), Column::new(ty, weights));
        Ok(found)
    }

    pub(super) fn top_nested(&self, levels: &[Nested], table: &Table, scope: &Scope) -> Res<Table> {
        let mut found = vec![];
        let mut fields: Vec<(String, Type)> = vec![];
        self.nest(levels, 0, table, scope, &[], &mut found, &mut fields)?;
        let mut result = Table::new(found.len());
        for (at, (name, ty)) in fields.iter().enumerate() {
            result.add(
                name,
                Column::new(
                    *ty,
                    found.iter().map(|row: &Vec<Value>| row[at].clone()).collect::<Vec<_>>(),
                ),
            );
        }
        Ok(result)
    }

    #[allow(clippy::too_many_arguments, reason = "a recursion that carries its answer")]
    fn nest(
        &self,
        levels: &[Nested],
        depth: usize,
        table: &Table,
        scope: &Scope,
        outer: &[Value],
        found: &mut Vec<Vec<Value>>,
        fields: &mut Vec<(String, Type)>,
    ) -> Res<()> {
        let Some(level) = levels.get(depth) else {
            found.push(outer.to_vec());
            return Ok(());
        };
        let key = self.eval(&level.of, scope, table)?;
        let name =
            crate::run::names::of(&level.of).unwrap_or_else(|| format!("Column{}", depth + 1));
        let (by, by_name) = match &level.by.expr.kind {
            ExprKind::Named { names, value } => (value.as_ref(), names[0].text.clone()),
            _ => (&level.by.expr, format!("aggregated_{name}")),
        };
        let total = |rows: &Table| -> Res<Column> { self.aggregate_once(by, rows, scope) };
        let mut groups = vec![];
        for (value, rows) in Self::groups(std::slice::from_ref(&key), table.rows) {
            let part = table.take(&rows);
            groups.push((value[0].clone(), total(&part)?, part));
        }
        if fields.len() == depth * 2 {
            let ty = groups
                .first()
                .map_or_else(|| total(&table.take(&[])).map(|c| c.ty), |group| Ok(group.1.ty))?;
            fields.extend([(name, key.ty), (by_name, ty)]);
        }
        let ascending = matches!(level.by.order, Some(Order::Asc));
        groups.sort_by(|a, b| {
            let order = a.1.get(0).order(&b.1.get(0));
            if ascending { order } else { order.reverse() }
        });
        let count = level
            .count
            .as_ref()
            .map(|count| self.count_of(count, scope))
            .transpose()?
            .unwrap_or(usize::MAX);
        let others = groups.split_off(count.min(groups.len()));
        for (value, total, part) in groups {
            let row = [outer, &[value, total.get(0)]].concat();
            self.nest(levels, depth + 1, &part, scope, &row, found, fields)?;
        }
        if let Some(label) = &level.others {
            let label = self.eval(label, scope, &Table::new(1))?.get(0);
            let rows: Vec<usize> = {
                let rest: HashSet<Value> = others.iter().map(|(value, ..)| value.clone()).collect();
                (0..table.rows).filter(|row| rest.contains(&key.get(*row))).collect()
            };
            let part = table.take(&rows);
            let mut row = [outer, &[label.clone(), total(&part)?.get(0)]].concat();
            for inner in &levels[depth + 1..] {
                let label = inner
                    .others
                    .as_ref()
                    .map(|label| self.eval(label, scope, &Table::new(1)).map(|c| c.get(0)))
                    .transpose()?;
                let inner_by = match &inner.by.expr.kind {
                    ExprKind::Named { value, .. } => value.as_ref(),
                    _ => &inner.by.expr,
                };
                row.extend([
                    label.unwrap_or(Value::Null),
                    self.aggregate_once(inner_by, &part, scope)?.get(0),
                ]);
            }
            found.push(row);
        }
        Ok(())
    }

    pub(super) fn partition(
        &self,
        by: &Expr,
        body: &[crate::syntax::ast::Operator],
        query: Option<&Expr>,
        table: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let key = self.eval(by, scope, table)?;
        let mut parts = vec![];
        for (value, rows) in Self::groups(std::slice::from_ref(&key), table.rows) {
            let part = table.take(&rows);
            let name = crate::run::names::of(by).unwrap_or_default();
            let inner = scope.with(
                &name,
                crate::run::Binding::Scalar(Column::same(value[0].clone(), key.ty, 1)),
            );
            parts.push(match query {
                Some(query) => self.table(query, &inner)?,
                None => self.pipeline(body, part, scope)?,
            });
        }
        if parts.is_empty() {
            return if query.is_some() {
                Ok(table.take(&[]))
            } else {
                self.pipeline(body, table.take(&[]), scope)
            };
        }
        Ok(super::union::outer(&parts))
    }

    /// `T | invoke f(x)` is `f(T, x)`.
    pub(super) fn invoke(&self, call: &Expr, table: Table, scope: &Scope) -> Res<Table> {
        let ExprKind::Call { name, args } = &call.kind else {
            return wrong(call.span, "a call is wanted here");
        };
        let Some(crate::run::Binding::Function(function, closure)) = scope.find(&name.text) else {
            return wrong(name.span, format!("there is no function `{}`", name.text));
        };
        let hidden = "\u{0}invoked";
        let inner = scope.with(hidden, crate::run::Binding::Table(std::rc::Rc::new(table)));
        let first = Expr { kind: ExprKind::Name(hidden.to_owned()), span: call.span };
        let args: Vec<Expr> = std::iter::once(first).chain(args.iter().cloned()).collect();
        match self.call(&function, &closure, &args, &inner, &Table::new(1), call.span)? {
            Given::Table(table) => Ok(table),
            Given::Scalar(_) => {
                wrong(call.span, format!("`{}` gives a value, not a table", name.text))
            }
        }
    }
}

pub(super) fn limited(table: &Table, most: Option<usize>) -> Table {
    most.map_or_else(|| table.clone(), |most| head(table, most))
}
