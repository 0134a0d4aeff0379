//! `evaluate`: plugins.
use super::text_of;
use crate::{
    run::{Res, Runner, Scope, names, wrong},
    syntax::ast::{Expr, ExprKind, Name},
    table::{Column, Table},
    value::{Dyn, Type, Value},
};
use std::{collections::BTreeMap, sync::Arc};

impl Runner<'_> {
    pub(super) fn evaluate(&self, call: &Expr, table: &Table, scope: &Scope) -> Res<Table> {
        let ExprKind::Call { name, args } = &call.kind else {
            return wrong(call.span, "a plugin's call is wanted here");
        };
        match name.text.as_str() {
            "bag_unpack" => self.bag_unpack(name, args, table, scope),
            "pivot" => self.pivot(name, args, table, scope),
            "narrow" => Ok(narrow(table)),
            "ipv4_lookup" | "ipv6_lookup" => self.ip_lookup(name, args, table, scope),
            other => wrong(
                name.span,
                format!(
                    "there is no plugin `{other}`; there are bag_unpack, ipv4_lookup, ipv6_lookup, narrow, pivot"
                ),
            ),
        }
    }

    fn bag_unpack(&self, name: &Name, args: &[Expr], table: &Table, scope: &Scope) -> Res<Table> {
        let option = |option: &str, place: usize| -> Res<Option<Value>> {
            let named = args.iter().find_map(|arg| match &arg.kind {
                ExprKind::Named { names, value } if names.len() == 1 && names[0].text == option => {
                    Some(value.as_ref())
                }
                _ => None,
            });
            let by_place =
                args.get(place).filter(|arg| !matches!(arg.kind, ExprKind::Named { .. }));
            named
                .or(by_place)
                .map(|arg| self.eval(arg, scope, &Table::new(1)).map(|column| column.get(0)))
                .transpose()
        };
        let Some(bag) = args.first() else { return wrong(name.span, "bag_unpack wants a column") };
        let bag_name = names::of(bag).unwrap_or_default();
        let bags = self.eval(bag, scope, table)?;
        let prefix = option("OutputColumnPrefix", 1)?
            .map_or_else(String::new, |value| value.to_text().to_string());
        let conflict = option("columnsConflict", 2)?
            .map_or_else(|| "error".to_owned(), |value| value.to_text().to_string());
        let ignored: Vec<Arc<str>> = match option("ignoredProperties", 3)? {
            Some(Value::Dynamic(d)) => {
                d.as_array().unwrap_or_default().iter().map(Dyn::to_text).collect()
            }
            _ => vec![],
        };
        let mut properties: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for (row, value) in bags.values().enumerate() {
            let Value::Dynamic(d) = value else { continue };
            for (name, value) in d.as_bag().unwrap_or_default() {
                if !ignored.contains(name) {
                    let values = properties.entry(name.clone()).or_default();
                    values.resize(row, Value::Null);
                    values.push(value.clone().into_scalar());
                }
            }
        }
        let kept: Vec<usize> =
            (0..table.fields.len()).filter(|at| *table.fields[*at].name != *bag_name).collect();
        let mut found = table.select(&kept);
        for (property, mut values) in properties {
            values.resize(table.rows, Value::Null);
            let ty = common(&values);
            let column =
                Column::new(ty, values.iter().map(|value| value.cast(ty)).collect::<Vec<_>>());
            let target = format!("{prefix}{property}");
            match (found.find(&target).is_some(), conflict.as_str()) {
                (false, _) | (true, "replace_source") => found.set(target, column),
                (true, "keep_source") => {}
                (true, _) => {
                    return wrong(
                        name.span,
                        format!(
                            "bag_unpack: there is a column `{target}` already: say columnsConflict, or a prefix"
                        ),
                    );
                }
            }
        }
        found.open = self.session.check;
        Ok(found)
    }

    fn pivot(&self, name: &Name, args: &[Expr], table: &Table, scope: &Scope) -> Res<Table> {
        let Some(of) = args.first() else { return wrong(name.span, "pivot wants a column") };
        let of_name = names::of(of).unwrap_or_default();
        let pivots = self.eval(of, scope, table)?;
        let count = Expr {
            kind: ExprKind::Call {
                name: Name { text: "count".to_owned(), span: name.span },
                args: vec![],
            },
            span: name.span,
        };
        let aggregate = args.get(1).unwrap_or(&count);
        let mut used = vec![of_name];
        collect(aggregate, &mut used);
        let keys: Vec<usize> = if args.len() > 2 {
            args[2..]
                .iter()
                .map(|arg| {
                    let name = names::of(arg).unwrap_or_default();
                    table
                        .find(&name)
                        .map_or_else(|| wrong(arg.span, format!("there is no column `{name}`")), Ok)
                })
                .collect::<Res<_>>()?
        } else {
            (0..table.fields.len())
                .filter(|at| !used.iter().any(|name| **name == *table.fields[*at].name))
                .collect()
        };
        let columns: Vec<Column> = keys.iter().map(|at| table.columns[*at].clone()).collect();
        let groups = Self::groups(&columns, table.rows);
        let mut found = Table::new(groups.len());
        for (place, at) in keys.iter().enumerate() {
            found.add(
                &table.fields[*at].name,
                Column::new(
                    columns[place].ty,
                    groups.iter().map(|(key, _)| key[place].clone()).collect::<Vec<_>>(),
                ),
            );
        }
        let mut different: Vec<Arc<str>> = pivots.values().map(|value| value.to_text()).collect();
        different.sort_unstable();
        different.dedup();
        for value in different {
            let rows: Vec<Vec<usize>> = groups
                .iter()
                .map(|(_, rows)| {
                    rows.iter().copied().filter(|row| pivots.get(*row).to_text() == value).collect()
                })
                .collect();
            let column = self.aggregate_by(aggregate, &rows, table, scope)?;
            found.add(&value, column);
        }
        found.open = self.session.check;
        Ok(found)
    }

    /// `ipv4_lookup(T, address, network [, return_unmatched])`
    fn ip_lookup(&self, name: &Name, args: &[Expr], table: &Table, scope: &Scope) -> Res<Table> {
        let [other, address, network, rest @ ..] = args else {
            return wrong(
                name.span,
                format!("{} wants a table, an address and a network", name.text),
            );
        };
        let other = self.table(other, scope)?;
        let addresses = self.eval(address, scope, table)?;
        let network_name = names::of(network).unwrap_or_default();
        let Some(networks) = other.column(&network_name) else {
            return wrong(
                network.span,
                format!("there is no column `{network_name}` in the table"),
            );
        };
        let unmatched = rest.iter().any(|arg| match &arg.kind {
            ExprKind::Named { value, .. } => text_of(value) == "true",
            _ => text_of(arg) == "true",
        });
        let v4 = name.text == "ipv4_lookup";
        let test = if v4 { "ipv4_is_in_range" } else { "ipv6_is_in_range" };
        let Some(test) = crate::functions::find(test) else {
            return wrong(name.span, "the test of addresses is missing");
        };
        let (mut rows, mut others, mut lonely) = (vec![], vec![], vec![]);
        for row in 0..table.rows {
            let value = addresses.get(row);
            let before = rows.len();
            for at in 0..other.rows {
                let inside = (test.eval)(&self.session.context, &[value.clone(), networks.get(at)]);
                if inside.is_ok_and(|inside| inside.as_bool() == Some(true)) {
                    rows.push(row);
                    others.push(at);
                }
            }
            if rows.len() == before && unmatched {
                lonely.push(row);
            }
        }
        let matched = others.len();
        rows.extend(lonely);
        let mut taken = other.take(&others);
        taken.rows = rows.len();
        for (field, column) in taken.fields.iter().zip(&mut taken.columns) {
            let nothing = Column::same(Value::Null.cast(field.ty), field.ty, rows.len() - matched);
            *column = Column::concat(field.ty, &[column.clone(), nothing]);
        }
        // the engine gives the columns of the networks first for one kind of address, and last for the other
        let (mut found, behind) =
            if v4 { (table.take(&rows), taken) } else { (taken, table.take(&rows)) };
        behind
            .fields
            .iter()
            .zip(&behind.columns)
            .for_each(|(field, column)| found.add(&field.name, column.clone()));
        Ok(found)
    }
}

