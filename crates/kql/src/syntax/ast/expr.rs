//! Expressions, scalar and tabular alike: the text alone does not tell them apart.
use super::{Operator, Schema};
use crate::syntax::Span;

/// A name without its brackets and quotes; empty where it is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    Missing,
    Error,
    Literal(Literal),
    Dynamic(Box<Json>),
    Name(String),
    /// `Security*`
    Wildcard(String),
    /// `*` alone.
    Star,
    Call {
        name: Name,
        args: Vec<Expr>,
    },
    /// `a.b`, `a.['b']`, `database('d').T`, `a.f(x)`: `member` is a name, a wildcard or a call.
    Member {
        base: Box<Expr>,
        member: Box<Expr>,
    },
    /// `a[i]`
    Index {
        base: Box<Expr>,
        index: Box<Expr>,
    },
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Binary {
        op: BinaryOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// Two or more.
    And(Vec<Expr>),
    /// Two or more.
    Or(Vec<Expr>),
    /// `in`, `!in`, `in~`, `has_any` …; a list of one may be a table or a dynamic array.
    List {
        op: BinaryOp,
        left: Box<Expr>,
        list: Vec<Expr>,
    },
    Between {
        negated: bool,
        operand: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    /// `name = value`, `(a, b) = value`
    Named {
        names: Vec<Name>,
        value: Box<Expr>,
    },
    /// Two or more in parentheses.
    Tuple(Vec<Expr>),
    /// `typeof(long)`, `typeof(a: string, b: long)`
    TypeOf(Box<Schema>),
    Pipe(Box<Pipe>),
    /// `print`, `range`, `union`, `search`, `find`, `evaluate` … where a query begins with it.
    Source(Box<Operator>),
    DataTable {
        schema: Box<Schema>,
        rows: Vec<Expr>,
    },
    ExternalData {
        schema: Box<Schema>,
        uris: Vec<Expr>,
        with: Vec<super::Parameter>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Pipe {
    pub source: Expr,
    pub operators: Vec<Operator>,
}

/// Numbers and times as written: their value is the binder's.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Bool(bool),
    Long(String),
    Real(String),
    Timespan(String),
    /// `datetime(2020-01-01)`: the type as written and the raw content, trimmed.
    Typed {
        ty: String,
        raw: String,
    },
    /// Decoded; neighbours are one string. `hidden` when any part has the `h` prefix.
    Str {
        value: String,
        hidden: bool,
    },
}

/// The inside of `dynamic(…)`.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Literal(Literal),
    Array(Vec<Json>),
    Bag(Vec<(String, Json)>),
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Minus,
    Plus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// `=~`
    EqualTilde,
    /// `!~`
    NotEqualTilde,
    In,
    NotIn,
    InTilde,
    NotInTilde,
    HasAny,
    HasAll,
    MatchesRegex,
    /// `column : term`, in `search` only.
    Term,
    Text {
        test: TextTest,
        negated: bool,
        case_sensitive: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextTest {
    Has,
    HasPrefix,
    HasSuffix,
    Contains,
    StartsWith,
    EndsWith,
    Like,
}

impl Expr {
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    pub fn missing(at: usize) -> Self {
        Self::new(ExprKind::Missing, Span::empty(at))
    }

    pub fn is_missing(&self) -> bool {
        matches!(self.kind, ExprKind::Missing)
    }

    pub fn as_name(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        }
    }
}
