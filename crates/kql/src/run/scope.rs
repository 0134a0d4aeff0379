//! Names that `let` and parameters give.
use crate::{
    syntax::ast,
    table::{Column, Table},
};
use std::{cell::OnceCell, rc::Rc};

/// The innermost name first. Cheap to clone; what is added is seen by those who have the new scope.
#[derive(Clone, Default)]
pub(crate) struct Scope(Option<Rc<Node>>);

struct Node {
    name: Rc<str>,
    what: Binding,
    next: Scope,
}

#[derive(Clone)]
pub(crate) enum Binding {
    /// One value, or one for each row of the table that is being looked at.
    Scalar(Column),
    /// A table that is computed when it is first asked for.
    Lazy(Rc<Lazy>),
    Table(Rc<Table>),
    Function(Rc<ast::Function>, Scope),
}

pub(crate) struct Lazy {
    pub expr: ast::Expr,
    pub scope: Scope,
    pub table: OnceCell<Table>,
}

impl Scope {
    pub fn with(&self, name: &str, what: Binding) -> Self {
        Self(Some(Rc::new(Node { name: name.into(), what, next: self.clone() })))
    }

    pub fn find(&self, name: &str) -> Option<Binding> {
        let mut scope = self;
        while let Some(node) = &scope.0 {
            if *node.name == *name {
                return Some(node.what.clone());
            }
            scope = &node.next;
        }
        None
    }

    /// The names of tables, for wildcards.
    pub fn tables(&self) -> Vec<Rc<str>> {
        let mut found = vec![];
        let mut scope = self;
        while let Some(node) = &scope.0 {
            let view = matches!(&node.what, Binding::Function(function, _) if function.view && function.params.is_empty());
            if view || matches!(node.what, Binding::Lazy(_) | Binding::Table(_)) {
                found.push(Rc::clone(&node.name));
            }
            scope = &node.next;
        }
        found
    }
}
