//! Pipes, and which word begins which operator.
use super::Parser;
use crate::syntax::ast::{Expr, ExprKind, Operator, OperatorKind, Pipe};
use crate::syntax::token::TokenKind;
use crate::syntax::{Code, Span};

/// For the message about a word that no operator has.
const OPERATORS: &[&str] = &[
    "as",
    "consume",
    "count",
    "distinct",
    "evaluate",
    "extend",
    "facet",
    "filter",
    "find",
    "fork",
    "getschema",
    "graph-match",
    "graph-to-table",
    "invoke",
    "join",
    "limit",
    "lookup",
    "make-graph",
    "make-series",
    "mv-apply",
    "mv-expand",
    "order",
    "parse",
    "parse-kv",
    "parse-where",
    "partition",
    "project",
    "project-away",
    "project-keep",
    "project-rename",
    "project-reorder",
    "reduce",
    "render",
    "sample",
    "sample-distinct",
    "scan",
    "search",
    "serialize",
    "sort",
    "summarize",
    "take",
    "top",
    "top-hitters",
    "top-nested",
    "union",
    "where",
];

impl Parser<'_> {
    /// `source | operator | …`; without a pipe the expression itself.
    pub(super) fn pipe(&mut self) -> Expr {
        let start = self.span();
        let source = if self.at_source() { self.source() } else { self.expr() };
        if !self.is("|") {
            return source;
        }
        let operators = self.operators();
        Expr::new(ExprKind::Pipe(Box::new(Pipe { source, operators })), self.since(start))
    }

    /// `| a | b`
    pub(super) fn operators(&mut self) -> Vec<Operator> {
        let mut operators = Vec::new();
        while self.eat("|") {
            operators.push(self.operator());
        }
        operators
    }

    /// `a | b`: a query whose rows come from around it.
    pub(super) fn body_operators(&mut self) -> Vec<Operator> {
        self.eat("|");
        let mut operators = vec![self.operator()];
        operators.extend(self.operators());
        operators
    }

    /// The same in brackets.
    pub(super) fn sub_operators(&mut self) -> Vec<Operator> {
        let mut operators = Vec::new();
        self.deeper(|p| {
            p.expect("(");
            operators = p.body_operators();
            p.close(")");
            Expr::missing(0)
        });
        operators
    }

    fn at_source(&self) -> bool {
        let next = self.peek_at(1);
        let word = next.kind == TokenKind::Word;
        match self.word_at(0) {
            "print" | "search" | "union" => match next.kind {
                TokenKind::Punct(p) => {
                    matches!(p, "(" | "[" | "*" | "-") || (p == "+" && self.is_word("print"))
                }
                TokenKind::End | TokenKind::OpWord => false,
                TokenKind::Word if self.is_word("search") && self.word_at(1) == "in" => true,
                _ => !super::words::is_reserved(self.word_at(1)),
            },
            "range" => word && !super::words::is_reserved(self.word_at(1)),
            "evaluate" => word && !super::words::is_reserved(self.word_at(1)),
            "find" => {
                matches!(self.word_at(1), "where" | "in" | "withsource" | "datascope")
                    || next.kind == TokenKind::Str
            }
            "macro-expand" => true,
            _ => false,
        }
    }

    fn source(&mut self) -> Expr {
        let operator = self.operator();
        let span = operator.span;
        Expr::new(ExprKind::Source(Box::new(operator)), span)
    }

    fn operator(&mut self) -> Operator {
        let mut found = Operator {
            kind: OperatorKind::Missing,
            keyword: Span::empty(self.gap()),
            params: Vec::new(),
            span: self.span(),
        };
        self.deeper(|p| {
            p.operator_into(&mut found);
            Expr::missing(0)
        });
        found.span = self.since(found.span);
        found
    }

    fn operator_into(&mut self, found: &mut Operator) {
        if self.peek() != TokenKind::Word {
            self.error(Code::Missing, "an operator is missing after `|`");
            return self.skip();
        }
        found.keyword = self.span();
        let word = self.slice(found.keyword);
        let at = self.at;
        self.bump();
        let Some(kind) = self.known(word, &mut found.params) else {
            self.at = at;
            self.error(Code::UnknownOperator, unknown(word));
            found.kind = OperatorKind::Unknown { name: word.to_owned() };
            return self.skip();
        };
        found.kind = kind;
        self.skip_unexpected();
    }
}

fn unknown(word: &str) -> String {
    let near = OPERATORS.iter().find(|o| o.eq_ignore_ascii_case(word) || close_to(o, word));
    near.map_or_else(
        || format!("there is no operator `{word}`"),
        |near| format!("there is no operator `{word}`; did you mean `{near}`?"),
    )
}

/// The same but for one letter more, less or other.
fn close_to(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    a.len().max(b.len()) - back <= 1 && front + back > 1
}
