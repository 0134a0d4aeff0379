//! Operators that choose, name and compute columns.
use crate::{
    run::{Res, Runner, Scope, names, pipe::wildcard, wrong},
    syntax::ast::{Expr, ExprKind, Key, Literal, Order},
    table::{Column, Table},
    value::{Type, Value},
};

impl Runner<'_> {
    pub(super) fn project(&self, items: &[Expr], table: &Table, scope: &Scope) -> Res<Table> {
        let mut found = Table {
            rows: table.rows,
            serialized: table.serialized,
            open: false,
            ..Table::default()
        };
        for item in items {
            if matches!(item.kind, ExprKind::Star | ExprKind::Wildcard(_)) {
                for at in self.chosen(item, table)? {
                    found.set(table.fields[at].name.clone(), table.columns[at].clone());
                }
                continue;
            }
            for (name, column) in self.item(item, table, &found, scope)? {
                if found.find(&name).is_some() && names::of(item).is_some() {
                    found.add(&name, column);
                } else {
                    found.set(name, column);
                }
            }
        }
        Ok(found)
    }

    pub(super) fn extend(&self, items: &[Expr], table: &Table, scope: &Scope) -> Res<Table> {
        let mut found = table.clone();
        for item in items {
            // each sees the table as it was before the operator
            for (name, column) in self.item(item, table, &found, scope)? {
                found.set(name, column);
            }
        }
        Ok(found)
    }

    /// The columns of one `name = expression`, under names that are free in `taken` where the query gives none.
    fn item(
        &self,
        item: &Expr,
        table: &Table,
        taken: &Table,
        scope: &Scope,
    ) -> Res<Vec<(String, Column)>> {
        if let ExprKind::Named { names, value } = &item.kind {
            let column = self.eval(value, scope, table)?;
            if names.len() == 1 {
                return Ok(vec![(names[0].text.clone(), self.first_output(value, column))]);
            }
            return Ok(spread(value, &column, names.len())
                .into_iter()
                .zip(names)
                .map(|(column, name)| (name.text.clone(), column))
                .collect());
        }
        if let Some(columns) = self.several(item, table, scope)? {
            return Ok(columns);
        }
        let column = self.eval(item, scope, table)?;
        let name = names::of(item).unwrap_or_else(|| {
            (1..)
                .map(|n| format!("Column{n}"))
                .find(|name| taken.find(name).is_none())
                .unwrap_or_default()
        });
        Ok(vec![(name, column)])
    }

    /// The columns of a function that has several, under the names that it gives them.
    fn several(
        &self,
        item: &Expr,
        table: &Table,
        scope: &Scope,
    ) -> Res<Option<Vec<(String, Column)>>> {
        let ExprKind::Call { name, args } = &item.kind else { return Ok(None) };
        let sorts =
            matches!(name.text.as_str(), "array_sort_asc" | "array_sort_desc") && args.len() > 1;
        let outputs = crate::functions::outputs(&name.text);
        if !sorts && outputs.is_none() {
            return Ok(None);
        }
        let column = self.eval(item, scope, table)?;
        let label = |at: usize| args.get(at).and_then(names::of).unwrap_or_default();
        Ok(Some(match outputs {
            Some(outputs) => outputs
                .iter()
                .enumerate()
                .map(|(at, (suffix, ty))| {
                    (format!("{}_{}_{suffix}", name.text, label(0)), element(&column, at, *ty))
                })
                .collect(),
            None => (0..args.len())
                .filter(|at| names::of(&args[*at]).is_some())
                .map(|at| (format!("{}_sorted", label(at)), element(&column, at, Type::Dynamic)))
                .collect(),
        }))
    }

    /// Under one name a function of several columns gives the first.
    fn first_output(&self, value: &Expr, column: Column) -> Column {
        match &value.kind {
            ExprKind::Call { name, .. } => match crate::functions::outputs(&name.text) {
                Some([(_, ty), ..]) => element(&column, 0, *ty),
                _ => column,
            },
            _ => column,
        }
    }

    pub(super) fn print(&self, items: &[Expr], scope: &Scope) -> Res<Table> {
        let one = Table::new(1);
        let mut found = Table::new(1);
        for (at, item) in items.iter().enumerate() {
            match &item.kind {
                ExprKind::Named { names, value } if names.len() > 1 => {
                    let column = self.eval(value, scope, &one)?;
                    spread(value, &column, names.len())
                        .into_iter()
                        .zip(names)
                        .for_each(|(column, name)| found.set(name.text.as_str(), column));
                }
                ExprKind::Named { names, value } => {
                    let column = self.first_output(value, self.eval(value, scope, &one)?);
                    found.set(
                        names.first().map_or_else(String::new, |name| name.text.clone()),
                        column,
                    );
                }
                _ if let Some(columns) = self.several(item, &one, scope)? => {
                    columns.into_iter().for_each(|(name, column)| found.set(name, column))
                }
                _ => {
                    let column = self.eval(item, scope, &one)?;
                    found.set(format!("print_{at}"), column);
                }
            }
        }
        // what was the same for all rows is a row now
        found.columns = found
            .columns
            .iter()
            .map(|column| Column::new(column.ty, column.values().collect::<Vec<_>>()))
            .collect();
        Ok(found)
    }

    /// The places of the columns that an item of `project-away` and its relatives means.
    fn chosen(&self, item: &Expr, table: &Table) -> Res<Vec<usize>> {
        let named = |name: &str| match table.find(name) {
            Some(at) => Ok(vec![at]),
            None if table.open => Ok(vec![]),
            None => wrong(item.span, format!("there is no column `{name}`")),
        };
        match &item.kind {
            ExprKind::Name(name) => named(name),
            ExprKind::Star => Ok((0..table.fields.len()).collect()),
            ExprKind::Wildcard(pattern) => Ok((0..table.fields.len())
                .filter(|at| wildcard(pattern, &table.fields[*at].name))
                .collect()),
            ExprKind::Literal(Literal::Str { value, .. }) => named(value),
            ExprKind::Member { .. } => named(&names::of(item).unwrap_or_default()),
            _ => wrong(item.span, "the name of a column is wanted here"),
        }
    }

    pub(super) fn project_away(&self, items: &[Expr], table: &Table, keep: bool) -> Res<Table> {
        let mut chosen = vec![];
        for item in items {
            chosen.extend(self.chosen(item, table)?);
        }
        let kept: Vec<usize> =
            (0..table.fields.len()).filter(|at| chosen.contains(at) == keep).collect();
        Ok(table.select(&kept))
    }

    pub(super) fn project_rename(&self, items: &[Expr], mut table: Table) -> Res<Table> {
        for item in items {
            let ExprKind::Named { names, value } = &item.kind else {
                return wrong(item.span, "`new = old` is wanted here");
            };
            let (ExprKind::Name(old), Some(new)) = (&value.kind, names.first()) else {
                return wrong(value.span, "the name of a column is wanted here");
            };
            match table.find(old) {
                Some(at) => table.fields[at].name = new.text.as_str().into(),
                None if table.open => {}
                None => return wrong(value.span, format!("there is no column `{old}`")),
            }
        }
        Ok(table)
    }

    pub(super) fn project_reorder(&self, keys: &[Key], table: &Table) -> Res<Table> {
        let mut order: Vec<usize> = vec![];
        for Key { expr, order: sorted, .. } in keys {
            let mut chosen = self.chosen(expr, table)?;
            let name = |at: &usize| table.fields[*at].name.clone();
            match sorted {
                Some(Order::Asc) => chosen.sort_by_key(name),
                Some(Order::Desc) => chosen.sort_by_key(|at| std::cmp::Reverse(name(at))),
                Some(Order::GrannyAsc) => chosen.sort_by_key(|at| granny(&table.fields[*at].name)),
                Some(Order::GrannyDesc) => {
                    chosen.sort_by_key(|at| std::cmp::Reverse(granny(&table.fields[*at].name)))
                }
                None => {}
            }
            chosen.retain(|at| !order.contains(at));
            order.extend(chosen);
        }
        order.extend((0..table.fields.len()).filter(|at| !order.contains(at)).collect::<Vec<_>>());
        Ok(table.select(&order))
    }
}

