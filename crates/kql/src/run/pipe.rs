//! Expressions that are tables, and pipes.
use super::{Binding, Res, Runner, Scope, Wants, wrong};
use crate::{
    syntax::ast::{Expr, ExprKind, Literal, Operator, OperatorKind, Schema},
    table::{Column, Table},
    value::{Type, Value},
};

/// Calls that give a table whatever their arguments.
const TABLE_CALLS: [&str; 4] = ["table", "materialize", "database", "cluster"];

impl Runner<'_> {
    /// Whether the expression can only be a table, as far as can be told without running it.
    pub fn is_table(&self, expr: &Expr, scope: &Scope) -> bool {
        match &expr.kind {
            ExprKind::Pipe(_)
            | ExprKind::Source(_)
            | ExprKind::DataTable { .. }
            | ExprKind::ExternalData { .. }
            | ExprKind::Wildcard(_) => true,
            ExprKind::Name(name) => match scope.find(name) {
                Some(Binding::Lazy(_) | Binding::Table(_)) => true,
                Some(Binding::Function(function, _)) => {
                    function.params.is_empty() && self.gives_table(&function.body, scope)
                }
                Some(Binding::Scalar(_)) => false,
                None => self.session.source.knows(name),
            },
            ExprKind::Call { name, .. } => match scope.find(&name.text) {
                Some(Binding::Function(function, closure)) => {
                    self.gives_table(&function.body, &closure)
                }
                _ => TABLE_CALLS.contains(&name.text.as_str()),
            },
            ExprKind::Member { base, .. } => {
                matches!(&base.kind, ExprKind::Call { name, .. } if matches!(name.text.as_str(), "database" | "cluster" | "workspace"))
                    || matches!(base.kind, ExprKind::Member { .. }) && self.is_table(base, scope)
            }
            _ => false,
        }
    }

    /// Whether a function's last statement is a table: one of its own names may be it.
    fn gives_table(&self, body: &[crate::syntax::ast::Statement], scope: &Scope) -> bool {
        use crate::syntax::ast::StatementKind;
        let Some(StatementKind::Expr(last)) = body.last().map(|s| &s.kind) else { return false };
        if self.is_table(last, scope) {
            return true;
        }
        let ExprKind::Name(name) = &last.kind else { return false };
        body.iter().any(|statement| matches!(&statement.kind, StatementKind::Let { name: n, value } if n.text == *name && self.is_table(value, scope)))
    }

    /// The table that the expression is.
    pub fn table(&self, expr: &Expr, scope: &Scope) -> Res<Table> {
        match &expr.kind {
            ExprKind::Pipe(pipe) => {
                let table = match (&pipe.source.kind, pipe.operators.first().map(|op| &op.kind)) {
                    // a range without end is no harm when only its beginning is wanted
                    (ExprKind::Source(op), Some(OperatorKind::Take { count })) => match &op.kind {
                        OperatorKind::Range { name, from, to, step } => self.range(
                            &name.text,
                            [from, to, step],
                            Some(self.count_of(count, scope)?),
                            scope,
                        )?,
                        _ => self.table(&pipe.source, scope)?,
                    },
                    _ => self.table(&pipe.source, scope)?,
                };
                self.pipeline(&pipe.operators, table, scope)
            }
            ExprKind::Source(operator) => Ok(self.step(operator, Table::new(1), scope.clone())?.0),
            ExprKind::DataTable { schema, rows } => self.datatable(schema, rows, scope, expr),
            ExprKind::Name(name) => self.named_table(name, expr, scope),
            ExprKind::Wildcard(pattern) => {
                self.union_of(&self.matching(pattern, scope), expr, scope)
            }
            ExprKind::Member { member, .. } => self.table(member, scope),
            ExprKind::Call { name, args } => self.table_call(&name.text, args, expr, scope),
            ExprKind::ExternalData { schema, .. } if self.session.check => {
                self.datatable(schema, &[], scope, expr)
            }
            ExprKind::ExternalData { .. } => {
                wrong(expr.span, "externaldata reads from outside, which is not allowed here")
            }
            ExprKind::Named { value, .. } => self.table(value, scope),
            _ => {
                // a scalar where a table is wanted: a table of one value
                let column = self.eval(expr, scope, &Table::new(1))?;
                let mut table = Table::new(1);
                table.set(super::names::of(expr).unwrap_or_else(|| "Column1".to_owned()), column);
                Ok(table)
            }
        }
    }

    /// Runs a pipe's operators over a table.
    pub fn pipeline(&self, operators: &[Operator], mut table: Table, scope: &Scope) -> Res<Table> {
        let mut scope = scope.clone();
        for operator in operators {
            (table, scope) = self.step(operator, table, scope)?;
        }
        Ok(table)
    }

    fn named_table(&self, name: &str, expr: &Expr, scope: &Scope) -> Res<Table> {
        match scope.find(name) {
            Some(Binding::Lazy(lazy)) => return self.force(&lazy),
            Some(Binding::Table(table)) => return Ok(table.as_ref().clone()),
            Some(Binding::Function(function, closure)) => {
                return match self.call(
                    &function,
                    &closure,
                    &[],
                    scope,
                    &Table::new(1),
                    expr.span,
                )? {
                    super::Given::Table(table) => Ok(table),
                    super::Given::Scalar(_) => {
                        wrong(expr.span, format!("`{name}` gives a value, not a table"))
                    }
                };
            }
            Some(Binding::Scalar(column)) => {
                let mut table = Table::new(1);
                table.set(name, Column::same(column.get(0), column.ty, 1));
                return Ok(table);
            }
            None => {}
        }
        match self.session.source.table(name, &Wants { schema_only: self.session.check }) {
            Ok(Some(table)) => {
                self.session.admit(&table, expr.span)?;
                Ok(table)
            }
            Ok(None) => wrong(expr.span, format!("there is no table `{name}`")),
            Err(why) => Err(super::Failure::Source(why)),
        }
    }

    fn table_call(&self, name: &str, args: &[Expr], expr: &Expr, scope: &Scope) -> Res<Table> {
        if let Some(Binding::Function(function, closure)) = scope.find(name) {
            return match self.call(&function, &closure, args, scope, &Table::new(1), expr.span)? {
                super::Given::Table(table) => Ok(table),
                super::Given::Scalar(column) => {
                    let mut table = Table::new(1);
                    table.set("Column1", column);
                    Ok(table)
                }
            };
        }
        match (name, args.first()) {
            ("materialize", Some(arg)) => self.table(arg, scope),
            ("table", Some(arg)) => {
                let wanted = self.eval(arg, scope, &Table::new(1))?;
                let wanted = wanted.constant().map(Value::to_text).unwrap_or_default();
                self.named_table(&wanted, arg, scope)
            }
            ("toscalar", Some(arg)) => self.table(arg, scope),
            _ => wrong(expr.span, format!("there is no function `{name}` that gives a table")),
        }
    }

    /// The names of tables that the pattern fits.
    pub fn matching(&self, pattern: &str, scope: &Scope) -> Vec<String> {
        let mut names: Vec<String> = self.session.source.names();
        names.extend(scope.tables().iter().map(|name| name.to_string()));
        names.retain(|name| wildcard(pattern, name));
        names.sort_unstable();
        names.dedup();
        names
    }

    fn union_of(&self, names: &[String], expr: &Expr, scope: &Scope) -> Res<Table> {
        if names.is_empty() {
            return wrong(expr.span, "no table fits the pattern");
        }
        let tables = names
            .iter()
            .map(|name| self.named_table(name, expr, scope))
            .collect::<Res<Vec<_>>>()?;
        Ok(super::operators::union::outer(&tables))
    }

    fn datatable(&self, schema: &Schema, rows: &[Expr], scope: &Scope, expr: &Expr) -> Res<Table> {
        let width = schema.columns.len();
        if width == 0 || !rows.len().is_multiple_of(width) {
            return wrong(
                expr.span,
                format!("{} values do not fill rows of {width} columns", rows.len()),
            );
        }
        let one = Table::new(1);
        let mut columns: Vec<Vec<Value>> = vec![vec![]; width];
        for (at, cell) in rows.iter().enumerate() {
            let value = match &cell.kind {
                ExprKind::Literal(Literal::Null) => Value::Null,
                _ => self.eval(cell, scope, &one)?.get(0),
            };
            columns[at % width].push(value);
        }
        let mut table = Table::new(rows.len() / width);
        for (column, values) in schema.columns.iter().zip(columns) {
            let Some(ty) = Type::parse(&column.ty.text) else {
                return wrong(column.ty.span, format!("`{}` is no type", column.ty.text));
            };
            if table.find(&column.name.text).is_some() {
                return wrong(
                    column.name.span,
                    format!("the column `{}` is there twice", column.name.text),
                );
            }
            table.set(
                column.name.text.as_str(),
                Column::new(ty, values.iter().map(|value| value.cast(ty)).collect::<Vec<_>>()),
            );
        }
        if self.session.check {
            table = table.take(&[]);
        }
        Ok(table)
    }
}

/// `*` stands for any letters; letter case counts.
pub(crate) fn wildcard(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else { return rest.is_empty() };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
