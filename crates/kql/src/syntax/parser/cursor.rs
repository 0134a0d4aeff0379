//! Looking at tokens, taking them, and skipping those of no use.
use super::Parser;
use crate::syntax::token::{Token, TokenKind};
use crate::syntax::{Code, Diagnostic, Span};

impl<'a> Parser<'a> {
    /// Past the end it is `End` again and again.
    pub(super) fn peek_at(&self, ahead: usize) -> Token {
        let at = (self.at + ahead).min(self.tokens.len() - 1);
        self.tokens[at]
    }

    pub(super) fn peek(&self) -> TokenKind {
        self.peek_at(0).kind
    }

    pub(super) fn span(&self) -> Span {
        self.peek_at(0).span
    }

    /// Where something missing belongs: right after what was read.
    pub(super) fn gap(&self) -> usize {
        if self.at == 0 { self.span().start } else { self.tokens[self.at - 1].span.end }
    }

    /// From `start` to the end of what was read.
    pub(super) fn since(&self, start: Span) -> Span {
        Span::new(start.start, self.gap().max(start.start))
    }

    pub(super) fn bump(&mut self) -> Token {
        let token = self.peek_at(0);
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    pub(super) fn slice(&self, span: Span) -> &'a str {
        span.of(self.text)
    }

    pub(super) fn word_at(&self, ahead: usize) -> &'a str {
        let token = self.peek_at(ahead);
        match token.kind {
            TokenKind::Word | TokenKind::OpWord => self.slice(token.span),
            _ => "",
        }
    }

    pub(super) fn is(&self, punct: &str) -> bool {
        self.punct_at(0, punct)
    }

    pub(super) fn punct_at(&self, ahead: usize, punct: &str) -> bool {
        matches!(self.peek_at(ahead).kind, TokenKind::Punct(p) if p == punct)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.word_at(0) == word
    }

    pub(super) fn eat(&mut self, punct: &str) -> bool {
        let found = self.is(punct);
        if found {
            self.bump();
        }
        found
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.bump();
        }
        found
    }

    /// Takes it, or says that it is missing and offers to put it there.
    pub(super) fn expect(&mut self, punct: &str) -> bool {
        if self.eat(punct) {
            return true;
        }
        self.want(punct);
        false
    }

    pub(super) fn expect_word(&mut self, word: &str) -> bool {
        if self.eat_word(word) {
            return true;
        }
        self.want(word);
        false
    }

    fn want(&mut self, what: &str) {
        if self.quiet == Some(self.at) {
            return;
        }
        self.quiet = Some(self.at);
        let place = Span::empty(self.gap());
        let gap = if what.starts_with(char::is_alphabetic) { " " } else { "" };
        let message = format!("`{what}` is missing here");
        let diagnostic = Diagnostic::error(Code::Missing, place, message);
        self.report(diagnostic.with_fix(format!("insert `{what}`"), place, format!("{gap}{what}")));
    }

    /// The tokens on which a list, an operator or a statement ends.
    pub(super) fn at_stop(&self) -> bool {
        matches!(self.peek(), TokenKind::End | TokenKind::Punct("|" | ";" | "," | ")" | "]" | "}"))
    }

    /// To the next stop on this level; brackets are skipped whole.
    pub(super) fn skip(&mut self) {
        while !self.at_stop() {
            self.at = self.close[self.at];
            self.bump();
        }
    }

    /// Says that the next token is of no use and skips from it to a stop.
    pub(super) fn skip_unexpected(&mut self) {
        if !self.at_stop() {
            let text = self.slice(self.span());
            self.error(Code::Unexpected, format!("`{text}` is not expected here"));
            self.skip();
        }
    }

    /// The closing bracket of a construct: what stands before it is skipped.
    pub(super) fn close(&mut self, punct: &str) {
        if self.is(punct) {
            self.bump();
            return;
        }
        while !self.at_stop() || matches!(self.peek(), TokenKind::Punct("," | "|")) {
            let text = self.slice(self.span());
            self.error(Code::Unexpected, format!("`{text}` is not expected here"));
            self.quiet = None;
            self.at = self.close[self.at];
            self.bump();
            self.skip();
            self.quiet = Some(self.at);
        }
        self.quiet = if self.is(punct) { self.quiet } else { None };
        self.expect(punct);
    }

    /// `item, item, …`
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = vec![item(self)];
        while self.eat(",") {
            items.push(item(self));
        }
        items
    }

    /// As `list`, empty when the list ends before it began.
    pub(super) fn list_or_none<T>(&mut self, item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        if self.at_stop() && !self.is(",") { Vec::new() } else { self.list(item) }
    }
}
