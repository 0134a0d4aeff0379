//! `mv-expand` and `mv-apply`.
use super::super::Parser;
use crate::syntax::ast::{ExpandItem, OperatorKind};

impl Parser<'_> {
    pub(super) fn expand(&mut self, word: &str) -> OperatorKind {
        let items = self.list(Self::expand_item);
        let limit = if self.eat_word("limit") { Some(self.expr()) } else { None };
        if matches!(word, "mv-expand" | "mvexpand") {
            return OperatorKind::MvExpand { items, limit };
        }
        let id = if self.eat_word("id") { Some(self.unary()) } else { None };
        self.expect_word("on");
        OperatorKind::MvApply { items, limit, id, body: self.sub_operators() }
    }

    fn expand_item(&mut self) -> ExpandItem {
        let expr = self.named_expr();
        let to = if self.eat_word("to") { Some(self.unary()) } else { None };
        ExpandItem { expr, to }
    }
}
