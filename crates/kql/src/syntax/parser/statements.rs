//! Statements: `let`, `set`, `declare`, `alias`, `restrict`, and the query itself.
use super::Parser;
use crate::syntax::ast::{ExprKind, Param, PatternMatch, Pipe, Statement, StatementKind};
use crate::syntax::token::TokenKind;
use crate::syntax::{Code, ast::Expr};

impl Parser<'_> {
    /// Up to the end, or to the bracket that ends the body they are in.
    pub(super) fn statements(&mut self, end: Option<&str>) -> Vec<Statement> {
        let mut statements = Vec::new();
        loop {
            while self.eat(";") {}
            if self.peek() == TokenKind::End || end.is_some_and(|e| self.is(e)) {
                return statements;
            }
            statements.push(self.statement(end));
        }
    }

    fn statement(&mut self, end: Option<&str>) -> Statement {
        let start = self.span();
        let at = self.at;
        let mut kind = self.statement_kind();
        while !matches!(self.peek(), TokenKind::End | TokenKind::Punct(";"))
            && !end.is_some_and(|e| self.is(e))
        {
            self.quiet = self.quiet.filter(|q| *q == self.at);
            self.stray(&mut kind, at);
        }
        Statement { kind, span: self.since(start) }
    }

    /// What follows a statement that should have ended. Pipes after the stray token still belong to the query.
    fn stray(&mut self, kind: &mut StatementKind, at: usize) {
        let text = self.slice(self.span());
        if !self.is("|") {
            let message = match self.word_at(0) {
                "let" if self.at > at => "`;` is missing before this `let`".to_owned(),
                _ => format!("`{text}` is not expected here"),
            };
            self.error(Code::Unexpected, message);
            if self.at > at && self.is_word("let") {
                let place = crate::syntax::Span::empty(self.gap());
                if let Some(last) = self
                    .diagnostics
                    .last_mut()
                    .filter(|d| d.fix.is_none() && d.code == Code::Unexpected)
                {
                    *last = last.clone().with_fix("insert `;`", place, ";");
                }
            }
            self.at = self.close[self.at];
            self.bump();
            self.skip();
        }
        if self.is("|") {
            let operators = self.operators();
            match kind {
                StatementKind::Expr(expr) | StatementKind::Let { value: expr, .. } => {
                    append(expr, operators)
                }
                _ => {}
            }
        }
    }

    fn statement_kind(&mut self) -> StatementKind {
        let next = self.peek_at(1).kind;
        let named = next == TokenKind::Word || next == TokenKind::Punct("[");
        match self.word_at(0) {
            "let" => self.let_statement(),
            "set" if named => self.set(),
            "declare" if named => self.declare(),
            "alias" if named => self.alias(),
            "restrict" if self.word_at(1) == "access" => self.restrict(),
            _ => StatementKind::Expr(self.pipe()),
        }
    }

    fn let_statement(&mut self) -> StatementKind {
        self.bump();
        let name = self.name();
        self.expect("=");
        if self.at_function() {
            return StatementKind::LetFunction { name, function: self.function() };
        }
        StatementKind::Let { name, value: self.pipe() }
    }

    fn set(&mut self) -> StatementKind {
        self.bump();
        let name = self.dotted_name();
        let value = if self.eat("=") { Some(self.unary()) } else { None };
        StatementKind::Set { name, value }
    }

    fn alias(&mut self) -> StatementKind {
        self.bump();
        self.expect_word("database");
        let name = self.name_or_string();
        self.expect("=");
        StatementKind::Alias { name, value: self.expr() }
    }

    fn restrict(&mut self) -> StatementKind {
        self.bump();
        self.bump();
        self.expect_word("to");
        self.expect("(");
        let to = self.list_or_none(Self::table);
        self.close(")");
        StatementKind::Restrict { to }
    }

    fn declare(&mut self) -> StatementKind {
        self.bump();
        if self.eat_word("query_parameters") {
            return StatementKind::DeclareParameters(self.param_list());
        }
        if !self.expect_word("pattern") {
            return StatementKind::Error;
        }
        self.pattern()
    }

    /// `name = (a: string)[path: string] { (args).[path] = { body }; … }`, or the name alone.
    fn pattern(&mut self) -> StatementKind {
        let name = self.name();
        let (mut params, mut path, mut matches) = (Vec::new(), None, Vec::new());
        if self.eat("=") {
            params = self.param_list();
            path = self.pattern_path();
            self.expect("{");
            while self.is("(") {
                matches.push(self.pattern_match());
                self.eat(";");
            }
            self.close("}");
        }
        StatementKind::DeclarePattern { name, params, path, matches }
    }

    fn pattern_path(&mut self) -> Option<Param> {
        if !self.eat("[") {
            return None;
        }
        let param = self.param_of_pattern();
        self.close("]");
        Some(param)
    }

    fn pattern_match(&mut self) -> PatternMatch {
        self.expect("(");
        let args = self.list_or_none(Self::expr);
        self.close(")");
        let mut path = None;
        if self.eat(".") {
            self.expect("[");
            path = Some(self.expr());
            self.close("]");
        }
        self.expect("=");
        PatternMatch { args, path, body: self.body() }
    }
}

fn append(expr: &mut Expr, operators: Vec<crate::syntax::ast::Operator>) {
    let end = operators.last().map_or(expr.span, |o| o.span);
    let span = expr.span.to(end);
    if let ExprKind::Pipe(pipe) = &mut expr.kind {
        pipe.operators.extend(operators);
    } else {
        let source = std::mem::replace(expr, Expr::missing(span.start));
        expr.kind = ExprKind::Pipe(Box::new(Pipe { source, operators }));
    }
    expr.span = span;
}
