//! Expressions by precedence, loosest first: `or`, `and`, tests of equality and lists, order, sums, products, tests of text
//! (`a + b has c` is `a + (b has c)`, as in Kusto), signs, paths.
use super::words::{is_list_op, word_op};
use super::{MAX_CHAIN, Parser};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use crate::syntax::token::TokenKind;
use crate::syntax::{Code, Span};

const EQUALITY: u8 = 1;
const ORDER: u8 = 2;
const SUM: u8 = 3;
const PRODUCT: u8 = 4;
const TEXT: u8 = 5;

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Expr {
        self.deeper(|p| {
            p.any_of("or", |p| p.any_of("and", Self::test, ExprKind::And), ExprKind::Or)
        })
    }

    /// `name = expr`, `(a, b) = expr`, or `expr`.
    pub(super) fn named_expr(&mut self) -> Expr {
        self.named(Self::expr)
    }

    pub(super) fn named(&mut self, value: impl FnOnce(&mut Self) -> Expr) -> Expr {
        let start = self.span();
        let length = self.name_length();
        let names = if length > 0 && self.punct_at(length, "=") {
            vec![self.name()]
        } else if self.is("(")
            && self
                .tokens
                .get(self.close[self.at] + 1)
                .is_some_and(|t| t.kind == TokenKind::Punct("="))
        {
            self.bump();
            let names = self.list(Self::name);
            self.close(")");
            names
        } else {
            return value(self);
        };
        self.expect("=");
        let value = Box::new(value(self));
        Expr::new(ExprKind::Named { names, value }, self.since(start))
    }

    fn any_of(
        &mut self,
        word: &str,
        item: impl Fn(&mut Self) -> Expr,
        make: fn(Vec<Expr>) -> ExprKind,
    ) -> Expr {
        let start = self.span();
        let first = item(self);
        if !self.is_word(word) {
            return first;
        }
        let mut items = vec![first];
        while self.eat_word(word) {
            items.push(item(self));
        }
        Expr::new(make(items), self.since(start))
    }

    fn test(&mut self) -> Expr {
        self.binary(EQUALITY)
    }

    /// An expression without the tests of equality, lists and order.
    pub(super) fn sum(&mut self) -> Expr {
        self.binary(SUM)
    }

    /// Everything from `level` on; tests of equality and of order do not chain.
    pub(super) fn binary(&mut self, level: u8) -> Expr {
        let start = self.span();
        let before = std::mem::take(&mut self.reach);
        let mut left = self.unary();
        let mut highest = u8::MAX;
        while let Some((op, strength)) = self.infix() {
            let chains = matches!(strength, SUM | PRODUCT | TEXT);
            if strength < level || strength > highest || (!chains && strength == highest) {
                break;
            }
            if !self.link() {
                break;
            }
            highest = strength;
            left = self.operation(op, strength, left, start);
        }
        self.reach = self.reach.max(before);
        left
    }

    /// Counts one more link; false, and the rest skipped, where the chain is too long.
    pub(super) fn link(&mut self) -> bool {
        self.reach += 1;
        if self.reach <= MAX_CHAIN {
            return true;
        }
        self.error(Code::TooDeep, format!("this has more than {MAX_CHAIN} parts in a row"));
        self.skip();
        false
    }

    fn operation(&mut self, op: Infix, strength: u8, left: Expr, start: Span) -> Expr {
        let word = self.bump();
        let left = Box::new(left);
        let kind = match op {
            Infix::Between => {
                let negated = self.slice(word.span).starts_with('!');
                self.expect("(");
                let low = Box::new(self.expr());
                self.expect("..");
                let high = Box::new(self.expr());
                self.close(")");
                ExprKind::Between { negated, operand: left, low, high }
            }
            Infix::Op(op) if is_list_op(op) => ExprKind::List { op, left, list: self.value_list() },
            Infix::Op(op) => {
                if op == BinaryOp::MatchesRegex {
                    self.expect_word("regex");
                }
                let right = Box::new(self.binary(strength + 1));
                ExprKind::Binary { op, left, right }
            }
        };
        Expr::new(kind, self.since(start))
    }

    /// `(a, b)`; without brackets a single value, which Kusto takes after `has_any` and its like.
    fn value_list(&mut self) -> Vec<Expr> {
        if !self.is("(") {
            return vec![self.unary()];
        }
        self.bump();
        let list = self.list_or_none(Self::pipe);
        self.close(")");
        list
    }

    fn infix(&self) -> Option<(Infix, u8)> {
        let op = |op, strength| Some((Infix::Op(op), strength));
        match self.peek() {
            TokenKind::Punct(p) => match p {
                "==" => op(BinaryOp::Equal, EQUALITY),
                "!=" | "<>" => op(BinaryOp::NotEqual, EQUALITY),
                "<" => op(BinaryOp::Less, ORDER),
                "<=" => op(BinaryOp::LessEqual, ORDER),
                ">" => op(BinaryOp::Greater, ORDER),
                ">=" => op(BinaryOp::GreaterEqual, ORDER),
                "+" => op(BinaryOp::Add, SUM),
                "-" => op(BinaryOp::Subtract, SUM),
                "*" => op(BinaryOp::Multiply, PRODUCT),
                "/" => op(BinaryOp::Divide, PRODUCT),
                "%" => op(BinaryOp::Modulo, PRODUCT),
                "=~" => op(BinaryOp::EqualTilde, TEXT),
                "!~" => op(BinaryOp::NotEqualTilde, TEXT),
                ":" if self.search => op(BinaryOp::Term, TEXT),
                _ => None,
            },
            TokenKind::Word | TokenKind::OpWord => match self.word_at(0) {
                "between" | "!between" => Some((Infix::Between, EQUALITY)),
                "matches" => op(BinaryOp::MatchesRegex, TEXT),
                word => {
                    word_op(word).and_then(|o| op(o, if is_list_op(o) { EQUALITY } else { TEXT }))
                }
            },
            _ => None,
        }
    }

    pub(super) fn unary(&mut self) -> Expr {
        let start = self.span();
        let op = match self.peek() {
            TokenKind::Punct("-") => UnaryOp::Minus,
            TokenKind::Punct("+") => UnaryOp::Plus,
            _ => return self.path(),
        };
        self.bump();
        let operand = Box::new(self.deeper(Self::unary));
        Expr::new(ExprKind::Unary { op, operand }, self.since(start))
    }
}

#[derive(Clone, Copy)]
enum Infix {
    Op(BinaryOp),
    Between,
}
