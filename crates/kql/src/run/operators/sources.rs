//! `range`.
use crate::{
    eval::arith,
    run::{Failure, Res, Runner, Scope, wrong},
    syntax::ast::Expr,
    table::{Column, Table},
    value::Type,
};

impl Runner<'_> {
    /// No more than `most` rows, when somebody said so.
    pub(in super::super) fn range(
        &self,
        name: &str,
        [from, to, step]: [&Expr; 3],
        most: Option<usize>,
        scope: &Scope,
    ) -> Res<Table> {
        let one = Table::new(1);
        let of =
            |expr: &Expr| self.eval(expr, scope, &one).map(|column| (column.get(0), column.ty));
        let ((first, mut ty), (last, last_ty), (by, by_ty)) = (of(from)?, of(to)?, of(step)?);
        if ty.is_number() && ![ty, last_ty, by_ty].iter().all(|ty| *ty == Type::Int) {
            ty = [ty, last_ty, by_ty]
                .into_iter()
                .find(|ty| matches!(ty, Type::Real | Type::Decimal))
                .unwrap_or(if ty == Type::Int { Type::Long } else { ty });
        }
        let (mut value, last) = (first.cast(ty), last.cast(ty));
        let forward = match by.as_real() {
            Some(step) if step > 0.0 => true,
            Some(step) if step < 0.0 => false,
            _ => return wrong(step.span, "the step of a range is not zero"),
        };
        let mut values = vec![];
        while let Some(order) = value.compare(&last) {
            if (forward && order.is_gt()) || (!forward && order.is_lt()) {
                break;
            }
            if most.is_some_and(|most| values.len() >= most) {
                break;
            }
            if values.len() >= self.session.limits.rows {
                return Err(Failure::Limit(format!(
                    "the range has more than {} values",
                    self.session.limits.rows
                )));
            }
            let next = arith::apply(arith::Op::Add, &value, &by).cast(ty);
            let overflown = next
                .compare(&value)
                .is_none_or(|order| if forward { order.is_le() } else { order.is_ge() });
            values.push(std::mem::replace(&mut value, next));
            if overflown {
                break;
            }
        }
        let rows = if self.session.check { 0 } else { values.len() };
        values.truncate(rows);
        let mut table = Table { rows, ..Table::default() };
        table.set(name, Column::new(ty, values));
        Ok(table)
    }
}
