//! `union`: rows of several tables.
use super::{param, text_of};
use crate::{
    run::{Res, Runner, Scope, pipe::wildcard, wrong},
    syntax::ast::{Expr, ExprKind, Operator},
    table::{Column, Field, Table},
    value::{Type, Value},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

impl Runner<'_> {
    pub(super) fn union(
        &self,
        op: &Operator,
        tables: &[Expr],
        first: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let fuzzy = param(op, "isfuzzy").is_some_and(|value| text_of(value) == "true");
        let mut parts: Vec<(String, Table)> = vec![];
        if !first.fields.is_empty() || first.open {
            parts.push((self.named.take(), first.clone()));
        }
        for expr in tables {
            match &expr.kind {
                ExprKind::Star | ExprKind::Wildcard(_) => {
                    for name in self.matching(pattern_of(expr), scope) {
                        let named = Expr { kind: ExprKind::Name(name.clone()), span: expr.span };
                        parts.push((name, self.table(&named, scope)?));
                    }
                }
                _ => match self.table(expr, scope) {
                    Ok(table) => parts.push((self.source_name(expr, scope), table)),
                    Err(crate::run::Failure::Query(_))
                        if fuzzy && tables.len() + parts.len() > 1 => {}
                    Err(failure) => return Err(failure),
                },
            }
        }
        if parts.is_empty() && fuzzy {
            return Ok(Table { open: true, ..Table::default() });
        }
        if parts.is_empty() {
            return wrong(op.keyword, "there is no table to unite");
        }
        if let Some(column) = param(op, "withsource").or_else(|| param(op, "with_source")) {
            let column = text_of(column);
            for (at, (name, table)) in parts.iter_mut().enumerate() {
                let name = if name.is_empty() { format!("union_arg{at}") } else { name.clone() };
                let mut with = Table { rows: table.rows, ..Table::default() };
                with.set(column.as_str(), Column::same(Value::str(name), Type::String, table.rows));
                for (field, values) in table.fields.iter().zip(&table.columns) {
                    with.add(&field.name, values.clone());
                }
                *table = with;
            }
        }
        let tables: Vec<Table> = parts.into_iter().map(|(_, table)| table).collect();
        Ok(match param(op, "kind").map(text_of).as_deref() {
            Some("inner") => inner(&tables),
            _ => outer(&tables),
        })
    }

    /// What `withsource` calls a table: names that the query itself gives are none.
    fn source_name(&self, expr: &Expr, scope: &Scope) -> String {
        match &expr.kind {
            ExprKind::Name(name)
                if matches!(scope.find(name), None | Some(crate::run::Binding::Function(..))) =>
            {
                name.clone()
            }
            ExprKind::Pipe(pipe) => match pipe.operators.last().map(|op| &op.kind) {
                Some(crate::syntax::ast::OperatorKind::As { name }) => name.text.clone(),
                _ if pipe.operators.iter().all(|op| {
                    matches!(op.kind, crate::syntax::ast::OperatorKind::Where { .. })
                }) =>
                {
                    self.source_name(&pipe.source, scope)
                }
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    pub(super) fn search(
        &self,
        op: &Operator,
        tables: &[Expr],
        predicate: &Expr,
        first: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let mut parts = vec![];
        let cased = param(op, "kind").is_some_and(|kind| text_of(kind) == "case_sensitive");
        let mut names: Vec<String> = vec![];
        for expr in tables {
            match &expr.kind {
                ExprKind::Star | ExprKind::Wildcard(_) => {
                    names.extend(self.matching(pattern_of(expr), scope))
                }
                _ => {
                    let name = crate::run::names::of(expr).unwrap_or_default();
                    parts.push((name, self.table(expr, scope)?));
                }
            }
        }
        if tables.is_empty() && first.fields.is_empty() {
            names = self.matching("*", scope);
        }
        for name in names {
            let named = Expr { kind: ExprKind::Name(name.clone()), span: op.keyword };
            parts.push((name, self.table(&named, scope)?));
        }
        if !first.fields.is_empty() {
            parts.push((String::new(), first.clone()));
        }
        let mut found = vec![];
        for (name, table) in parts {
            let hit = self.found(predicate, cased, &table, scope)?;
            let kept: Vec<usize> =
                (0..table.rows).filter(|row| hit.get(*row).as_bool() == Some(true)).collect();
            let kept = table.take(&kept);
            let name = if name.is_empty() { format!("search_arg{}", found.len()) } else { name };
            let mut with = Table { rows: kept.rows, ..Table::default() };
            with.set("$table", Column::same(Value::str(name), Type::String, kept.rows));
            kept.fields
                .iter()
                .zip(&kept.columns)
                .for_each(|(field, column)| with.add(&field.name, column.clone()));
            found.push(with);
        }
        Ok(outer(&found))
    }

    /// A text alone is looked for in every column.
    fn found(&self, predicate: &Expr, cased: bool, table: &Table, scope: &Scope) -> Res<Column> {
        use crate::syntax::ast::{BinaryOp, Literal};
        let fold = |any: bool, items: &[Expr]| -> Res<Column> {
            let columns: Vec<Column> = items
                .iter()
                .map(|item| self.found(item, cased, table, scope))
                .collect::<Res<_>>()?;
            let rows = (0..table.rows).map(|row| {
                let mut holds =
                    columns.iter().map(|column| column.get(row).as_bool() == Some(true));
                Value::Bool(if any { holds.any(|h| h) } else { holds.all(|h| h) })
            });
            Ok(Column::new(Type::Bool, rows.collect::<Vec<_>>()))
        };
        match &predicate.kind {
            ExprKind::And(items) => fold(false, items),
            ExprKind::Or(items) => fold(true, items),
            ExprKind::Literal(Literal::Str { value, .. }) => {
                let rows = (0..table.rows).map(|row| {
                    Value::Bool(
                        table
                            .columns
                            .iter()
                            .any(|column| term(&column.get(row).to_text(), value, cased)),
                    )
                });
                Ok(Column::new(Type::Bool, rows.collect::<Vec<_>>()))
            }
            ExprKind::Binary { op: BinaryOp::Term, left, right } => {
                let wanted = self.eval(right, scope, &Table::new(1))?.get(0).to_text();
                let name = crate::run::names::of(left).unwrap_or_default();
                let Some(column) = table.column(&name) else {
                    return Ok(Column::same(Value::Bool(false), Type::Bool, table.rows));
                };
                Ok(column
                    .map(Type::Bool, |value| Value::Bool(term(&value.to_text(), &wanted, cased))))
            }
            ExprKind::Call { name, args } if name.text == "not" && args.len() == 1 => Ok(self
                .found(&args[0], cased, table, scope)?
                .map(Type::Bool, |value| Value::Bool(value.as_bool() != Some(true)))),
            _ => match self.eval(predicate, scope, table) {
                Ok(column) => Ok(column),
                // a table without the column has no hits
                Err(crate::run::Failure::Query(_)) => {
                    Ok(Column::same(Value::Bool(false), Type::Bool, table.rows))
                }
                Err(failure) => Err(failure),
            },
        }
    }

    pub(super) fn find(
        &self,
        tables: &[Expr],
        predicate: Option<&Expr>,
        project: &[Expr],
        scope: &Scope,
        op: &Operator,
    ) -> Res<Table> {
        let mut parts: Vec<(String, Table)> = vec![];
        if tables.is_empty() {
            for name in self.matching("*", scope) {
                let named = Expr { kind: ExprKind::Name(name.clone()), span: op.keyword };
                parts.push((name, self.table(&named, scope)?));
            }
        }
        for expr in tables {
            match &expr.kind {
                ExprKind::Star | ExprKind::Wildcard(_) => {
                    for name in self.matching(pattern_of(expr), scope) {
                        let named = Expr { kind: ExprKind::Name(name.clone()), span: expr.span };
                        parts.push((name, self.table(&named, scope)?));
                    }
                }
                _ => parts.push((
                    crate::run::names::of(expr).unwrap_or_default(),
                    self.table(expr, scope)?,
                )),
            }
        }
        let mut found = vec![];
        for (name, table) in parts {
            let hit = match predicate {
                Some(predicate) => self.found(predicate, false, &table, scope)?,
                None => Column::same(Value::Bool(true), Type::Bool, table.rows),
            };
            let kept: Vec<usize> =
                (0..table.rows).filter(|row| hit.get(*row).as_bool() == Some(true)).collect();
            let kept = table.take(&kept);
            let mut with = Table { rows: kept.rows, ..Table::default() };
            with.set("source_", Column::same(Value::str(name), Type::String, kept.rows));
            for (field, column) in kept.fields.iter().zip(&kept.columns) {
                if project.is_empty()
                    || project
                        .iter()
                        .any(|item| crate::run::names::of(item).as_deref() == Some(&*field.name))
                {
                    with.add(&field.name, column.clone());
                }
            }
            found.push(with);
        }
        Ok(outer(&found))
    }
}

fn pattern_of(expr: &Expr) -> &str {
    match &expr.kind {
        ExprKind::Wildcard(pattern) => pattern,
        _ => "*",
    }
}

fn term(text: &str, wanted: &str, cased: bool) -> bool {
    if wanted == "*" || wanted.is_empty() {
        return true;
    }
    if wanted.contains('*') {
        let (text, wanted) = if cased {
            (text.to_owned(), wanted.to_owned())
        } else {
            (text.to_lowercase(), wanted.to_lowercase())
        };
        let inner = wanted.trim_matches('*');
        return match (wanted.starts_with('*'), wanted.ends_with('*')) {
            (true, true) if !inner.contains('*') => text.contains(inner),
            (false, true) if !inner.contains('*') => {
                crate::functions::terms::hasprefix(&text, inner, true)
            }
            (true, false) if !inner.contains('*') => {
                crate::functions::terms::hassuffix(&text, inner, true)
            }
            _ => wildcard(&format!("*{wanted}*"), &text),
        };
    }
    crate::functions::terms::has(text, wanted, cased)
}

/// All columns; what has one name and several types becomes several columns.
pub(in super::super) fn outer(tables: &[Table]) -> Table {
    let mut known: HashSet<(&str, Type)> = HashSet::new();
    let fields = tables.iter().flat_map(|table| &table.fields);
    let fields = fields.filter(|field| known.insert((&field.name, field.ty))).collect::<Vec<_>>();
    assemble(tables, &fields)
}

/// The columns that all have.
fn inner(tables: &[Table]) -> Table {
    let Some(first) = tables.first() else { return Table::default() };
    let shared =
        first.fields.iter().filter(|field| tables.iter().all(|table| table.fields.contains(field)));
    assemble(tables, &shared.collect::<Vec<_>>())
}

/// There may be hundreds of tables and tens of thousands of columns: nothing here may look at each for each.
fn assemble(tables: &[Table], fields: &[&Field]) -> Table {
    let mut united = Table::new(tables.iter().map(|table| table.rows).sum());
    united.open = tables.iter().any(|table| table.open);
    let mut types: HashMap<&str, usize> = HashMap::new();
    fields.iter().for_each(|field| *types.entry(&field.name).or_default() += 1);
    // tables without rows have no part in the columns
    let parts: Vec<(&Table, HashMap<&str, usize>)> = tables
        .iter()
        .filter(|table| table.rows > 0)
        .map(|table| {
            (table, table.fields.iter().enumerate().map(|(at, field)| (&*field.name, at)).collect())
        })
        .collect();
    let mut used: HashSet<Arc<str>> = HashSet::new();
    for Field { name, ty } in fields {
        let columns: Vec<Column> = parts
            .iter()
            .map(|(table, places)| match places.get(&**name) {
                Some(at) if table.fields[*at].ty == *ty => table.columns[*at].clone(),
                _ => Column::same(Value::Null, *ty, table.rows),
            })
            .collect();
        let mut target = name.clone();
        if types.get(&**name).is_some_and(|types| *types > 1) {
            target = format!("{name}_{}", ty.as_str()).into();
            // a column that is called so anyway keeps its name
            if types.contains_key(&*target) {
                target = format!("{target}1").into();
            }
        }
        let free = (1..).map(|n| Arc::from(format!("{target}{n}")));
        let target = std::iter::once(target.clone())
            .chain(free)
            .find(|name| used.insert(name.clone()))
            .unwrap_or(target);
        united.fields.push(Field { name: target, ty: *ty });
        united.columns.push(Column::concat(*ty, &columns));
    }
    united
}
