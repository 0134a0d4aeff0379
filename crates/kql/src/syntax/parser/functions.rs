//! Schemas, parameters and bodies of functions.
use super::Parser;
use crate::syntax::ast::{
    Column, Expr, ExprKind, Function, Name, Param, ParamType, Schema, Statement,
};
use crate::syntax::{Code, Span};

impl Parser<'_> {
    /// `(params) {` or `view (`: what tells a function from an expression.
    pub(super) fn at_function(&self) -> bool {
        let open = self.at + usize::from(self.is_word("view"));
        let kind = |at: usize| self.tokens.get(at).map(|t| t.kind);
        use crate::syntax::token::TokenKind::Punct;
        kind(open) == Some(Punct("(")) && kind(self.close[open] + 1) == Some(Punct("{"))
    }

    pub(super) fn function(&mut self) -> Function {
        let start = self.span();
        let view = self.eat_word("view");
        let params = self.param_list();
        let body = self.body();
        Function { view, params, body, span: self.since(start) }
    }

    pub(super) fn param_list(&mut self) -> Vec<Param> {
        self.expect("(");
        let params = self.list_or_none(Self::param);
        self.close(")");
        params
    }

    fn param(&mut self) -> Param {
        let start = self.span();
        let name = self.name();
        self.expect(":");
        let ty = self.param_type();
        let default = if self.eat("=") { Some(self.expr()) } else { None };
        Param { name, ty, default, span: self.since(start) }
    }

    fn param_type(&mut self) -> ParamType {
        if self.is("(") {
            return ParamType::Table(self.schema());
        }
        let name = self.name();
        if name.text.is_empty() { ParamType::Missing } else { ParamType::Scalar(name) }
    }

    pub(super) fn param_of_pattern(&mut self) -> Param {
        self.param()
    }

    /// `{ statements }`
    pub(super) fn body(&mut self) -> Vec<Statement> {
        let mut body = Vec::new();
        self.deeper(|p| {
            p.expect("{");
            body = p.statements(Some("}"));
            p.close("}");
            Expr::missing(0)
        });
        body
    }

    /// `(a: string, *)`
    pub(super) fn schema(&mut self) -> Schema {
        let start = self.span();
        self.expect("(");
        let schema = self.schema_inside(start);
        self.close(")");
        Schema { span: self.since(start), ..schema }
    }

    fn schema_inside(&mut self, start: Span) -> Schema {
        let mut schema = Schema { columns: Vec::new(), open: false, span: start };
        while !self.at_stop() {
            if self.eat("*") {
                schema.open = true;
            } else {
                let name = self.name_or_string();
                self.expect(":");
                let ty = self.type_name();
                schema.columns.push(Column { name, ty });
            }
            if !self.eat(",") {
                break;
            }
        }
        schema
    }

    pub(super) fn type_name(&mut self) -> Name {
        if self.at_name() {
            return self.name();
        }
        self.error(Code::Missing, "a type is missing here");
        Name { text: String::new(), span: Span::empty(self.gap()) }
    }

    /// `typeof(long)`, `typeof(a: long, *)`: a single type is a column without a name.
    pub(super) fn type_of(&mut self) -> Expr {
        let start = self.bump().span;
        let open = self.bump().span;
        let schema = if self.is("*") || self.punct_at(self.name_length().max(1), ":") {
            self.schema_inside(open)
        } else {
            let column = Column { name: Name::default(), ty: self.type_name() };
            Schema { columns: vec![column], open: false, span: open }
        };
        self.close(")");
        Expr::new(ExprKind::TypeOf(Box::new(schema)), self.since(start))
    }
}
