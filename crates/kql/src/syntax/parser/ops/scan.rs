//! `scan`.
use super::super::Parser;
use crate::syntax::ast::{OperatorKind, ScanStep};

impl Parser<'_> {
    pub(super) fn scan(&mut self) -> OperatorKind {
        let (mut order, mut partition, mut declare) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            if self.is_word("order") && self.word_at(1) == "by" {
                self.bump();
                self.bump();
                order = self.list(Self::key);
            } else if self.is_word("partition") && self.word_at(1) == "by" {
                self.bump();
                self.bump();
                partition = self.list(Self::expr);
            } else if self.eat_word("declare") {
                declare = self.param_list();
            } else {
                break;
            }
        }
        self.expect_word("with");
        self.expect("(");
        let mut steps = Vec::new();
        while self.is_word("step") {
            steps.push(self.step());
            if !self.eat(";") {
                break;
            }
        }
        self.close(")");
        OperatorKind::Scan { order, partition, declare, steps }
    }

    fn step(&mut self) -> ScanStep {
        self.bump();
        let name = self.name();
        let optional = self.eat_word("optional");
        let output = if self.is_word("output") && self.punct_at(1, "=") {
            self.bump();
            self.bump();
            Some(self.name())
        } else {
            None
        };
        self.expect(":");
        let condition = self.expr();
        let assignments = if self.eat("=>") { self.list(Self::named_expr) } else { Vec::new() };
        ScanStep { name, optional, output, condition, assignments }
    }
}