/// The type that all values have; dynamic when they differ.
fn common(values: &[Value]) -> Type {
    let mut types = values.iter().filter_map(Value::type_of);
    let Some(first) = types.next() else { return Type::Dynamic };
    types
        .try_fold(first, |ty, other| match (ty, other) {
            (a, b) if a == b => Some(a),
            (Type::Long, Type::Real) | (Type::Real, Type::Long) => Some(Type::Real),
            _ => None,
        })
        .unwrap_or(Type::Dynamic)
}

fn collect(expr: &Expr, names: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Name(name) => names.push(name.clone()),
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| collect(arg, names)),
        ExprKind::Named { value, .. } => collect(value, names),
        ExprKind::Binary { left, right, .. } => {
            collect(left, names);
            collect(right, names);
        }
        ExprKind::Member { base, .. } | ExprKind::Index { base, .. } => collect(base, names),
        _ => {}
    }
}

fn narrow(table: &Table) -> Table {
    let cells = || (0..table.rows).flat_map(|row| (0..table.fields.len()).map(move |at| (row, at)));
    let mut found = Table::new(table.rows * table.fields.len());
    found.set(
        "Row",
        Column::new(
            Type::Long,
            cells()
                .map(|(row, _)| Value::Long(i64::try_from(row).unwrap_or_default()))
                .collect::<Vec<_>>(),
        ),
    );
    found.set(
        "Column",
        Column::new(
            Type::String,
            cells().map(|(_, at)| Value::Str(table.fields[at].name.clone())).collect::<Vec<_>>(),
        ),
    );
    found.set(
        "Value",
        Column::new(
            Type::String,
            cells()
                .map(|(row, at)| Value::Str(table.columns[at].get(row).to_text()))
                .collect::<Vec<_>>(),
        ),
    );
    found
}
