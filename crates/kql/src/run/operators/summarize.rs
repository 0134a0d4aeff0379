//! `summarize`: groups and what is computed over them.
use crate::{
    aggregates::{self, Aggregate, State},
    run::{Res, Runner, Scope, names, wrong},
    syntax::ast::{Expr, ExprKind, Literal},
    table::{Column, Table},
    value::{Type, Value},
};

/// One call of an aggregate: its columns over the rows, its outputs under hidden names.
struct Call {
    aggregate: &'static Aggregate,
    columns: Vec<Column>,
    /// Name and type of each output.
    outputs: Vec<(String, Type)>,
}

impl Runner<'_> {
    pub(super) fn summarize(
        &self,
        items: &[Expr],
        by: &[Expr],
        table: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let mut keys: Vec<(String, Column)> = vec![];
        for (at, expr) in by.iter().enumerate() {
            let column = match auto_bin(expr) {
                Some(of) => self.bin_auto(of, scope, table)?,
                None => self.eval(expr, scope, table)?,
            };
            let name = names::of(expr).unwrap_or_else(|| format!("Column{}", at + 1));
            keys.push((name, column));
        }
        let columns: Vec<Column> = keys.iter().map(|(_, column)| column.clone()).collect();
        let mut groups = Self::groups(&columns, table.rows);
        if by.is_empty() && groups.is_empty() {
            groups.push((vec![], vec![]));
        }
        let mut found = Table::new(groups.len());
        for (at, (name, column)) in keys.iter().enumerate() {
            let values: Vec<Value> = groups.iter().map(|(key, _)| key[at].clone()).collect();
            found.add(name, Column::new(column.ty, values));
        }
        found.open = table.open;
        let rows: Vec<Vec<usize>> = groups.into_iter().map(|(_, rows)| rows).collect();
        for item in items {
            self.aggregate_item(item, &rows, table, &mut found, scope)?;
        }
        Ok(found)
    }

    /// Adds the columns of one item to the groups.
    fn aggregate_item(
        &self,
        item: &Expr,
        rows: &[Vec<usize>],
        table: &Table,
        found: &mut Table,
        scope: &Scope,
    ) -> Res<()> {
        let (given, expr) = match &item.kind {
            ExprKind::Named { names, value } => (Some(names), value.as_ref()),
            _ => (None, item),
        };
        if let ExprKind::Call { name, args } = &expr.kind
            && let Some(aggregate) = aggregates::find(&name.text)
            && scope.find(&name.text).is_none()
        {
            let keys: Vec<&str> = found.fields.iter().map(|field| &*field.name).collect();
            let call =
                self.aggregate_call(aggregate, (&name.text, args), table, &keys, scope, expr)?;
            let columns = self.run_aggregate(&call, rows, expr)?;
            for (at, ((default, _), column)) in call.outputs.iter().zip(columns).enumerate() {
                match given {
                    // `(a, b) = arg_max(x, y)`, `x = arg_max(x, y)`
                    Some(names) if at < names.len() => found.add(&names[at].text, column),
                    _ => found.add(default, column),
                }
            }
            return Ok(());
        }
        // an expression over aggregates: they are computed first, under hidden names
        let mut hidden = found.clone();
        let expr = self.replaced(expr, rows, table, &mut hidden, scope)?;
        let column = self.eval(&expr, scope, &hidden)?;
        let name = match given.and_then(|names| names.first()) {
            Some(name) => name.text.clone(),
            None => {
                names::of(item).filter(|name| !name.starts_with('\u{0}')).unwrap_or_else(|| {
                    (1..)
                        .map(|n| format!("Column{n}"))
                        .find(|name| found.find(name).is_none())
                        .unwrap_or_default()
                })
            }
        };
        found.add(&name, column);
        Ok(())
    }

    /// The expression with each call of an aggregate replaced by the name of a column that has its value.
    fn replaced(
        &self,
        expr: &Expr,
        rows: &[Vec<usize>],
        table: &Table,
        hidden: &mut Table,
        scope: &Scope,
    ) -> Res<Expr> {
        if let ExprKind::Call { name, args } = &expr.kind
            && let Some(aggregate) = aggregates::find(&name.text)
            && scope.find(&name.text).is_none()
        {
            let call =
                self.aggregate_call(aggregate, (&name.text, args), table, &[], scope, expr)?;
            let columns = self.run_aggregate(&call, rows, expr)?;
            let name = format!("\u{0}{}", hidden.fields.len());
            if let Some(column) = columns.into_iter().next() {
                hidden.set(name.as_str(), column);
            }
            return Ok(Expr { kind: ExprKind::Name(name), span: expr.span });
        }
        let mut expr = expr.clone();
        let mut error = None;
        children(&mut expr, &mut |child| match self.replaced(child, rows, table, hidden, scope) {
            Ok(done) => *child = done,
            Err(failure) => drop(error.get_or_insert(failure)),
        });
        error.map_or(Ok(expr), Err)
    }

    /// `keys` are names that a `*` does not mean.
    fn aggregate_call(
        &self,
        aggregate: &'static Aggregate,
        (name, args): (&str, &[Expr]),
        table: &Table,
        keys: &[&str],
        scope: &Scope,
        expr: &Expr,
    ) -> Res<Call> {
        let choosing = matches!(name, "arg_max" | "arg_min" | "argmax" | "argmin");
        let any = matches!(name, "take_any" | "any");
        let (mut columns, mut labels) = (vec![], vec![]);
        for (at, arg) in args.iter().enumerate() {
            if matches!(arg.kind, ExprKind::Star) && (choosing || any) {
                for (field, column) in table.fields.iter().zip(&table.columns) {
                    if !labels.contains(&field.name.to_string()) && !keys.contains(&&*field.name) {
                        labels.push(field.name.to_string());
                        columns.push(column.clone());
                    }
                }
                continue;
            }
            columns.push(self.eval(arg, scope, table)?);
            labels.push(match &arg.kind {
                ExprKind::Named { names, .. } if !names.is_empty() => names[0].text.clone(),
                _ => names::of(arg).unwrap_or_else(|| {
                    if choosing && at == 0 {
                        format!("{}_", &name[name.len() - 3..])
                    } else {
                        format!("Column{}", at + 1)
                    }
                }),
            });
        }
        if columns.len() < aggregate.least || columns.len() > aggregate.most {
            return wrong(expr.span, format!("`{name}` does not take {} arguments", columns.len()));
        }
        let types: Vec<Type> = columns.iter().map(|column| column.ty).collect();
        let types = (aggregate.result)(&types);
        let outputs = if choosing || (any && types.len() > 1) {
            labels
                .iter()
                .cloned()
                .map(|label| if name == "any" { format!("any_{label}") } else { label })
                .zip(types)
                .collect()
        } else if name.starts_with("percentile") && !name.ends_with("array") {
            let first =
                if name.starts_with("percentilesw") || name == "percentilew" { 2 } else { 1 };
            let stem = names::of_aggregate(name, args);
            args[first.min(args.len())..]
                .iter()
                .map(|arg| format!("{stem}_{}", number_label(arg)))
                .zip(types)
                .collect()
        } else {
            types.into_iter().map(|ty| (names::of_aggregate(name, args), ty)).collect()
        };
        Ok(Call { aggregate, columns, outputs })
    }

    fn run_aggregate(&self, call: &Call, groups: &[Vec<usize>], expr: &Expr) -> Res<Vec<Column>> {
        let types: Vec<Type> = call.columns.iter().map(|column| column.ty).collect();
        let constants: Vec<Option<Value>> =
            call.columns.iter().map(|column| column.constant().cloned()).collect();
        let mut outputs: Vec<Vec<Value>> =
            vec![Vec::with_capacity(groups.len()); call.outputs.len()];
        let mut row_values: Vec<Value> =
            constants.iter().map(|c| c.clone().unwrap_or(Value::Null)).collect();
        for rows in groups {
            let mut state: Box<dyn State> = match (call.aggregate.start)(&types, &constants) {
                Ok(state) => state,
                Err(why) => return wrong(expr.span, why),
            };
            for row in rows {
                for (at, column) in call.columns.iter().enumerate() {
                    if constants[at].is_none() {
                        row_values[at] = column.get(*row);
                    }
                }
                state.add(&row_values);
            }
            for (output, value) in outputs.iter_mut().zip(state.finish()) {
                output.push(value);
            }
        }
        Ok(outputs
            .into_iter()
            .zip(&call.outputs)
            .map(|(values, (_, ty))| Column::new(*ty, values))
            .collect())
    }

    /// The value of an expression over aggregates for all rows as one group.
    pub(super) fn aggregate_once(&self, expr: &Expr, table: &Table, scope: &Scope) -> Res<Column> {
        let columns = self.aggregate_by(expr, &[(0..table.rows).collect()], table, scope)?;
        Ok(columns)
    }

    /// The same for groups of rows.
    pub(super) fn aggregate_by(
        &self,
        expr: &Expr,
        groups: &[Vec<usize>],
        table: &Table,
        scope: &Scope,
    ) -> Res<Column> {
        let mut found = Table::new(groups.len());
        self.aggregate_item(expr, groups, table, &mut found, scope)?;
        found
            .columns
            .into_iter()
            .next()
            .map_or_else(|| wrong(expr.span, "an aggregate is wanted here"), Ok)
    }

    /// `bin_auto(x)`: the size is what the query sets.
    fn bin_auto(&self, of: &Expr, scope: &Scope, table: &Table) -> Res<Column> {
        let column = self.eval(of, scope, table)?;
        let size = self.setting("query_bin_auto_size").unwrap_or(Value::Long(1));
        let at = self.setting("query_bin_auto_at");
        let Some(bin) = crate::functions::find(if at.is_some() { "bin_at" } else { "bin" }) else {
            return wrong(of.span, "bin is missing");
        };
        let mut failed = None;
        let values = column.map(column.ty, |value| {
            let mut args = vec![value.clone(), size.clone()];
            args.extend(at.clone());
            (bin.eval)(&self.session.context, &args).unwrap_or_else(|why| {
                failed.get_or_insert(why);
                Value::Null
            })
        });
        failed.map_or(Ok(values), |why| wrong(of.span, why))
    }
}

