//! `join` and `lookup`.
use super::{param, text_of};
use crate::{
    run::{Res, Runner, Scope, convert, wrong},
    syntax::ast::{BinaryOp, Expr, ExprKind, Operator},
    table::{Column, Table},
    value::{Type, Value},
};
use std::collections::HashMap;

/// The columns to compare: left, right.
type Keys = Vec<(Column, Column)>;

impl Runner<'_> {
    pub(super) fn join(
        &self,
        op: &Operator,
        right: &Expr,
        on: &[Expr],
        predicate: Option<&Expr>,
        left: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let right = self.deeper(right.span, || self.table(right, scope))?;
        let kind = param(op, "kind").map_or_else(|| "innerunique".to_owned(), text_of);
        if let Some(predicate) = predicate {
            return wrong(predicate.span, "join … where is not supported: use on");
        }
        let (keys, _) = self.keys(on, left, &right, scope)?;
        let matches = Matches::find(&keys, left.rows, right.rows);
        let pairs;
        let (mut lonely_left, mut lonely_right) = (vec![], vec![]);
        match kind.as_str() {
            "leftanti" | "anti" | "leftantisemi" => return Ok(left.take(&matches.left(false))),
            "leftsemi" => return Ok(left.take(&matches.left(true))),
            "rightanti" | "rightantisemi" => return Ok(right.take(&matches.right(false))),
            "rightsemi" => return Ok(right.take(&matches.right(true))),
            "innerunique" => {
                let unique = unique(&keys, left.rows);
                pairs = matches.pairs(|row| unique[row]);
            }
            "inner" => pairs = matches.pairs(|_| true),
            "leftouter" => {
                pairs = matches.pairs(|_| true);
                lonely_left = matches.left(false);
            }
            "rightouter" => {
                pairs = matches.pairs(|_| true);
                lonely_right = matches.right(false);
            }
            "fullouter" => {
                pairs = matches.pairs(|_| true);
                lonely_left = matches.left(false);
                lonely_right = matches.right(false);
            }
            other => {
                return wrong(
                    op.keyword,
                    format!(
                        "`{other}` is no kind of join: inner, innerunique, leftouter, rightouter, fullouter, leftsemi, rightsemi, leftanti, rightanti"
                    ),
                );
            }
        }
        if pairs.len() > self.session.limits.rows {
            return Err(crate::run::Failure::Limit(format!(
                "the join gives more than {} rows: filter before it",
                self.session.limits.rows
            )));
        }
        let mut joined = side(left, &pairs, |(l, _)| *l, &lonely_left, lonely_right.len(), true);
        let other = side(&right, &pairs, |(_, r)| *r, &lonely_right, lonely_left.len(), false);
        for (field, column) in other.fields.iter().zip(&other.columns) {
            joined.add(&field.name, column.clone());
        }
        joined.open |= right.open;
        Ok(joined)
    }

    pub(super) fn lookup(
        &self,
        op: &Operator,
        right: &Expr,
        on: &[Expr],
        left: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let right = self.deeper(right.span, || self.table(right, scope))?;
        let (keys, right_names) = self.keys(on, left, &right, scope)?;
        let matches = Matches::find(&keys, left.rows, right.rows);
        let inner = param(op, "kind").map(text_of).as_deref() == Some("inner");
        let unmatched = matches.left(false);
        // the engine gives several matches the last first
        let pairs = Matches {
            rows: matches.rows.iter().map(|rows| rows.iter().rev().copied().collect()).collect(),
            ..matches
        }
        .pairs(|_| true);
        let lonely = if inner { vec![] } else { unmatched };
        let mut joined = side(left, &pairs, |(l, _)| *l, &lonely, 0, true);
        let kept: Vec<usize> = (0..right.fields.len())
            .filter(|at| !right_names.iter().any(|name| **name == *right.fields[*at].name))
            .collect();
        let other = side(&right.select(&kept), &pairs, |(_, r)| *r, &[], lonely.len(), false);
        for (field, column) in other.fields.iter().zip(&other.columns) {
            joined.add(&field.name, column.clone());
        }
        Ok(joined)
    }

    /// What is compared, and what the keys are called on the right.
    fn keys(
        &self,
        on: &[Expr],
        left: &Table,
        right: &Table,
        scope: &Scope,
    ) -> Res<(Keys, Vec<String>)> {
        let (mut keys, mut names) = (vec![], vec![]);
        let mut waiting: Vec<&Expr> = on.iter().rev().collect();
        while let Some(expr) = waiting.pop() {
            match &expr.kind {
                ExprKind::And(items) => waiting.extend(items.iter().rev()),
                ExprKind::Binary { op: BinaryOp::Equal, left: a, right: b } => {
                    let of = |side: &str, table: &Table| -> Option<Res<(Column, String)>> {
                        [a, b].into_iter().find(|expr| belongs(expr, side)).map(|expr| {
                            let inner = without(expr, side);
                            Ok((
                                self.eval(&inner, scope, table)?,
                                crate::run::names::of(&inner).unwrap_or_default(),
                            ))
                        })
                    };
                    let (Some(l), Some(r)) = (of("$left", left), of("$right", right)) else {
                        return wrong(expr.span, "`$left.a == $right.b` is wanted here");
                    };
                    let ((l, _), (r, name)) = (l?, r?);
                    keys.push(align(l, r));
                    names.push(name);
                }
                _ => {
                    let name = crate::run::names::of(expr).unwrap_or_default();
                    let at = |table: &Table, side: &str| match table.column(&name) {
                        Some(column) => Ok(column.clone()),
                        None if table.open => {
                            Ok(Column::same(Value::Null, Type::Dynamic, table.rows))
                        }
                        None => wrong(
                            expr.span,
                            format!("there is no column `{name}` on the {side} of the join"),
                        ),
                    };
                    keys.push(align(at(left, "left")?, at(right, "right")?));
                    names.push(name);
                }
            }
        }
        Ok((keys, names))
    }
}

