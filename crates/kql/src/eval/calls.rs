//! Calls: functions of the query, of the catalogue, and those that need more than values.
use crate::{
    functions::{self, Function},
    run::{Binding, Given, Res, Runner, Scope, convert, wrong},
    syntax::ast::{Expr, ExprKind, Literal, Name},
    table::{Column, Table},
    value::{Dyn, Type, Value},
};
use std::collections::HashMap;

impl Runner<'_> {
    pub(super) fn scalar_call(
        &self,
        name: &Name,
        args: &[Expr],
        expr: &Expr,
        scope: &Scope,
        table: &Table,
    ) -> Res<Column> {
        if let Some(Binding::Function(function, closure)) = scope.find(&name.text) {
            return match self.call(&function, &closure, args, scope, table, expr.span)? {
                Given::Scalar(column) => Ok(column),
                Given::Table(found) => Ok(self.scalar_of(&found, table.rows)),
            };
        }
        if let Some(column) = self.special(&name.text, args, expr, scope, table)? {
            return Ok(column);
        }
        let Some(function) = functions::find(&name.text) else {
            if crate::aggregates::find(&name.text).is_some() {
                return wrong(
                    name.span,
                    format!("`{}` is an aggregate: it stands in summarize", name.text),
                );
            }
            return wrong(name.span, unknown(&name.text));
        };
        if args.len() < function.least || args.len() > function.most {
            return wrong(
                expr.span,
                format!(
                    "`{}` takes {} arguments, not {}",
                    name.text,
                    allowed(function),
                    args.len()
                ),
            );
        }
        let columns: Vec<Column> =
            args.iter().map(|arg| self.eval(arg, scope, table)).collect::<Res<_>>()?;
        let called = self.apply(function, &columns, expr, table.rows)?;
        // `extract(…, typeof(long))`
        Ok(match args.last() {
            Some(Expr { kind: ExprKind::TypeOf(schema), .. }) if args.len() > 1 => {
                let ty = schema.columns.first().and_then(|column| Type::parse(&column.ty.text));
                ty.map_or(called.clone(), |ty| convert(&called, ty))
            }
            _ => called,
        })
    }

    fn apply(
        &self,
        function: &Function,
        columns: &[Column],
        expr: &Expr,
        rows: usize,
    ) -> Res<Column> {
        let types: Vec<Type> = columns.iter().map(|column| column.ty).collect();
        let ty = (function.result)(&types);
        let failed = |why: String| wrong(expr.span, why);
        let varying: Vec<usize> =
            (0..columns.len()).filter(|at| columns[*at].constant().is_none()).collect();
        let mut values: Vec<Value> = columns
            .iter()
            .map(|column| column.constant().cloned().unwrap_or(Value::Null))
            .collect();
        let drawn = matches!(function.name, "rand" | "new_guid");
        if drawn {
            // another value for each row
            let found: Result<Vec<Value>, String> =
                (0..rows).map(|_| (function.eval)(&self.session.context, &values)).collect();
            return found.map(|values| Column::new(ty, values)).or_else(failed);
        }
        if varying.is_empty() {
            return match (function.eval)(&self.session.context, &values) {
                Ok(value) => Ok(Column::same(value, ty, rows)),
                Err(why) => failed(why),
            };
        }
        let mut error = None;
        let mut run = |values: &[Value]| {
            (function.eval)(&self.session.context, values).unwrap_or_else(|why| {
                error.get_or_insert(why);
                Value::Null
            })
        };
        let column = match varying.as_slice() {
            [one] => columns[*one].map(ty, |value| {
                values[*one] = value.clone();
                run(&values)
            }),
            several => {
                let mut found = Vec::with_capacity(rows);
                for row in 0..rows {
                    several.iter().for_each(|at| values[*at] = columns[*at].get(row));
                    found.push(run(&values));
                }
                Column::new(ty, found)
            }
        };
        error.map_or(Ok(column), failed)
    }

    /// Functions that look at the query, the table or its order.
    fn special(
        &self,
        name: &str,
        args: &[Expr],
        expr: &Expr,
        scope: &Scope,
        table: &Table,
    ) -> Res<Option<Column>> {
        let rows = table.rows;
        let first = || {
            args.first().map_or_else(|| wrong(expr.span, format!("`{name}` wants an argument")), Ok)
        };
        Ok(Some(match name {
            "toscalar" => {
                let arg = first()?;
                match self.given(arg, scope, &Table::new(1))? {
                    Given::Scalar(column) => Column::same(column.get(0), column.ty, rows),
                    Given::Table(found) => self.scalar_of(&found, rows),
                }
            }
            "materialize" => {
                let found = self.table(first()?, scope)?;
                self.scalar_of(&found, rows)
            }
            "column_ifexists" | "columnifexists" => {
                let wanted = self.eval(first()?, scope, table)?;
                let wanted = wanted.constant().map(Value::to_text).unwrap_or_default();
                match (table.column(&wanted), args.get(1)) {
                    (Some(column), _) => column.clone(),
                    (None, Some(other)) => self.eval(other, scope, table)?,
                    (None, None) => {
                        return wrong(
                            expr.span,
                            "a value for when there is no such column is missing",
                        );
                    }
                }
            }
            "pack_all" => {
                let skip_empty = args
                    .first()
                    .is_some_and(|arg| matches!(arg.kind, ExprKind::Literal(Literal::Bool(true))));
                Column::new(
                    Type::Dynamic,
                    (0..rows).map(|row| pack_all(table, row, skip_empty)).collect::<Vec<_>>(),
                )
            }
            "bag_pack_columns" => {
                let columns: Vec<(String, Column)> = args
                    .iter()
                    .map(|arg| {
                        let name = crate::run::names::of(arg).unwrap_or_default();
                        Ok((name, self.eval(arg, scope, table)?))
                    })
                    .collect::<Res<_>>()?;
                let bags = (0..rows).map(|row| {
                    let entries = columns.iter().map(|(name, column)| {
                        (name.as_str().into(), column.get(row).to_dyn().unwrap_or_default())
                    });
                    Value::dynamic(Dyn::Bag(entries.collect()))
                });
                Column::new(Type::Dynamic, bags.collect::<Vec<_>>())
            }
            "ingestion_time" => match ["_IngestionTime", "TimeGenerated", "Timestamp"]
                .iter()
                .find_map(|name| table.column(name))
            {
                Some(column) => column.clone(),
                None => Column::same(Value::Null, Type::DateTime, rows),
            },
            // a null says nothing of its type, its column does
            "gettype" => {
                let column = self.eval(first()?, scope, table)?;
                let name = column.ty.as_str();
                let Some(function) = functions::find("gettype") else {
                    return wrong(expr.span, "gettype is missing");
                };
                let kinds = column.values().map(|value| match value {
                    Value::Null if column.ty != Type::Dynamic => Ok(Value::str(name)),
                    value => (function.eval)(&self.session.context, &[value]),
                });
                match kinds.collect::<Result<Vec<_>, _>>() {
                    Ok(kinds) => Column::new(Type::String, kinds),
                    Err(why) => return wrong(expr.span, why),
                }
            }
            "estimate_data_size" => Column::same(Value::Long(0), Type::Long, rows),
            "current_principal" | "current_cluster_endpoint" | "current_database" => {
                Column::same(Value::str(""), Type::String, rows)
            }
            "column_names_of" => {
                let found = self.table(first()?, scope)?;
                Column::same(
                    Value::dynamic(Dyn::Array(
                        found.fields.iter().map(|f| Dyn::str(&f.name)).collect(),
                    )),
                    Type::Dynamic,
                    rows,
                )
            }
            _ => return self.window(name, args, expr, scope, table),
        }))
    }
}

fn pack_all(table: &Table, row: usize, skip_empty: bool) -> Value {
    let entries = table.fields.iter().zip(&table.columns).filter_map(|(field, column)| {
        let value = column.get(row);
        let empty = value.is_null() || matches!(&value, Value::Str(text) if text.is_empty());
        (!skip_empty || !empty).then(|| (field.name.clone(), value.to_dyn().unwrap_or_default()))
    });
    Value::dynamic(Dyn::Bag(entries.collect()))
}

fn allowed(function: &Function) -> String {
    match (function.least, function.most) {
        (least, most) if least == most => least.to_string(),
        (least, usize::MAX) => format!("{least} or more"),
        (least, most) => format!("{least} to {most}"),
    }
}

fn unknown(name: &str) -> String {
    let lower = name.to_lowercase();
    let near: HashMap<String, &str> =
        functions::names().map(|known| (known.to_lowercase(), known)).collect();
    match near.get(&lower) {
        Some(known) => format!("there is no function `{name}`; did you mean `{known}`?"),
        None => format!("there is no function `{name}`"),
    }
}