fn auto_bin(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Call { name, args } if name.text == "bin_auto" => args.first(),
        ExprKind::Named { value, .. } => auto_bin(value),
        _ => None,
    }
}

/// As it ends the name of a percentile's column: `99.9` is `99_9`.
fn number_label(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(Literal::Long(n) | Literal::Real(n)) => n.replace('.', "_"),
        _ => String::new(),
    }
}

/// Calls `f` with each expression directly inside.
fn children(expr: &mut Expr, f: &mut dyn FnMut(&mut Expr)) {
    match &mut expr.kind {
        ExprKind::Call { args, .. } => args.iter_mut().for_each(f),
        ExprKind::Member { base, .. } => f(base),
        ExprKind::Index { base, index } => {
            f(base);
            f(index);
        }
        ExprKind::Unary { operand, .. } => f(operand),
        ExprKind::Binary { left, right, .. } => {
            f(left);
            f(right);
        }
        ExprKind::And(items) | ExprKind::Or(items) | ExprKind::Tuple(items) => {
            items.iter_mut().for_each(f)
        }
        ExprKind::List { left, list, .. } => {
            f(left);
            list.iter_mut().for_each(f);
        }
        ExprKind::Between { operand, low, high, .. } => {
            f(operand);
            f(low);
            f(high);
        }
        ExprKind::Named { value, .. } => f(value),
        _ => {}
    }
}
