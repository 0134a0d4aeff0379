//! `a.b`, `a["b"]`, `a[0]`.
use super::pairwise;
use crate::{
    run::{Res, Runner, Scope, wrong},
    syntax::ast::{Expr, ExprKind},
    table::{Column, Table},
    value::{Type, Value},
};

impl Runner<'_> {
    pub(super) fn member(
        &self,
        base: &Expr,
        member: &Expr,
        expr: &Expr,
        scope: &Scope,
        table: &Table,
    ) -> Res<Column> {
        let ExprKind::Name(name) = &member.kind else {
            return wrong(member.span, "the name of a property is wanted here");
        };
        // a column may have a dot in its name
        if let ExprKind::Name(outer) = &base.kind
            && table.find(outer).is_none()
            && let Some(column) = table.column(&format!("{outer}.{name}"))
        {
            return Ok(column.clone());
        }
        let base = self.eval(base, scope, table)?;
        if base.ty != Type::Dynamic {
            return wrong(
                expr.span,
                format!(
                    "a {} has no properties: parse_json makes a dynamic value of a text",
                    base.ty.as_str()
                ),
            );
        }
        Ok(index(&base, &Column::same(Value::str(name), Type::String, table.rows)))
    }
}

pub(super) fn index(base: &Column, index: &Column) -> Column {
    pairwise(base, index, Type::Dynamic, |base, index| match base {
        Value::Dynamic(value) => {
            let found = match index {
                Value::Str(name) => value.get(name),
                Value::Dynamic(name) => match name.as_ref().clone().into_scalar() {
                    Value::Str(name) => value.get(&name),
                    place => place.as_long().and_then(|place| value.at(place)),
                },
                place => place.as_long().and_then(|place| value.at(place)),
            };
            found.map_or(Value::Null, |found| Value::dynamic(found.clone()))
        }
        _ => Value::Null,
    })
}
