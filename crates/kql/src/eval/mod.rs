//! Expressions over the columns of a table.
pub(crate) mod arith;
mod calls;
mod compare;
mod lists;
mod literals;
mod members;
mod window;

use crate::{
    run::{Binding, Res, Scope, wrong},
    syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp},
    table::{Column, Table},
    value::{Type, Value},
};

pub(crate) use literals::json;

use crate::run::Runner;

impl Runner<'_> {
    /// The value of the expression in each row.
    pub fn eval(&self, expr: &Expr, scope: &Scope, table: &Table) -> Res<Column> {
        let rows = table.rows;
        match &expr.kind {
            ExprKind::Literal(literal) => {
                let (value, ty) = literals::literal(literal, expr.span)?;
                Ok(Column::same(value, ty, rows))
            }
            ExprKind::Dynamic(content) => {
                Ok(Column::same(Value::dynamic(json(content, expr.span)?), Type::Dynamic, rows))
            }
            ExprKind::Name(name) => self.name(name, expr, scope, table),
            ExprKind::Call { name, args } => self.scalar_call(name, args, expr, scope, table),
            ExprKind::Member { base, member } => self.member(base, member, expr, scope, table),
            ExprKind::Index { base, index } => {
                let (base, index) =
                    (self.eval(base, scope, table)?, self.eval(index, scope, table)?);
                Ok(members::index(&base, &index))
            }
            ExprKind::Unary { op: UnaryOp::Minus, operand } if smallest(operand) => {
                Ok(Column::same(Value::Long(i64::MIN), Type::Long, rows))
            }
            ExprKind::Unary { op, operand } => {
                let operand = self.eval(operand, scope, table)?;
                match op {
                    UnaryOp::Plus => Ok(operand),
                    UnaryOp::Minus => {
                        let zero = Column::same(
                            minus_from(operand.ty),
                            minus_from(operand.ty).type_of().unwrap_or(Type::Long),
                            rows,
                        );
                        self.arithmetic(arith::Op::Subtract, &zero, &operand, expr)
                            .map(|negated| keep(&negated, operand.ty))
                    }
                }
            }
            ExprKind::Binary { op, left, right } => {
                self.binary(*op, left, right, expr, scope, table)
            }
            ExprKind::And(items) => self.logic(items, false, scope, table),
            ExprKind::Or(items) => self.logic(items, true, scope, table),
            ExprKind::List { op, left, list } => self.list(*op, left, list, scope, table),
            ExprKind::Between { negated, operand, low, high } => {
                let (operand, low, high) = (
                    self.eval(operand, scope, table)?,
                    self.eval(low, scope, table)?,
                    self.eval(high, scope, table)?,
                );
                Ok(compare::between(*negated, &operand, &low, &high))
            }
            ExprKind::TypeOf(schema) => {
                Ok(Column::same(literals::type_name(schema), Type::String, rows))
            }
            ExprKind::Named { value, .. } => self.eval(value, scope, table),
            ExprKind::Star => wrong(expr.span, "`*` stands for columns, and has no value"),
            ExprKind::Wildcard(_) => wrong(expr.span, "a pattern of names has no value"),
            ExprKind::Tuple(_) => wrong(expr.span, "several expressions in brackets have no value"),
            ExprKind::Pipe(_)
            | ExprKind::Source(_)
            | ExprKind::DataTable { .. }
            | ExprKind::ExternalData { .. } => {
                let found = self.deeper(expr.span, || self.table(expr, scope))?;
                Ok(self.scalar_of(&found, rows))
            }
            ExprKind::Missing | ExprKind::Error => wrong(expr.span, "an expression is missing"),
        }
    }

    fn name(&self, name: &str, expr: &Expr, scope: &Scope, table: &Table) -> Res<Column> {
        if let Some(column) = table.column(name) {
            return Ok(column.clone());
        }
        match scope.find(name) {
            Some(Binding::Scalar(column)) => match column.constant() {
                Some(value) => Ok(Column::same(value.clone(), column.ty, table.rows)),
                None if column.len() == table.rows => Ok(column),
                None => {
                    wrong(expr.span, format!("`{name}` has a value for each row of another table"))
                }
            },
            Some(Binding::Lazy(lazy)) => Ok(self.scalar_of(&self.force(&lazy)?, table.rows)),
            Some(Binding::Table(found)) => Ok(self.scalar_of(&found, table.rows)),
            Some(Binding::Function(function, closure)) => {
                match self.call(&function, &closure, &[], scope, table, expr.span)? {
                    super::run::Given::Scalar(column) => Ok(column),
                    super::run::Given::Table(found) => Ok(self.scalar_of(&found, table.rows)),
                }
            }
            None if table.open => Ok(Column::same(Value::Null, Type::Dynamic, table.rows)),
            None => wrong(expr.span, unknown(name, table)),
        }
    }

    fn binary(
        &self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        expr: &Expr,
        scope: &Scope,
        table: &Table,
    ) -> Res<Column> {
        // `* has "x"`: any column
        if matches!(left.kind, ExprKind::Star) {
            let mut any = Column::same(Value::Bool(false), Type::Bool, table.rows);
            let right = self.eval(right, scope, table)?;
            for column in &table.columns {
                any = compare::or(&any, &compare::binary(op, column, &right));
            }
            return Ok(any);
        }
        let (l, r) = (self.eval(left, scope, table)?, self.eval(right, scope, table)?);
        let arithmetic = match op {
            BinaryOp::Add => arith::Op::Add,
            BinaryOp::Subtract => arith::Op::Subtract,
            BinaryOp::Multiply => arith::Op::Multiply,
            BinaryOp::Divide => arith::Op::Divide,
            BinaryOp::Modulo => arith::Op::Modulo,
            _ => return Ok(compare::binary(op, &l, &r)),
        };
        self.arithmetic(arithmetic, &l, &r, expr)
    }

    fn arithmetic(&self, op: arith::Op, l: &Column, r: &Column, expr: &Expr) -> Res<Column> {
        let Some(ty) = arith::result(op, l.ty, r.ty) else {
            return wrong(
                expr.span,
                format!("this is not defined for {} and {}", l.ty.as_str(), r.ty.as_str()),
            );
        };
        Ok(pairwise(l, r, ty, |a, b| arith::apply(op, a, b)))
    }

    fn logic(&self, items: &[Expr], any: bool, scope: &Scope, table: &Table) -> Res<Column> {
        let mut all: Option<Column> = None;
        for item in items {
            let column = self.eval(item, scope, table)?;
            if !matches!(column.ty, Type::Bool | Type::Dynamic | Type::Int | Type::Long) {
                return wrong(
                    item.span,
                    format!("true or false is wanted here, not {}", column.ty.as_str()),
                );
            }
            all = Some(match all {
                None => crate::run::convert(&column, Type::Bool),
                Some(before) if any => compare::or(&before, &column),
                Some(before) => compare::and(&before, &column),
            });
        }
        Ok(all.unwrap_or_else(|| Column::same(Value::Bool(!any), Type::Bool, table.rows)))
    }
}

