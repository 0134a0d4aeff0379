//! `parse`, `parse-where` and `parse-kv`.
use super::super::Parser;
use crate::syntax::ast::{Expr, ExprKind, OperatorKind, Parameter, ParsePart};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn parse_operator(&mut self, word: &str) -> OperatorKind {
        let target = self.expr();
        if word == "parse-kv" {
            self.expect_word("as");
            let schema = self.schema();
            let with = if self.eat_word("with") { self.properties() } else { Vec::new() };
            return OperatorKind::ParseKv { target, schema, with };
        }
        self.expect_word("with");
        let mut parts = Vec::new();
        while let Some(part) = self.parse_part() {
            parts.push(part);
        }
        if parts.is_empty() {
            self.missing("a pattern");
        }
        OperatorKind::Parse { filter: word == "parse-where", target, parts }
    }

    fn parse_part(&mut self) -> Option<ParsePart> {
        let start = self.span();
        if self.eat("*") {
            return Some(ParsePart::Skip);
        }
        if self.peek() == TokenKind::Str {
            let literal = self.string_literal();
            return Some(ParsePart::Text(Expr::new(ExprKind::Literal(literal), self.since(start))));
        }
        if !self.at_name() {
            return None;
        }
        let name = self.name();
        let ty = if self.eat(":") { Some(self.type_name()) } else { None };
        Some(ParsePart::Column { name, ty })
    }

    /// `a = 1, b = 2`, with or without brackets.
    pub(super) fn loose_properties(&mut self) -> Vec<Parameter> {
        if self.is("(") {
            return self.properties();
        }
        let mut found = Vec::new();
        while self.at_name() {
            let name = self.dotted_name();
            self.expect("=");
            found.push(Parameter { name, value: self.expr() });
            self.eat(",");
        }
        found
    }
}
