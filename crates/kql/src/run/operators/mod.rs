//! The tabular operators, each a function from tables to a table.
mod columns;
mod evaluate;
mod expand;
mod join;
mod parse;
mod rows;
mod series;
mod sources;
mod summarize;
pub(super) mod union;

use super::{Binding, Res, Runner, Scope, wrong};
use crate::{
    syntax::ast::{Expr, ExprKind, Literal, Operator, OperatorKind},
    table::{Column, Table},
    value::Value,
};
use std::rc::Rc;

impl Runner<'_> {
    /// One operator; the scope is another behind `as`.
    pub(super) fn step(&self, op: &Operator, table: Table, scope: Scope) -> Res<(Table, Scope)> {
        if let OperatorKind::As { name } = &op.kind {
            let scope = scope.with(&name.text, Binding::Table(Rc::new(table.clone())));
            self.named.replace(name.text.clone());
            return Ok((table, scope));
        }
        let done = self.operator(op, table, &scope)?;
        self.named.take();
        self.session.admit(&done, op.keyword)?;
        Ok((done, scope))
    }

    fn operator(&self, op: &Operator, table: Table, scope: &Scope) -> Res<Table> {
        match &op.kind {
            OperatorKind::Where { predicate } => self.filter(predicate, &table, scope),
            OperatorKind::Project { items } => self.project(items, &table, scope),
            OperatorKind::Extend { items } => self.extend(items, &table, scope),
            OperatorKind::Serialize { items } => {
                let mut table = self.extend(items, &Table { serialized: true, ..table }, scope)?;
                table.serialized = true;
                Ok(table)
            }
            OperatorKind::Print { items } => self.print(items, scope),
            OperatorKind::ProjectAway { items } => self.project_away(items, &table, false),
            OperatorKind::ProjectKeep { items } => self.project_away(items, &table, true),
            OperatorKind::ProjectRename { items } => self.project_rename(items, table),
            OperatorKind::ProjectReorder { keys } => self.project_reorder(keys, &table),
            OperatorKind::Summarize { aggregates, by } => {
                self.summarize(aggregates, by, &table, scope)
            }
            OperatorKind::Distinct { columns } => self.distinct(columns, &table, scope),
            OperatorKind::Count { name } => {
                let mut counted = Table::new(1);
                let rows = i64::try_from(table.rows).unwrap_or(i64::MAX);
                let name = name.as_ref().map_or("Count", |name| name.text.as_str());
                counted.set(name, Column::same(Value::Long(rows), crate::value::Type::Long, 1));
                Ok(counted)
            }
            OperatorKind::Sort { keys } => self.sort(keys, &table, scope),
            OperatorKind::Top { count, keys } => {
                let count = self.count_of(count, scope)?;
                Ok(head(&self.sort(keys, &table, scope)?, count))
            }
            OperatorKind::Take { count } | OperatorKind::Sample { count } => {
                Ok(head(&table, self.count_of(count, scope)?))
            }
            OperatorKind::SampleDistinct { count, of } => {
                let count = self.count_of(count, scope)?;
                Ok(head(&self.distinct(std::slice::from_ref(of), &table, scope)?, count))
            }
            OperatorKind::Join { right, on, predicate } => {
                self.join(op, right, on, predicate.as_ref(), &table, scope)
            }
            OperatorKind::Lookup { right, on } => self.lookup(op, right, on, &table, scope),
            OperatorKind::Union { tables } => self.union(op, tables, &table, scope),
            OperatorKind::Range { name, from, to, step } => {
                self.range(&name.text, [from, to, step], None, scope)
            }
            OperatorKind::MvExpand { items, limit } => {
                self.mv_expand(op, items, limit.as_ref(), &table, scope)
            }
            OperatorKind::MvApply { items, limit, body, .. } => {
                self.mv_apply(op, items, limit.as_ref(), body, &table, scope)
            }
            OperatorKind::Parse { filter, target, parts } => {
                self.parse(op, *filter, target, parts, &table, scope)
            }
            OperatorKind::ParseKv { target, schema, with } => {
                self.parse_kv(target, schema, with, &table, scope)
            }
            OperatorKind::MakeSeries { aggregates, on, range, by } => {
                self.make_series(op, (aggregates, on, range, by), &table, scope)
            }
            OperatorKind::Evaluate { call, .. } => self.evaluate(call, &table, scope),
            OperatorKind::Search { tables, predicate } => {
                self.search(op, tables, predicate, &table, scope)
            }
            OperatorKind::Find { tables, predicate, project, .. } => {
                self.find(tables, predicate.as_ref(), project, scope, op)
            }
            OperatorKind::TopNested { levels } => self.top_nested(levels, &table, scope),
            OperatorKind::TopHitters { count, of, by } => {
                self.top_hitters(count, of, by.as_ref(), &table, scope)
            }
            OperatorKind::Partition { by, body, query } => {
                self.partition(by, body, query.as_deref(), &table, scope)
            }
            OperatorKind::Invoke { call } => self.invoke(call, table, scope),
            OperatorKind::Render { chart, with } => {
                let properties =
                    with.iter().map(|p| (p.name.text.clone(), text_of(&p.value))).collect();
                *self.render.borrow_mut() =
                    Some((chart.as_ref().map_or_else(String::new, |c| c.text.clone()), properties));
                Ok(table)
            }
            OperatorKind::GetSchema => Ok(schema(&table)),
            OperatorKind::Consume
            | OperatorKind::ExecuteAndCache
            | OperatorKind::AssertSchema { .. } => Ok(table),
            OperatorKind::Missing => wrong(op.keyword, "an operator is missing"),
            OperatorKind::Unknown { name } => {
                wrong(op.keyword, format!("there is no operator `{name}`"))
            }
            _ => wrong(op.keyword, "this operator is not supported"),
        }
    }

    /// A whole number that is the same for all rows.
    pub(super) fn count_of(&self, expr: &Expr, scope: &Scope) -> Res<usize> {
        let column = self.eval(expr, scope, &Table::new(1))?;
        match column.get(0).as_long().and_then(|n| usize::try_from(n).ok()) {
            Some(count) => Ok(count),
            None => wrong(expr.span, "a number of rows is wanted here"),
        }
    }
}

