//! Text to tokens: white space and comments vanish, everything else has its span.
//!
//! Invariants: spans do not overlap and grow; the last token is `End`; time is linear in the text.
mod literals;
mod strings;

use super::token::{HYPHENATED, Token, TokenKind};
use super::{Code, Diagnostic, Span};
pub use strings::decode as decode_string;

/// Longest first where one begins another.
pub const PUNCTUATION: &[&str] = &[
    "==", "=~", "=>", "!=", "!~", "<=", ">=", "<>", "..", "(", ")", "[", "]", "{", "}", ",", ";",
    ":", "|", ".", "=", "<", ">", "+", "-", "*", "/", "%", "?",
];

pub struct Lexed {
    pub tokens: Vec<Token>,
    pub diagnostics: Vec<Diagnostic>,
}

pub fn lex(text: &str) -> Lexed {
    let mut lexer =
        Lexer { text, bytes: text.as_bytes(), at: 0, tokens: Vec::new(), diagnostics: Vec::new() };
    while lexer.token() {}
    lexer.push(TokenKind::End, text.len(), text.len());
    Lexed { tokens: lexer.tokens, diagnostics: lexer.diagnostics }
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
}

impl Lexer<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, end) });
        self.at = end;
    }

    fn error(&mut self, code: Code, span: Span, message: &str) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    /// False at the end.
    fn token(&mut self) -> bool {
        self.trivia();
        let start = self.at;
        let Some(&first) = self.bytes.get(start) else { return false };
        if let Some(end) = self.string(start) {
            self.push(TokenKind::Str, start, end);
        } else if first.is_ascii_digit() {
            self.number(start);
        } else if is_word(first) || first == b'$' {
            self.word(start);
        } else if first == b'!' && self.byte(start + 1).is_ascii_alphabetic() {
            let mut end = self.word_end(start + 1);
            end += usize::from(self.byte(end) == b'~');
            self.push(TokenKind::OpWord, start, end);
        } else if let Some(p) =
            PUNCTUATION.iter().find(|p| self.bytes[start..].starts_with(p.as_bytes()))
        {
            self.push(TokenKind::Punct(p), start, start + p.len());
        } else {
            let end = start + self.text[start..].chars().next().map_or(1, char::len_utf8);
            self.error(Code::BadCharacter, Span::new(start, end), "this character begins nothing");
            self.push(TokenKind::Bad, start, end);
        }
        true
    }

    fn trivia(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let blank = rest.len()
                - rest
                    .trim_start_matches(|c: char| {
                        c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}'
                    })
                    .len();
            self.at += blank;
            let rest = &self.bytes[self.at..];
            // A line that begins with `#` is for the client (`#connect …`).
            let directive = rest.first() == Some(&b'#') && self.line_is_blank_before();
            if !rest.starts_with(b"//") && !directive {
                return;
            }
            self.at += rest.iter().position(|b| *b == b'\n' || *b == b'\r').unwrap_or(rest.len());
        }
    }

    fn line_is_blank_before(&self) -> bool {
        let since = self.tokens.last().map_or(0, |t| t.span.end);
        since == 0 || self.bytes[since..self.at].contains(&b'\n')
    }

    fn word_end(&self, start: usize) -> usize {
        let length = self.bytes[start..]
            .iter()
            .position(|b| !is_word(*b))
            .unwrap_or(self.bytes.len() - start);
        start + length
    }

    fn word(&mut self, start: usize) {
        let end = self.word_end(start + 1);
        if self.byte(end) == b'-'
            && let Some(long) = self.hyphenated(start)
        {
            return self.push(TokenKind::Word, start, long);
        }
        let word = &self.text[start..end];
        if self.byte(end) == b'~' && word == "in" {
            return self.push(TokenKind::OpWord, start, end + 1);
        }
        if let Some(close) = self.typed(word, end) {
            return self.push(TokenKind::Typed, start, close);
        }
        self.push(TokenKind::Word, start, end);
    }

    fn hyphenated(&self, start: usize) -> Option<usize> {
        let rest = &self.bytes[start..];
        let fits = |w: &&&str| {
            rest.starts_with(w.as_bytes()) && !rest.get(w.len()).is_some_and(|b| is_word(*b))
        };
        HYPHENATED.iter().find(fits).map(|w| start + w.len())
    }
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}
