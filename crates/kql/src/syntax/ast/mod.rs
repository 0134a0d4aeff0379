//! The tree. Every node has its span; what was not there is `Missing`, what could not be read is `Error`.
mod expr;
mod operator;
mod statement;

pub use expr::{BinaryOp, Expr, ExprKind, Json, Literal, Name, Pipe, TextTest, UnaryOp};
pub use operator::{
    Aggregate, Branch, ExpandItem, GraphEdge, GraphPattern, GraphStep, Key, Nested, NullsOrder,
    Operator, OperatorKind, Order, Parameter, ParsePart, ScanStep, SeriesRange,
};
pub use statement::{
    Column, Function, Param, ParamType, PatternMatch, Query, Schema, Statement, StatementKind,
};