/// The smallest long is written as the negative of a number that is none.
fn smallest(operand: &Expr) -> bool {
    matches!(&operand.kind, ExprKind::Literal(crate::syntax::ast::Literal::Long(raw)) if raw == "9223372036854775808")
}

fn minus_from(ty: Type) -> Value {
    match ty {
        Type::TimeSpan => Value::TimeSpan(0),
        Type::Real => Value::Real(-0.0),
        _ => Value::Long(0),
    }
}

/// A negated int is a long by the rules of subtraction, and stays what it was.
fn keep(column: &Column, ty: Type) -> Column {
    if ty == Type::Int { crate::run::convert(column, Type::Long) } else { column.clone() }
}

/// `f` of the values of each row; of different texts once.
pub(crate) fn pairwise(
    l: &Column,
    r: &Column,
    ty: Type,
    mut f: impl FnMut(&Value, &Value) -> Value,
) -> Column {
    match (l.constant(), r.constant()) {
        (Some(a), Some(b)) => Column::same(f(a, b), ty, l.len()),
        (_, Some(b)) => l.map(ty, |a| f(a, b)),
        (Some(a), _) => r.map(ty, |b| f(a, b)),
        _ => {
            Column::new(ty, l.values().zip(r.values()).map(|(a, b)| f(&a, &b)).collect::<Vec<_>>())
        }
    }
}

fn unknown(name: &str, table: &Table) -> String {
    let near = table.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
    match near {
        Some(field) => format!("there is no column `{name}`; did you mean `{}`?", field.name),
        None if table.fields.is_empty() => format!("there is no `{name}`"),
        None => {
            let names: Vec<&str> = table.fields.iter().take(12).map(|field| &*field.name).collect();
            format!(
                "there is no column `{name}`; there are {}{}",
                names.join(", "),
                if table.fields.len() > 12 { ", …" } else { "" }
            )
        }
    }
}
