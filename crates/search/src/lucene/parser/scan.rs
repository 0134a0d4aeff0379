//! From characters to words: what stands next, and what is eaten.
use super::{Parsed, Parser};
use crate::lucene::ParseError;
use std::ops::Range;

/// A run of characters, and which of them were escaped.
pub struct Word {
    pub chars: Vec<(char, bool)>,
    pub span: Range<usize>,
}

impl Word {
    pub fn text(&self) -> String {
        self.chars.iter().map(|(c, _)| c).collect()
    }

    pub fn is_wild(&self) -> bool {
        self.chars.iter().any(|(c, escaped)| !escaped && matches!(c, '*' | '?'))
    }

    pub fn is_plain(&self, text: &str) -> bool {
        self.chars.iter().all(|(_, escaped)| !escaped) && self.text() == text
    }

    /// As a glob pattern: what was escaped stays itself.
    pub fn glob(&self) -> String {
        let mut out = String::new();
        for (c, escaped) in &self.chars {
            if *c == '\\' || *escaped && matches!(c, '*' | '?') {
                out.push('\\');
            }
            out.push(*c);
        }
        out
    }
}

impl<'a> Parser<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    pub(super) fn eat(&mut self, what: &str) -> bool {
        let found = self.rest().starts_with(what);
        if found {
            self.at += what.len();
        }
        found
    }

    pub(super) fn error(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> ParseError {
        ParseError { message: message.into(), span, hint: hint.into() }
    }

    /// The next character begins nothing.
    pub(super) fn stray(&self) -> ParseError {
        let span = self.at..self.at + self.peek().map_or(0, char::len_utf8);
        let hint = "put a \\ before it to search for it";
        self.error(span, "this character means nothing here", hint)
    }

    /// `AND`, `OR`, `NOT` stand alone and in capitals.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        let after = self.rest().strip_prefix(word).map(|r| r.chars().next());
        let found = after
            .is_some_and(|c| c.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '"')));
        if found {
            self.at += word.len();
        }
        found
    }

    pub(super) fn at_end_of_group(&self) -> bool {
        matches!(self.peek(), None | Some(')'))
    }

    /// `-` or `+` right before something.
    pub(super) fn sign(&mut self, sign: char) -> bool {
        let mut chars = self.rest().chars();
        let found = chars.next() == Some(sign)
            && chars.next().is_some_and(|c| !c.is_whitespace() && c != ')');
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn bang(&mut self) -> bool {
        let found = self.rest().starts_with('!') && self.rest().len() > 1;
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn quoted(&mut self) -> Parsed<(String, Range<usize>)> {
        let start = self.at;
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + i + 1;
                    return Ok((out, start..self.at));
                }
                '\\' => match chars.next_if(|(_, n)| matches!(n, '"' | '\\')) {
                    Some((_, n)) => out.push(n),
                    None => out.push('\\'),
                },
                c => out.push(c),
            }
        }
        Err(self.error(
            start..start + 1,
            "this quote is never closed",
            "add a \" at the end, or write \\\" to search for one",
        ))
    }

    /// Up to a blank or a bracket; a colon ends it when `colon` says so.
    pub(super) fn word(&mut self, colon: bool) -> Word {
        let start = self.at;
        let mut chars = Vec::new();
        let mut it = self.rest().char_indices().peekable();
        let mut end = self.rest().len();
        while let Some((i, c)) = it.next() {
            if c.is_whitespace()
                || matches!(c, '(' | ')' | '"' | '[' | ']' | '{' | '}')
                || colon && c == ':'
            {
                end = i;
                break;
            }
            if c == '\\'
                && let Some((_, n)) = it.next_if(|(_, n)| !n.is_alphanumeric())
            {
                chars.push((n, true));
            } else if (c, chars.last()) != ('*', Some(&('*', false))) {
                // several stars mean what one means
                chars.push((c, false));
            }
        }
        self.at = start + end;
        Word { chars, span: start..self.at }
    }

    pub(super) fn quoted_or_word(&mut self) -> Parsed<(String, Range<usize>)> {
        if self.peek() == Some('"') {
            return self.quoted();
        }
        let word = self.word(false);
        Ok((word.text(), word.span))
    }
}
