//! Names: bare, in brackets, with wildcards, dotted.
use super::Parser;
use crate::syntax::ast::{Expr, ExprKind, Name};
use crate::syntax::lexer::decode_string;
use crate::syntax::token::TokenKind;
use crate::syntax::{Code, Span};

impl Parser<'_> {
    pub(super) fn at_name(&self) -> bool {
        self.peek() == TokenKind::Word || self.at_bracketed()
    }

    /// `['odd name']`
    pub(super) fn at_bracketed(&self) -> bool {
        self.is("[") && self.peek_at(1).kind == TokenKind::Str && self.punct_at(2, "]")
    }

    /// How many tokens the name here has; 0 where there is none.
    pub(super) fn name_length(&self) -> usize {
        if self.at_bracketed() { 3 } else { usize::from(self.peek() == TokenKind::Word) }
    }

    pub(super) fn name(&mut self) -> Name {
        if self.at_bracketed() {
            let start = self.bump().span;
            let quoted = self.bump().span;
            let text = decode_string(self.slice(quoted));
            self.bump();
            return Name { text, span: self.since(start) };
        }
        if self.peek() == TokenKind::Word {
            let span = self.bump().span;
            return Name { text: self.slice(span).to_owned(), span };
        }
        self.error(Code::Missing, "a name is missing here");
        Name { text: String::new(), span: Span::empty(self.gap()) }
    }

    /// A name, or a string that stands for one.
    pub(super) fn name_or_string(&mut self) -> Name {
        if self.peek() == TokenKind::Str {
            let span = self.bump().span;
            return Name { text: decode_string(self.slice(span)), span };
        }
        self.name()
    }

    pub(super) fn name_expr(&mut self) -> Expr {
        let name = self.name();
        if name.text.is_empty() && name.span.is_empty() {
            return Expr::missing(name.span.start);
        }
        Expr::new(ExprKind::Name(name.text), name.span)
    }

    /// `hint.strategy`, as one text.
    pub(super) fn dotted_name(&mut self) -> Name {
        let mut name = self.name();
        while self.is(".") && self.peek_at(1).kind == TokenKind::Word {
            self.bump();
            let span = name.span.to(self.bump().span);
            name = Name { text: self.slice(span).to_owned(), span };
        }
        name
    }

    /// `Sec*`, `*_x`, `a*b`: words and stars that touch, with a star among them.
    pub(super) fn wildcard(&mut self) -> Option<Expr> {
        let part = |kind| matches!(kind, TokenKind::Word | TokenKind::Long | TokenKind::Punct("*"));
        let mut count = 0;
        let mut star = false;
        while part(self.peek_at(count).kind)
            && (count == 0 || self.peek_at(count - 1).span.end == self.peek_at(count).span.start)
        {
            star |= self.punct_at(count, "*");
            count += 1;
        }
        if !star {
            return None;
        }
        let start = self.span();
        self.at += count;
        let span = self.since(start);
        let text = self.slice(span);
        let kind = if text == "*" { ExprKind::Star } else { ExprKind::Wildcard(text.to_owned()) };
        Some(Expr::new(kind, span))
    }
}
