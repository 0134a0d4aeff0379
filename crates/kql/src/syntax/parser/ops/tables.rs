//! Operators that read other tables.
use super::super::Parser;
use crate::syntax::ast::{Expr, OperatorKind};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn tables(&mut self, word: &str) -> OperatorKind {
        match word {
            "join" => {
                let right = self.table();
                let on = if self.eat_word("on") { self.list(Self::expr) } else { Vec::new() };
                let predicate = if self.eat_word("where") { Some(self.expr()) } else { None };
                if on.is_empty() && predicate.is_none() {
                    self.expect_word("on");
                }
                OperatorKind::Join { right, on, predicate }
            }
            "lookup" => {
                let right = self.table();
                self.expect_word("on");
                OperatorKind::Lookup { right, on: self.list(Self::expr) }
            }
            "union" => OperatorKind::Union { tables: self.list(Self::table) },
            "search" => self.search(),
            _ => self.find(),
        }
    }

    /// A name, a pattern of names, a call, a path to a table, or a query in brackets.
    pub(in super::super) fn table(&mut self) -> Expr {
        if let Some(pattern) = self.wildcard() {
            return pattern;
        }
        self.path()
    }

    fn search(&mut self) -> OperatorKind {
        let tables = self.in_tables();
        let search = std::mem::replace(&mut self.search, true);
        let predicate = self.expr();
        self.search = search;
        OperatorKind::Search { tables, predicate }
    }

    /// `in (A, B*)`
    fn in_tables(&mut self) -> Vec<Expr> {
        if !(self.is_word("in") && self.punct_at(1, "(")) {
            return Vec::new();
        }
        self.bump();
        self.bump();
        let tables = self.list(Self::table);
        self.close(")");
        tables
    }

    fn find(&mut self) -> OperatorKind {
        let tables = self.in_tables();
        let mut predicate = None;
        if self.eat_word("where")
            || !(self.at_stop() || self.is_word("project") || self.is_word("project-away"))
        {
            let search = std::mem::replace(&mut self.search, true);
            predicate = Some(self.expr());
            self.search = search;
        }
        let smart = self.eat_word("project-smart");
        let project =
            if self.eat_word("project") { self.list(Self::find_column) } else { Vec::new() };
        let project_away =
            if self.eat_word("project-away") { self.list(Self::find_column) } else { Vec::new() };
        OperatorKind::Find { tables, predicate, project, project_away, smart }
    }

    /// `a`, `a: string`, `pack(*)`, `Sec*`. The type is told by the parser only where it is wrong: the binder takes it from the data.
    fn find_column(&mut self) -> Expr {
        let column = self.wildcard().unwrap_or_else(|| self.named_expr());
        if self.is(":") && self.peek_at(1).kind == TokenKind::Word {
            self.bump();
            self.bump();
        }
        column
    }
}
