//! Statements, functions, and the schemas that they and some operators declare.
use super::{Expr, Name};
use crate::syntax::Span;

#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub statements: Vec<Statement>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub kind: StatementKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `let name = value`: scalar or tabular, which only a binder knows.
    Let {
        name: Name,
        value: Expr,
    },
    LetFunction {
        name: Name,
        function: Function,
    },
    Set {
        name: Name,
        value: Option<Expr>,
    },
    DeclareParameters(Vec<Param>),
    DeclarePattern {
        name: Name,
        params: Vec<Param>,
        path: Option<Param>,
        matches: Vec<PatternMatch>,
    },
    Alias {
        name: Name,
        value: Expr,
    },
    Restrict {
        to: Vec<Expr>,
    },
    /// What the query gives, or a nested function's result.
    Expr(Expr),
    Error,
}

/// `(params) { body }`
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    pub view: bool,
    pub params: Vec<Param>,
    pub body: Vec<Statement>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub name: Name,
    pub ty: ParamType,
    pub default: Option<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ParamType {
    /// As written: `string`, `long` …
    Scalar(Name),
    Table(Schema),
    Missing,
}

/// `(a: string, b: long)`; `open` where it has a `*`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    pub columns: Vec<Column>,
    pub open: bool,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: Name,
    pub ty: Name,
}

/// `("a", "b").["path"] = { body }`
#[derive(Clone, Debug, PartialEq)]
pub struct PatternMatch {
    pub args: Vec<Expr>,
    pub path: Option<Expr>,
    pub body: Vec<Statement>,
}
