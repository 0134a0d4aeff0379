//! Operators that order, cut or count rows.
use super::super::Parser;
use crate::syntax::ast::{Key, Nested, OperatorKind};

impl Parser<'_> {
    pub(super) fn rows(&mut self, word: &str) -> OperatorKind {
        match word {
            "sort" | "order" => {
                self.expect_word("by");
                OperatorKind::Sort { keys: self.list(Self::key) }
            }
            "top" => {
                let count = self.expr();
                self.expect_word("by");
                OperatorKind::Top { count, keys: self.list(Self::key) }
            }
            "take" | "limit" => OperatorKind::Take { count: self.expr() },
            "sample" => OperatorKind::Sample { count: self.expr() },
            "sample-distinct" => {
                let count = self.expr();
                self.expect_word("of");
                OperatorKind::SampleDistinct { count, of: self.named_expr() }
            }
            "top-hitters" => {
                let count = self.expr();
                self.expect_word("of");
                let of = self.named_expr();
                let by = if self.eat_word("by") { Some(self.expr()) } else { None };
                OperatorKind::TopHitters { count, of, by }
            }
            "top-nested" => OperatorKind::TopNested { levels: self.nested_levels() },
            "count" => OperatorKind::Count {
                name: if self.eat_word("as") { Some(self.name()) } else { None },
            },
            "as" => OperatorKind::As { name: self.name() },
            _ => {
                self.expect_word("by");
                let by = self.expr();
                let with = if self.eat_word("with") { self.loose_properties() } else { Vec::new() };
                OperatorKind::Reduce { by, with }
            }
        }
    }

    fn nested_levels(&mut self) -> Vec<Nested> {
        let mut levels = vec![self.nested_level()];
        while self.is(",") {
            self.bump();
            self.expect_word("top-nested");
            levels.push(self.nested_level());
        }
        levels
    }

    fn nested_level(&mut self) -> Nested {
        let count = if self.is_word("of") { None } else { Some(self.expr()) };
        self.expect_word("of");
        let of = self.named_expr();
        let others = if self.eat_word("with") {
            self.expect_word("others");
            self.expect("=");
            Some(self.expr())
        } else {
            None
        };
        self.expect_word("by");
        let by: Key = self.key();
        Nested { count, of, others, by }
    }
}
