//! Statements, and the calls of functions that the query itself declares.
use super::{Binding, Res, Scope, Session, scope::Lazy, wrong};
use crate::{
    syntax::{
        Span,
        ast::{Expr, ExprKind, Function, ParamType, Statement, StatementKind},
    },
    table::{Column, Table},
    value::{Type, Value},
};
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    rc::Rc,
};

/// One run of one query.
pub(crate) struct Runner<'s> {
    pub session: &'s Session<'s>,
    pub render: Rendered,
    depth: Cell<usize>,
    settings: RefCell<HashMap<String, Value>>,
    /// What `as` called the table that the next operator gets.
    pub named: RefCell<String>,
}

pub(crate) type Rendered = RefCell<Option<(String, Vec<(String, String)>)>>;

/// What an expression gives: one does not always know before.
pub(crate) enum Given {
    Scalar(Column),
    Table(Table),
}

impl<'s> Runner<'s> {
    pub fn new(session: &'s Session<'s>) -> Self {
        Self {
            session,
            render: RefCell::default(),
            depth: Cell::new(0),
            settings: RefCell::default(),
            named: RefCell::default(),
        }
    }

    /// What a `set` statement gave.
    pub fn setting(&self, name: &str) -> Option<Value> {
        self.settings.borrow().get(name).cloned()
    }

    /// Runs `f` one level deeper.
    pub fn deeper<T>(&self, at: Span, f: impl FnOnce() -> Res<T>) -> Res<T> {
        if self.depth.get() >= self.session.limits.depth {
            return wrong(
                at,
                format!(
                    "more than {} levels of functions and queries inside each other",
                    self.session.limits.depth
                ),
            );
        }
        self.depth.set(self.depth.get() + 1);
        let done = f();
        self.depth.set(self.depth.get() - 1);
        done
    }

    /// The table of the last expression.
    pub fn statements(&self, statements: &[Statement], scope: Scope) -> Res<Option<Table>> {
        match self.body(statements, scope, &Table::new(1))? {
            Some(Given::Table(table)) => Ok(Some(table)),
            Some(Given::Scalar(column)) => {
                // a bare scalar is a query too: `1 + 1`
                let mut table = Table::new(1);
                table.set("print_0", column);
                Ok(Some(table))
            }
            None => Ok(None),
        }
    }

    /// `rows` is what scalars are computed for: its columns are not seen.
    fn body(&self, statements: &[Statement], mut scope: Scope, rows: &Table) -> Res<Option<Given>> {
        let mut last = None;
        for statement in statements {
            match &statement.kind {
                StatementKind::Let { name, value } => {
                    scope = scope.with(&name.text, self.bind(value, &scope, rows)?)
                }
                StatementKind::LetFunction { name, function } => {
                    let function = Binding::Function(Rc::new(function.clone()), scope.clone());
                    scope = scope.with(&name.text, function);
                }
                StatementKind::DeclareParameters(params) => {
                    for param in params {
                        if scope.find(&param.name.text).is_none() {
                            let Some(default) = &param.default else {
                                return wrong(
                                    param.span,
                                    format!("the parameter `{}` has no value", param.name.text),
                                );
                            };
                            let column = self.eval(default, &scope, rows)?;
                            scope = scope.with(&param.name.text, Binding::Scalar(column));
                        }
                    }
                }
                StatementKind::Set { name, value } => {
                    let value = value
                        .as_ref()
                        .map(|value| self.eval(value, &scope, rows).map(|column| column.get(0)))
                        .transpose()?;
                    self.settings
                        .borrow_mut()
                        .insert(name.text.clone(), value.unwrap_or(Value::Bool(true)));
                }
                StatementKind::Expr(expr) => last = Some(self.given(expr, &scope, rows)?),
                StatementKind::Alias { .. }
                | StatementKind::DeclarePattern { .. }
                | StatementKind::Restrict { .. } => {
                    return wrong(statement.span, "this kind of statement is not supported");
                }
                StatementKind::Error => return wrong(statement.span, "a statement is wanted here"),
            }
        }
        Ok(last)
    }

    fn bind(&self, value: &Expr, scope: &Scope, rows: &Table) -> Res<Binding> {
        if self.is_table(value, scope) {
            let lazy = Lazy { expr: value.clone(), scope: scope.clone(), table: OnceCell::new() };
            let lazy = Rc::new(lazy);
            if self.session.check {
                self.force(&lazy)?;
            }
            return Ok(Binding::Lazy(lazy));
        }
        if let ExprKind::Name(name) = &value.kind
            && let Some(function @ Binding::Function(..)) = scope.find(name)
        {
            return Ok(function);
        }
        Ok(match self.given(value, scope, rows)? {
            Given::Scalar(column) => Binding::Scalar(column),
            Given::Table(table) => Binding::Table(Rc::new(table)),
        })
    }