fn belongs(expr: &Expr, side: &str) -> bool {
    match &expr.kind {
        ExprKind::Member { base, .. } | ExprKind::Index { base, .. } => {
            belongs(base, side) || base.as_name() == Some(side)
        }
        ExprKind::Call { args, .. } => args.iter().any(|arg| belongs(arg, side)),
        _ => false,
    }
}

/// The expression with `$left.` taken away.
fn without(expr: &Expr, side: &str) -> Expr {
    let mut expr = expr.clone();
    match &mut expr.kind {
        ExprKind::Member { base, member } if base.as_name() == Some(side) => {
            return member.as_ref().clone();
        }
        ExprKind::Member { base, .. } | ExprKind::Index { base, .. } => {
            **base = without(base, side)
        }
        ExprKind::Call { args, .. } => args.iter_mut().for_each(|arg| *arg = without(arg, side)),
        _ => {}
    }
    expr
}

/// Keys of different types are compared as texts.
fn align(l: Column, r: Column) -> (Column, Column) {
    let numbers = l.ty.is_number() && r.ty.is_number();
    if l.ty == r.ty || numbers {
        return (l, r);
    }
    (convert(&l, Type::String), convert(&r, Type::String))
}

struct Matches {
    /// For each row on the left, the rows on the right.
    rows: Vec<Vec<usize>>,
    right: usize,
}

impl Matches {
    fn find(keys: &Keys, left: usize, right: usize) -> Self {
        let key = |row: usize, of: fn(&(Column, Column)) -> &Column| {
            keys.iter().map(|pair| of(pair).get(row)).collect::<Vec<Value>>()
        };
        let mut places: HashMap<Vec<Value>, Vec<usize>> = HashMap::new();
        for row in 0..right {
            places.entry(key(row, |(_, r)| r)).or_default().push(row);
        }
        Self {
            rows: (0..left)
                .map(|row| places.get(&key(row, |(l, _)| l)).cloned().unwrap_or_default())
                .collect(),
            right,
        }
    }

    fn pairs(&self, keep: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
        let rows = self.rows.iter().enumerate().filter(|(row, _)| keep(*row));
        rows.flat_map(|(row, found)| found.iter().map(move |other| (row, *other))).collect()
    }

    fn left(&self, matched: bool) -> Vec<usize> {
        (0..self.rows.len()).filter(|row| self.rows[*row].is_empty() != matched).collect()
    }

    fn right(&self, matched: bool) -> Vec<usize> {
        let mut hit = vec![false; self.right];
        self.rows.iter().flatten().for_each(|row| hit[*row] = true);
        (0..self.right).filter(|row| hit[*row] == matched).collect()
    }
}

/// The first row of each key.
fn unique(keys: &Keys, rows: usize) -> Vec<bool> {
    let mut known = std::collections::HashSet::new();
    (0..rows)
        .map(|row| known.insert(keys.iter().map(|(l, _)| l.get(row)).collect::<Vec<_>>()))
        .collect()
}

/// One side's columns: the pairs, then its lonely rows, then rows of nothing for the lonely rows of the other side.
fn side(
    table: &Table,
    pairs: &[(usize, usize)],
    of: fn(&(usize, usize)) -> usize,
    lonely: &[usize],
    missing: usize,
    left: bool,
) -> Table {
    let mut rows: Vec<usize> = pairs.iter().map(of).collect();
    if left {
        rows.extend(lonely);
    }
    let mut found = table.take(&rows);
    found.serialized = false;
    if missing > 0 || (!left && !lonely.is_empty()) {
        let nothing = |column: &Column| {
            Column::same(
                if column.ty == Type::String { Value::str("") } else { Value::Null },
                column.ty,
                missing,
            )
        };
        let behind = (!left).then(|| table.take(lonely));
        found.columns = found
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let mut parts = vec![column.clone(), nothing(column)];
                parts.extend(behind.as_ref().map(|behind| behind.columns[at].clone()));
                Column::concat(column.ty, &parts)
            })
            .collect();
        found.rows = rows.len() + missing + behind.map_or(0, |behind| behind.rows);
    }
    found
}
