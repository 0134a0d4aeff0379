//! `datatable`, `externaldata`, `range`, and operators with a grammar of a line.
use super::super::Parser;
use crate::syntax::ast::{Expr, ExprKind, OperatorKind};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn source_operator(&mut self, word: &str) -> OperatorKind {
        match word {
            "evaluate" => {
                let call = self.path();
                let schema = if self.eat(":") { Some(self.schema()) } else { None };
                OperatorKind::Evaluate { call, schema }
            }
            "invoke" => OperatorKind::Invoke { call: self.path() },
            "render" => self.render(),
            "range" => self.range(),
            "getschema" => OperatorKind::GetSchema,
            "consume" => OperatorKind::Consume,
            "execute-and-cache" => OperatorKind::ExecuteAndCache,
            _ => OperatorKind::AssertSchema { schema: self.schema() },
        }
    }

    /// `name from a to b step c`
    fn range(&mut self) -> OperatorKind {
        let name = self.name();
        self.expect_word("from");
        let from = self.expr();
        self.expect_word("to");
        let to = self.expr();
        self.expect_word("step");
        OperatorKind::Range { name, from, to, step: self.expr() }
    }

    /// `chart [with (…)]`; old queries have the properties without `with`.
    fn render(&mut self) -> OperatorKind {
        let chart = if self.at_name() && !self.is_word("with") { Some(self.name()) } else { None };
        if chart.is_none() {
            self.missing("a kind of chart");
        }
        let with = if self.eat_word("with") || self.is("(") {
            self.loose_properties()
        } else {
            self.old_properties()
        };
        OperatorKind::Render { chart, with }
    }

    /// `kind=stacked title="x" by a, b`
    fn old_properties(&mut self) -> Vec<crate::syntax::ast::Parameter> {
        let mut found = Vec::new();
        while self.peek() == TokenKind::Word && (self.punct_at(1, "=") || self.is_word("by")) {
            let name = self.dotted_name();
            self.eat("=");
            found.push(crate::syntax::ast::Parameter { name, value: self.expr() });
            while self.eat(",") {
                self.expr();
            }
        }
        found
    }

    /// `datatable (a: string) [ 'x', … ]`
    pub(in super::super) fn datatable(&mut self) -> Expr {
        let start = self.bump().span;
        let schema = Box::new(self.schema());
        let rows = self.values("a row");
        Expr::new(ExprKind::DataTable { schema, rows }, self.since(start))
    }

    /// `externaldata (a: string) [ 'uri' ] with (format = 'csv')`
    pub(in super::super) fn externaldata(&mut self) -> Expr {
        let start = self.bump().span;
        let schema = Box::new(self.schema());
        let uris = self.values("an address");
        let with = if self.eat_word("with") { self.properties() } else { Vec::new() };
        Expr::new(ExprKind::ExternalData { schema, uris, with }, self.since(start))
    }

    /// `[a, b, ]`
    fn values(&mut self, what: &str) -> Vec<Expr> {
        let mut values = Vec::new();
        if !self.expect("[") {
            return values;
        }
        // The real parser takes a comma before the first value.
        self.eat(",");
        while !self.is("]") {
            values.push(if self.at_stop() { self.missing(what) } else { self.expr() });
            if !self.eat(",") {
                break;
            }
        }
        self.close("]");
        values
    }
}
