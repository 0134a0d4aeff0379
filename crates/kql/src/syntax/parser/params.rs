//! Operator parameters (`kind=inner hint.strategy=shuffle`) and property lists (`with (a=1, b=2)`).
use super::Parser;
use crate::syntax::ast::{Expr, ExprKind, Name, Parameter};
use crate::syntax::token::TokenKind;

const ANYWHERE: &[&str] = &[
    "bin_legacy",
    "decodeblocks",
    "expandoutput",
    "force_remote",
    "__crossCluster",
    "__crossDB",
    "__id",
    "__noWithSource",
    "__packedColumn",
    "__sourceColumnIndex",
];

impl Parser<'_> {
    /// Only the given names are parameters: `mv-expand a = b` is none. `hint.…` is known everywhere.
    pub(super) fn params(&mut self, known: &[&str]) -> Vec<Parameter> {
        let mut params = Vec::new();
        while self.at_param(known) {
            let name = self.dotted_name();
            self.expect("=");
            params.push(Parameter { name, value: self.param_value() });
            // Some write commas between them.
            if self.is(",") && {
                self.at += 1;
                let more = self.at_param(known);
                self.at -= 1;
                more
            } {
                self.bump();
            }
        }
        params
    }

    fn at_param(&self, known: &[&str]) -> bool {
        let word = self.word_at(0);
        if word == "hint" {
            return self.punct_at(1, ".") && self.punct_at(3, "=");
        }
        self.punct_at(1, "=") && (known.contains(&word) || ANYWHERE.contains(&word))
    }

    /// One word or literal: what follows belongs to the operator, even a bracket.
    fn param_value(&mut self) -> Expr {
        let start = self.span();
        match self.peek() {
            TokenKind::Word if matches!(self.word_at(0), "true" | "false") => self.unary(),
            TokenKind::Word => self.name_expr(),
            TokenKind::Punct("[") if self.at_bracketed() => self.name_expr(),
            TokenKind::Str => {
                let literal = self.string_literal();
                Expr::new(ExprKind::Literal(literal), self.since(start))
            }
            TokenKind::Long | TokenKind::Real | TokenKind::Timespan | TokenKind::Typed => {
                let literal = self.plain_literal();
                Expr::new(ExprKind::Literal(literal), start)
            }
            TokenKind::Punct("-" | "(") => self.unary(),
            _ => self.missing("a value"),
        }
    }

    /// After `with`: `(a = 1, b = "x")`.
    pub(super) fn properties(&mut self) -> Vec<Parameter> {
        self.expect("(");
        let list = self.list_or_none(|p| {
            let name = p.property_name();
            p.expect("=");
            Parameter { name, value: p.property_value() }
        });
        self.close(")");
        list
    }

    fn property_name(&mut self) -> Name {
        if self.peek() == TokenKind::Str { self.name_or_string() } else { self.dotted_name() }
    }

    /// `ycolumns = a, b` has several names: those that are no `name =` of their own.
    fn property_value(&mut self) -> Expr {
        let start = self.span();
        let mut values = vec![self.expr()];
        while self.is(",") && !matches!(self.peek_at(2).kind, TokenKind::Punct("=" | ".")) {
            self.bump();
            values.push(self.expr());
        }
        match (values.len(), values.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                values.extend(last);
                Expr::new(ExprKind::Tuple(values), self.since(start))
            }
        }
    }
}
