//! What the tests share.
use kql::syntax::ast::{Expr, ExprKind, Operator, OperatorKind, StatementKind};
use kql::syntax::{Parsed, Severity, parse};
use std::{fs, path::Path};

/// The `query` of every line of a file of the data folder.
pub fn queries(data: &Path, file: &str) -> Vec<String> {
    let text = fs::read_to_string(data.join(file)).expect(file);
    text.lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON")["query"]
                .as_str()
                .expect("a query")
                .to_owned()
        })
        .collect()
}

pub fn errors(text: &str) -> Vec<String> {
    let parsed = parse(text);
    parsed
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| d.message.clone())
        .collect()
}

pub fn right(text: &str) -> Parsed {
    let parsed = parse(text);
    assert!(!parsed.has_errors(), "{text}\n{:?}", parsed.diagnostics);
    parsed
}

/// The last statement's expression.
pub fn result(parsed: &Parsed) -> &Expr {
    match parsed.tree.statements.last().map(|s| &s.kind) {
        Some(StatementKind::Expr(expr)) => expr,
        other => panic!("no expression: {other:?}"),
    }
}

pub fn operators(parsed: &Parsed) -> &[Operator] {
    match &result(parsed).kind {
        ExprKind::Pipe(pipe) => &pipe.operators,
        other => panic!("no pipe: {other:?}"),
    }
}

/// The expression of `print …`.
pub fn printed(text: &str) -> Expr {
    let parsed = right(&format!("print {text}"));
    match &result(&parsed).kind {
        ExprKind::Source(operator) => match &operator.kind {
            OperatorKind::Print { items } => items[0].clone(),
            other => panic!("no print: {other:?}"),
        },
        other => panic!("no source: {other:?}"),
    }
}
