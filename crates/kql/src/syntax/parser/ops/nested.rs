//! Operators with queries in them.
use super::super::Parser;
use crate::syntax::ast::{Branch, Expr, OperatorKind};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn nested(&mut self, word: &str) -> OperatorKind {
        match word {
            "fork" => self.fork(),
            "facet" => {
                self.expect_word("by");
                let by = self.list(Self::expr);
                let with = if self.eat_word("with") { self.sub_operators() } else { Vec::new() };
                OperatorKind::Facet { by, with }
            }
            "partition" => self.partition(),
            "__partitionby" => {
                let by = self.name_expr();
                let id = if self.eat_word("id") { Some(self.unary()) } else { None };
                OperatorKind::PartitionBy { by, id, body: self.sub_operators() }
            }
            _ => self.macro_expand(),
        }
    }

    fn fork(&mut self) -> OperatorKind {
        let mut branches = Vec::new();
        while self.is("(") || (self.peek() == TokenKind::Word && self.punct_at(1, "=")) {
            let name = if self.is("(") { None } else { Some(self.name()) };
            if name.is_some() {
                self.expect("=");
            }
            branches.push(Branch { name, body: self.sub_operators() });
            self.eat(",");
        }
        if branches.is_empty() {
            self.expect("(");
        }
        OperatorKind::Fork { branches }
    }

    fn partition(&mut self) -> OperatorKind {
        self.expect_word("by");
        // Never a call: the bracket after it opens the query.
        let by = self.name_expr();
        if self.eat("{") {
            let query = Some(Box::new(self.pipe()));
            self.close("}");
            return OperatorKind::Partition { by, body: Vec::new(), query };
        }
        // `in (…)` of the older form.
        self.eat_word("in");
        OperatorKind::Partition { by, body: self.sub_operators(), query: None }
    }

    /// `entity_group as name ( statements )`
    fn macro_expand(&mut self) -> OperatorKind {
        let group = if self.eat_word("entity_group") { self.entity_group() } else { self.path() };
        let name = if self.eat_word("as") { Some(self.name()) } else { None };
        let mut body = Vec::new();
        self.deeper(|p| {
            p.expect("(");
            body = p.statements(Some(")"));
            p.close(")");
            Expr::missing(0)
        });
        OperatorKind::MacroExpand { group, name, body }
    }

    fn entity_group(&mut self) -> Expr {
        let start = self.span();
        self.expect("[");
        let group = self.list_or_none(Self::path);
        self.close("]");
        Expr::new(crate::syntax::ast::ExprKind::Tuple(group), self.since(start))
    }
}
