//! Names, calls, paths, literals, brackets.
use super::Parser;
use super::words::is_reserved;
use crate::syntax::ast::{Expr, ExprKind, Literal};
use crate::syntax::lexer::decode_string;
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// A primary with its `.member` and `[index]`.
    pub(super) fn path(&mut self) -> Expr {
        let start = self.span();
        let before = std::mem::take(&mut self.reach);
        let mut base = self.primary();
        loop {
            let kind = if self.is(".") {
                if !self.link() {
                    break;
                }
                self.bump();
                if self.is("[") && !self.at_bracketed() {
                    // `a.[expr]`
                    self.bump();
                    let index = Box::new(self.expr());
                    self.close("]");
                    ExprKind::Index { base: Box::new(base), index }
                } else {
                    let member = Box::new(self.member());
                    ExprKind::Member { base: Box::new(base), member }
                }
            } else if self.is("[") && !matches!(base.kind, ExprKind::Missing | ExprKind::Star) {
                if !self.link() {
                    break;
                }
                self.bump();
                let index = Box::new(self.expr());
                self.close("]");
                ExprKind::Index { base: Box::new(base), index }
            } else {
                break;
            };
            base = Expr::new(kind, self.since(start));
        }
        self.reach = self.reach.max(before);
        base
    }

    fn member(&mut self) -> Expr {
        if let Some(wildcard) = self.member_wildcard() {
            return wildcard;
        }
        if self.peek() == TokenKind::Word && self.punct_at(1, "(") {
            return self.call();
        }
        self.name_expr()
    }

    /// `T*` of `database('d').T*`: the star must touch the name and nothing that it could multiply may follow.
    fn member_wildcard(&mut self) -> Option<Expr> {
        let star = self.is("*")
            || (self.punct_at(1, "*") && self.peek_at(1).span.start == self.span().end);
        let after = if self.is("*") { 1 } else { 2 };
        let ends = matches!(
            self.peek_at(after).kind,
            TokenKind::End | TokenKind::Punct("|" | ";" | "," | ")" | "]" | "}")
        );
        if star && ends { self.wildcard() } else { None }
    }

    fn primary(&mut self) -> Expr {
        let start = self.span();
        match self.peek() {
            TokenKind::Word => self.word(),
            TokenKind::Str => {
                let kind = self.string_literal();
                Expr::new(ExprKind::Literal(kind), self.since(start))
            }
            TokenKind::Long | TokenKind::Real | TokenKind::Timespan | TokenKind::Typed => {
                let literal = self.plain_literal();
                Expr::new(ExprKind::Literal(literal), start)
            }
            TokenKind::Punct("(") => self.bracketed(),
            TokenKind::Punct("[") if self.at_bracketed() => {
                if self.punct_at(3, "(") {
                    self.call()
                } else {
                    self.name_expr()
                }
            }
            TokenKind::Punct("*") => {
                self.bump();
                Expr::new(ExprKind::Star, start)
            }
            _ => self.missing("an expression"),
        }
    }

    /// Brackets leave no node behind: the tree has their precedence. Two or more values are a tuple.
    fn bracketed(&mut self) -> Expr {
        let start = self.bump().span;
        let mut items = self.list(Self::pipe);
        self.close(")");
        let span = self.since(start);
        match (items.len(), items.pop()) {
            (1, Some(item)) => Expr::new(item.kind, span),
            (_, last) => {
                items.extend(last);
                Expr::new(ExprKind::Tuple(items), span)
            }
        }
    }

    fn word(&mut self) -> Expr {
        let start = self.span();
        let call = self.punct_at(1, "(");
        match self.word_at(0) {
            "true" | "True" | "TRUE" => self.constant(Literal::Bool(true)),
            "false" | "False" | "FALSE" => self.constant(Literal::Bool(false)),
            "null" if !call => self.constant(Literal::Null),
            "dynamic" if call => self.dynamic(),
            "typeof" if call => self.type_of(),
            "datatable" if call => self.datatable(),
            "externaldata" | "external_data" if call => self.externaldata(),
            word if is_reserved(word) && !call => self.missing("an expression"),
            "and" | "or" | "by" | "between" => self.missing("an expression"),
            _ if call => self.call(),
            word => {
                let kind = ExprKind::Name(word.to_owned());
                self.bump();
                Expr::new(kind, start)
            }
        }
    }

    fn constant(&mut self, literal: Literal) -> Expr {
        let span = self.bump().span;
        Expr::new(ExprKind::Literal(literal), span)
    }

    pub(super) fn call(&mut self) -> Expr {
        let start = self.span();
        let name = self.name();
        if !self.is("(") {
            return Expr::new(ExprKind::Call { name, args: Vec::new() }, self.since(start));
        }
        self.bump();
        let search = std::mem::take(&mut self.search);
        let args = self.list_or_none(|p| p.named(Self::pipe));
        self.search = search;
        self.close(")");
        Expr::new(ExprKind::Call { name, args }, self.since(start))
    }

    /// Neighbouring strings are one.
    pub(super) fn string_literal(&mut self) -> Literal {
        let mut value = String::new();
        let mut hidden = false;
        while self.peek() == TokenKind::Str {
            let span = self.bump().span;
            let raw = self.slice(span);
            hidden |= raw.starts_with(['h', 'H']);
            value.push_str(&decode_string(raw));
        }
        Literal::Str { value, hidden }
    }

    pub(super) fn plain_literal(&mut self) -> Literal {
        let token = self.bump();
        let text = self.slice(token.span);
        match token.kind {
            TokenKind::Long => Literal::Long(text.to_owned()),
            TokenKind::Real => Literal::Real(text.to_owned()),
            TokenKind::Timespan => Literal::Timespan(text.to_owned()),
            _ => {
                let (ty, raw) = text.split_once('(').unwrap_or((text, ""));
                let raw = raw.strip_suffix(')').unwrap_or(raw).trim();
                Literal::Typed { ty: ty.trim().to_owned(), raw: raw.to_owned() }
            }
        }
    }
}
