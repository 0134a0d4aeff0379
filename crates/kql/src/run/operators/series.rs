//! `make-series`: arrays over a regular axis.
use super::{param, text_of};
use crate::{
    eval::arith,
    run::{Failure, Res, Runner, Scope, names, wrong},
    syntax::ast::{Aggregate, Expr, ExprKind, Operator, SeriesRange},
    table::{Column, Table},
    value::{Dyn, Type, Value},
};

/// A series may have so many points; past it the query ends with an error.
const MOST_POINTS: usize = 1 << 20;

type Parts<'o> = (&'o [Aggregate], &'o Expr, &'o SeriesRange, &'o [Expr]);

impl Runner<'_> {
    pub(super) fn make_series(
        &self,
        op: &Operator,
        (aggregates, on, range, by): Parts<'_>,
        table: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let axis = self.eval(on, scope, table)?;
        let points = self.axis(&axis, range, on, scope)?;
        let keys: Vec<(String, Column)> = by
            .iter()
            .enumerate()
            .map(|(at, expr)| {
                Ok((
                    names::of(expr).unwrap_or_else(|| format!("Column{}", at + 1)),
                    self.eval(expr, scope, table)?,
                ))
            })
            .collect::<Res<_>>()?;
        let columns: Vec<Column> = keys.iter().map(|(_, column)| column.clone()).collect();
        let mut groups =
            if points.is_empty() { vec![] } else { Self::groups(&columns, table.rows) };
        let nonempty = param(op, "kind").map(text_of).as_deref() == Some("nonempty");
        if by.is_empty() && groups.is_empty() && nonempty {
            groups.push((vec![], vec![]));
        }
        let mut found = Table::new(groups.len());
        for (at, (name, column)) in keys.iter().enumerate() {
            found.add(
                name,
                Column::new(
                    column.ty,
                    groups.iter().map(|(key, _)| key[at].clone()).collect::<Vec<_>>(),
                ),
            );
        }
        // one flat list of bins: group by group, point by point
        let mut bins: Vec<Vec<usize>> = vec![vec![]; groups.len() * points.len()];
        for (group, (_, rows)) in groups.iter().enumerate() {
            for row in rows {
                if let Some(at) = place(&points, &axis.get(*row)) {
                    bins[group * points.len() + at].push(*row);
                }
            }
        }
        for aggregate in aggregates {
            let default = match &aggregate.default {
                Some(default) => self.eval(default, scope, &Table::new(1))?.get(0),
                None => Value::Long(0),
            };
            let values = self.aggregate_by(&aggregate.expr, &bins, table, scope)?;
            let default = if default.is_null() { Value::Null } else { default.cast(values.ty) };
            let arrays = groups.iter().enumerate().map(|(group, _)| {
                let items = (0..points.len()).map(|at| {
                    let bin = group * points.len() + at;
                    let value =
                        if bins[bin].is_empty() { default.clone() } else { values.get(bin) };
                    value.to_dyn().unwrap_or_default()
                });
                Value::dynamic(Dyn::Array(items.collect()))
            });
            found.add(
                &series_name(&aggregate.expr),
                Column::new(Type::Dynamic, arrays.collect::<Vec<_>>()),
            );
        }
        let all = Value::dynamic(Dyn::Array(
            points.iter().map(|point| point.to_dyn().unwrap_or_default()).collect(),
        ));
        let name = names::of(on).unwrap_or_else(|| "Column1".to_owned());
        found.add(&name, Column::new(Type::Dynamic, vec![all; groups.len()]));
        Ok(found)
    }

    /// The points, ascending; each stands for what is from it up to the next.
    fn axis(
        &self,
        axis: &Column,
        range: &SeriesRange,
        on: &Expr,
        scope: &Scope,
    ) -> Res<Vec<Value>> {
        let one = Table::new(1);
        let of = |expr: &Expr| self.eval(expr, scope, &one).map(|column| column.get(0));
        let (from, to, step, inclusive) = match range {
            SeriesRange::Steps { from, to, step } => (
                from.as_ref().map(of).transpose()?,
                to.as_ref().map(of).transpose()?,
                of(step)?,
                false,
            ),
            SeriesRange::InRange(Expr { kind: ExprKind::Call { args, .. }, .. })
                if args.len() == 3 =>
            {
                (Some(of(&args[0])?), Some(of(&args[1])?), of(&args[2])?, true)
            }
            SeriesRange::InRange(other) => {
                return wrong(other.span, "`range(start, stop, step)` is wanted here");
            }
        };
        let binned = |value: Value| -> Value {
            let bin = crate::functions::find("bin")
                .map(|bin| (bin.eval)(&self.session.context, &[value.clone(), step.clone()]));
            bin.and_then(Result::ok).unwrap_or(value)
        };
        let known = || axis.values().filter(|value| !value.is_null());
        let first = from.or_else(|| known().min_by(Value::order).map(binned));
        let last = to.clone().or_else(|| known().max_by(Value::order));
        let (Some(first), Some(last)) = (first, last) else { return Ok(vec![]) };
        let ty = if axis.ty == Type::Int { Type::Long } else { axis.ty };
        let (mut point, last) = (first.cast(ty), last.cast(ty));
        let inclusive = inclusive || to.is_none();
        if step.as_real().is_none_or(|step| step <= 0.0) {
            return wrong(on.span, "the step of a series is above zero");
        }
        let mut points = vec![];
        while point
            .compare(&last)
            .is_some_and(|order| order.is_lt() || (inclusive && order.is_eq()))
        {
            if points.len() >= MOST_POINTS {
                return Err(Failure::Limit(format!(
                    "a series has {MOST_POINTS} points at most: take a larger step"
                )));
            }
            let next = arith::apply(arith::Op::Add, &point, &step);
            if next.compare(&point).is_none_or(std::cmp::Ordering::is_le) {
                break;
            }
            points.push(std::mem::replace(&mut point, next));
        }
        Ok(points)
    }
}

/// The last point that is not behind the value; nothing is behind the end of the last.
fn place(points: &[Value], value: &Value) -> Option<usize> {
    let behind =
        points.partition_point(|point| point.compare(value).is_some_and(std::cmp::Ordering::is_le));
    let at = behind.checked_sub(1)?;
    if at + 1 == points.len() && points.len() > 1 {
        // as long as the others
        let width = arith::apply(arith::Op::Subtract, &points[1], &points[0]);
        let end = arith::apply(arith::Op::Add, &points[at], &width);
        return value.compare(&end).is_some_and(std::cmp::Ordering::is_lt).then_some(at);
    }
    Some(at)
}

fn series_name(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Named { names, .. } => {
            names.first().map_or_else(String::new, |name| name.text.clone())
        }
        ExprKind::Call { name, args } if crate::aggregates::find(&name.text).is_some() => {
            names::of_aggregate(&name.text, args)
        }
        _ => names::of(expr).unwrap_or_else(|| "Column1".to_owned()),
    }
}