    pub fn force(&self, lazy: &Lazy) -> Res<Table> {
        if let Some(table) = lazy.table.get() {
            return Ok(table.clone());
        }
        let table = self.deeper(lazy.expr.span, || self.table(&lazy.expr, &lazy.scope))?;
        Ok(lazy.table.get_or_init(|| table).clone())
    }

    /// Either; names and calls are looked up.
    pub fn given(&self, expr: &Expr, scope: &Scope, rows: &Table) -> Res<Given> {
        match &expr.kind {
            ExprKind::Call { name, args } => {
                if let Some(Binding::Function(function, closure)) = scope.find(&name.text) {
                    return self.call(&function, &closure, args, scope, rows, expr.span);
                }
            }
            ExprKind::Name(name) if rows.find(name).is_none() => match scope.find(name) {
                Some(Binding::Function(function, closure)) => {
                    return self.call(&function, &closure, &[], scope, rows, expr.span);
                }
                Some(Binding::Lazy(lazy)) => return self.force(&lazy).map(Given::Table),
                Some(Binding::Table(table)) => return Ok(Given::Table(table.as_ref().clone())),
                _ => {}
            },
            _ => {}
        }
        if self.is_table(expr, scope) {
            return self.table(expr, scope).map(Given::Table);
        }
        self.eval(expr, scope, rows).map(Given::Scalar)
    }

    /// Calls a function of the query.
    pub fn call(
        &self,
        function: &Function,
        closure: &Scope,
        args: &[Expr],
        caller: &Scope,
        rows: &Table,
        at: Span,
    ) -> Res<Given> {
        let mut scope = closure.clone();
        let named = |name: &str| {
            args.iter().find_map(|arg| match &arg.kind {
                ExprKind::Named { names, value } if names.len() == 1 && names[0].text == name => {
                    Some(value.as_ref())
                }
                _ => None,
            })
        };
        if args.len() > function.params.len() {
            return wrong(
                at,
                format!("{} arguments for {} parameters", args.len(), function.params.len()),
            );
        }
        for (place, param) in function.params.iter().enumerate() {
            let by_place =
                args.get(place).filter(|arg| !matches!(arg.kind, ExprKind::Named { .. }));
            let arg = by_place.or_else(|| named(&param.name.text));
            let binding = match (&param.ty, arg) {
                (ParamType::Table(schema), Some(arg)) => {
                    let table = self.table(arg, caller)?;
                    for column in &schema.columns {
                        if table.find(&column.name.text).is_none() && !table.open {
                            return wrong(
                                arg.span,
                                format!(
                                    "the table has no column `{}`, which the function wants",
                                    column.name.text
                                ),
                            );
                        }
                    }
                    Binding::Table(Rc::new(table))
                }
                (ParamType::Scalar(ty), Some(arg)) => {
                    let column = self.eval(arg, caller, rows)?;
                    Binding::Scalar(match Type::parse(&ty.text) {
                        Some(ty) if ty != column.ty => convert(&column, ty),
                        Some(_) => column,
                        None => return wrong(ty.span, format!("`{}` is no type", ty.text)),
                    })
                }
                (ParamType::Missing, Some(arg)) => Binding::Scalar(self.eval(arg, caller, rows)?),
                (_, None) => match &param.default {
                    Some(default) => Binding::Scalar(self.eval(default, closure, rows)?),
                    None => {
                        return wrong(at, format!("the argument `{}` is missing", param.name.text));
                    }
                },
            };
            scope = scope.with(&param.name.text, binding);
        }
        let bare = Table::new(rows.rows);
        let given = self.deeper(at, || self.body(&function.body, scope, &bare))?;
        given.map_or_else(|| wrong(at, "the function gives nothing"), Ok)
    }

    /// One value for a query in brackets.
    pub fn scalar_of(&self, table: &Table, rows: usize) -> Column {
        let ty = table.fields.first().map_or(Type::Dynamic, |field| field.ty);
        let value = if table.rows == 0 {
            empty(ty)
        } else {
            table.columns.first().map_or(Value::Null, |column| column.get(0))
        };
        Column::same(value, ty, rows)
    }
}

fn empty(ty: Type) -> Value {
    if ty == Type::String { Value::str("") } else { Value::Null }
}

pub(crate) fn convert(column: &Column, ty: Type) -> Column {
    column.map(ty, |value| value.cast(ty))
}