/// Numbers in names count as numbers: a2 before a10.
fn granny(name: &str) -> Vec<(String, u64)> {
    let mut parts = vec![];
    let mut rest = name;
    while !rest.is_empty() {
        let text = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let digits =
            rest[text..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |end| text + end);
        parts.push((rest[..text].to_owned(), rest[text..digits].parse().unwrap_or_default()));
        rest = &rest[digits..];
    }
    parts
}

/// The elements at one place of arrays.
fn element(column: &Column, at: usize, ty: Type) -> Column {
    column.map(ty, |value| match value {
        Value::Dynamic(d) => d
            .at(i64::try_from(at).unwrap_or_default())
            .map_or(Value::Null, |item| item.clone().into_scalar())
            .cast(ty),
        _ => Value::Null.cast(ty),
    })
}

/// The elements of arrays as so many columns. Their types are what the function says, or that of the values, where that is one.
fn spread(value: &Expr, column: &Column, width: usize) -> Vec<Column> {
    let outputs = match &value.kind {
        ExprKind::Call { name, .. } => crate::functions::outputs(&name.text),
        _ => None,
    };
    let known = |at: usize| outputs.and_then(|outputs| outputs.get(at)).map(|(_, ty)| *ty);
    let found = |at: usize| {
        let values = element(column, at, Type::Dynamic);
        let mut scalars = values.values().filter_map(|value| match value {
            Value::Dynamic(d) => d.as_ref().clone().into_scalar().type_of(),
            other => other.type_of(),
        });
        scalars.next()
    };
    (0..width)
        .map(|at| element(column, at, known(at).or_else(|| found(at)).unwrap_or(Type::Dynamic)))
        .collect()
}
