//! `dynamic(…)`: JSON with Kusto's strings and literals in it.
use super::Parser;
use crate::syntax::Code;
use crate::syntax::ast::{Expr, ExprKind, Json, Literal};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn dynamic(&mut self) -> Expr {
        let start = self.bump().span;
        self.bump();
        let json = Box::new(self.json());
        self.close(")");
        Expr::new(ExprKind::Dynamic(json), self.since(start))
    }

    fn json(&mut self) -> Json {
        match self.peek() {
            TokenKind::Str => Json::Literal(self.string_literal()),
            TokenKind::Long | TokenKind::Real | TokenKind::Timespan | TokenKind::Typed => {
                Json::Literal(self.plain_literal())
            }
            TokenKind::Punct(sign @ ("-" | "+")) => self.signed(sign),
            TokenKind::Word => self.json_word(),
            TokenKind::Punct("[" | "{") => {
                let mut json = Json::Error;
                self.deeper(|p| {
                    json = if p.is("[") { p.array() } else { p.bag() };
                    Expr::missing(0)
                });
                json
            }
            _ => {
                self.error(Code::Missing, "a value is missing here");
                Json::Error
            }
        }
    }

    fn signed(&mut self, sign: &str) -> Json {
        self.bump();
        let sign = if sign == "-" { "-" } else { "" };
        match self.peek() {
            TokenKind::Long | TokenKind::Real | TokenKind::Timespan => {}
            _ => {
                self.error(Code::Missing, "a number is missing here");
                return Json::Error;
            }
        }
        Json::Literal(match self.plain_literal() {
            Literal::Long(n) => Literal::Long(format!("{sign}{n}")),
            Literal::Real(n) => Literal::Real(format!("{sign}{n}")),
            Literal::Timespan(n) => Literal::Timespan(format!("{sign}{n}")),
            other => other,
        })
    }

    fn json_word(&mut self) -> Json {
        let literal = match self.word_at(0) {
            "true" | "True" | "TRUE" => Literal::Bool(true),
            "false" | "False" | "FALSE" => Literal::Bool(false),
            "null" => Literal::Null,
            "dynamic" if self.punct_at(1, "(") => {
                let inner = self.deeper(Self::dynamic);
                return match inner.kind {
                    ExprKind::Dynamic(json) => *json,
                    _ => Json::Error,
                };
            }
            word => {
                self.error(Code::Unexpected, format!("`{word}` is no value of `dynamic`"));
                self.bump();
                return Json::Error;
            }
        };
        self.bump();
        Json::Literal(literal)
    }

    fn array(&mut self) -> Json {
        self.bump();
        let mut items = Vec::new();
        while !self.is("]") {
            items.push(self.json());
            if !self.eat(",") {
                break;
            }
        }
        self.close("]");
        Json::Array(items)
    }

    fn bag(&mut self) -> Json {
        self.bump();
        let mut pairs = Vec::new();
        while !self.is("}") {
            let key = self.name_or_string();
            self.expect(":");
            pairs.push((key.text, self.json()));
            if !self.eat(",") {
                break;
            }
        }
        self.close("}");
        Json::Bag(pairs)
    }
}
