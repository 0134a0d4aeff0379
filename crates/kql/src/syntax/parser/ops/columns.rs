//! Operators that are lists of columns.
use super::super::Parser;
use crate::syntax::ast::{Expr, Key, NullsOrder, OperatorKind, Order};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn columns(&mut self, word: &str) -> OperatorKind {
        match word {
            "extend" => OperatorKind::Extend { items: self.list(Self::named_expr) },
            "project" => OperatorKind::Project { items: self.list_or_none(Self::named_expr) },
            "serialize" => OperatorKind::Serialize { items: self.list_or_none(Self::named_expr) },
            "print" => OperatorKind::Print { items: self.list(Self::named_expr) },
            "project-rename" => {
                OperatorKind::ProjectRename { items: self.list_or_none(Self::named_expr) }
            }
            "project-away" => {
                OperatorKind::ProjectAway { items: self.list_or_none(Self::column_pattern) }
            }
            "project-keep" => {
                OperatorKind::ProjectKeep { items: self.list_or_none(Self::column_pattern) }
            }
            "project-by-names" => {
                OperatorKind::ProjectByNames { items: self.list_or_none(Self::column_pattern) }
            }
            "project-smart" => {
                OperatorKind::ProjectSmart { items: self.list_or_none(Self::column_pattern) }
            }
            "project-reorder" => {
                OperatorKind::ProjectReorder { keys: self.list_or_none(Self::column_key) }
            }
            "distinct" => OperatorKind::Distinct { columns: self.list(Self::distinct_item) },
            _ => self.summarize(),
        }
    }

    fn distinct_item(&mut self) -> Expr {
        let ends = matches!(
            self.peek_at(1).kind,
            TokenKind::End | TokenKind::Punct("|" | ")" | ";" | "," | "}")
        );
        match (self.is("*") && ends).then(|| self.wildcard()).flatten() {
            Some(star) => star,
            None => self.named_expr(),
        }
    }

    /// A column, `Sec*`, or an expression that names columns.
    fn column_pattern(&mut self) -> Expr {
        self.wildcard().unwrap_or_else(|| self.named_expr())
    }

    fn column_key(&mut self) -> Key {
        let expr = self.column_pattern();
        let (order, nulls) = self.ordering();
        Key { expr, order, nulls }
    }

    pub(super) fn key(&mut self) -> Key {
        let expr = self.named_expr();
        let (order, nulls) = self.ordering();
        Key { expr, order, nulls }
    }

    pub(super) fn ordering(&mut self) -> (Option<Order>, Option<NullsOrder>) {
        let order = match self.word_at(0) {
            "asc" => Some(Order::Asc),
            "desc" => Some(Order::Desc),
            "granny-asc" => Some(Order::GrannyAsc),
            "granny-desc" => Some(Order::GrannyDesc),
            _ => None,
        };
        if order.is_some() {
            self.bump();
        }
        let mut nulls = None;
        if self.eat_word("nulls") {
            nulls = match self.word_at(0) {
                "first" => Some(NullsOrder::First),
                "last" => Some(NullsOrder::Last),
                _ => None,
            };
            if nulls.is_some() {
                self.bump();
            } else {
                self.expect_word("first");
            }
        }
        (order, nulls)
    }

    fn summarize(&mut self) -> OperatorKind {
        let aggregates =
            if self.is_word("by") { Vec::new() } else { self.list_or_none(Self::named_expr) };
        let by = if self.eat_word("by") { self.list(Self::named_expr) } else { Vec::new() };
        if aggregates.is_empty() && by.is_empty() {
            self.missing("an aggregate");
        }
        OperatorKind::Summarize { aggregates, by }
    }
}