pub(super) fn head(table: &Table, count: usize) -> Table {
    if count >= table.rows {
        return table.clone();
    }
    table.take(&(0..count).collect::<Vec<_>>())
}

fn schema(table: &Table) -> Table {
    use crate::value::Type;
    let texts = |f: &dyn Fn(&crate::table::Field) -> String| {
        Column::new(
            Type::String,
            table.fields.iter().map(|field| Value::str(f(field))).collect::<Vec<_>>(),
        )
    };
    let mut found = Table::new(table.fields.len());
    found.set("ColumnName", texts(&|field| field.name.to_string()));
    let ordinals =
        (0..table.fields.len()).map(|at| Value::Int(i32::try_from(at).unwrap_or(i32::MAX)));
    found.set("ColumnOrdinal", Column::new(Type::Int, ordinals.collect::<Vec<_>>()));
    found.set("DataType", texts(&|field| net_type(field.ty).to_owned()));
    found.set("ColumnType", texts(&|field| field.ty.as_str().to_owned()));
    found
}

fn net_type(ty: crate::value::Type) -> &'static str {
    use crate::value::Type;
    match ty {
        Type::Bool => "System.SByte",
        Type::Int => "System.Int32",
        Type::Long => "System.Int64",
        Type::Real => "System.Double",
        Type::Decimal => "System.Data.SqlTypes.SqlDecimal",
        Type::DateTime => "System.DateTime",
        Type::TimeSpan => "System.TimeSpan",
        Type::Guid => "System.Guid",
        Type::String => "System.String",
        Type::Dynamic => "System.Object",
    }
}

/// A parameter's value as a word or a text.
pub(super) fn text_of(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::Literal(Literal::Str { value, .. }) => value.clone(),
        ExprKind::Literal(Literal::Bool(b)) => b.to_string(),
        ExprKind::Literal(Literal::Long(n) | Literal::Real(n)) => n.clone(),
        _ => String::new(),
    }
}

/// The parameter `name = …` of the operator.
pub(super) fn param<'o>(op: &'o Operator, name: &str) -> Option<&'o Expr> {
    op.params.iter().find(|p| p.name.text.eq_ignore_ascii_case(name)).map(|p| &p.value)
}
