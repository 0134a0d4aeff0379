//! `make-series`.
use super::super::Parser;
use crate::syntax::ast::{Aggregate, OperatorKind, SeriesRange};

impl Parser<'_> {
    pub(super) fn make_series(&mut self) -> OperatorKind {
        let aggregates = self.list(Self::aggregate);
        self.expect_word("on");
        // `in range(…)` is no test of the column.
        let on = if self.word_at(self.name_length().max(1)) == "in" {
            self.name_expr()
        } else {
            self.named_expr_before_in()
        };
        let range = if self.eat_word("in") {
            SeriesRange::InRange(self.path())
        } else {
            let from = if self.eat_word("from") { Some(self.expr()) } else { None };
            let to = if self.eat_word("to") { Some(self.expr()) } else { None };
            self.expect_word("step");
            SeriesRange::Steps { from, to, step: self.expr() }
        };
        let by = if self.eat_word("by") { self.list(Self::named_expr) } else { Vec::new() };
        OperatorKind::MakeSeries { aggregates, on, range, by }
    }

    fn named_expr_before_in(&mut self) -> crate::syntax::ast::Expr {
        self.named(Self::sum)
    }

    fn aggregate(&mut self) -> Aggregate {
        let expr = self.named_expr();
        let default = if self.eat_word("default") {
            self.expect("=");
            Some(self.expr())
        } else {
            None
        };
        Aggregate { expr, default }
    }
}
