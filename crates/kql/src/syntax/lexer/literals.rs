//! Numbers, timespans, and the types that take a literal in parentheses.
use super::{Lexer, is_word};
use crate::syntax::token::{TYPED, TokenKind};
use crate::syntax::{Code, Span};

const UNITS: &[&str] = &[
    "d",
    "day",
    "days",
    "h",
    "hr",
    "hrs",
    "hour",
    "hours",
    "m",
    "min",
    "minute",
    "minutes",
    "s",
    "sec",
    "second",
    "seconds",
    "ms",
    "milli",
    "millis",
    "millisecond",
    "milliseconds",
    "micro",
    "micros",
    "microsecond",
    "microseconds",
    "nano",
    "nanos",
    "nanosecond",
    "nanoseconds",
    "tick",
    "ticks",
];

impl Lexer<'_> {
    pub(super) fn number(&mut self, start: usize) {
        if matches!(&self.bytes[start..], [b'0', b'x' | b'X', h, ..] if h.is_ascii_hexdigit()) {
            let end = self.word_end(start);
            return self.push(TokenKind::Long, start, end);
        }
        let mut end = self.digits(start);
        let mut real = false;
        // `1..2` is a range, `1.e` a member of something odd: neither dot belongs to the number.
        if self.byte(end) == b'.'
            && self.byte(end + 1) != b'.'
            && !self.byte(end + 1).is_ascii_alphabetic()
        {
            end = self.digits(end + 1);
            real = true;
        }
        if let Some(exponent) = self.exponent(end) {
            return self.push(TokenKind::Real, start, exponent);
        }
        let tail = self.word_end(end);
        let kind = match &self.text[end..tail] {
            "" if real => TokenKind::Real,
            "" => TokenKind::Long,
            unit if UNITS.contains(&unit) => TokenKind::Timespan,
            // A name may begin with digits as long as it has a letter.
            _ if !real => TokenKind::Word,
            _ => return self.push(TokenKind::Real, start, end),
        };
        self.push(kind, start, tail);
    }

    fn digits(&self, from: usize) -> usize {
        from + self.bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count()
    }

    fn exponent(&self, at: usize) -> Option<usize> {
        if !matches!(self.byte(at), b'e' | b'E') {
            return None;
        }
        let digits = at + 1 + usize::from(matches!(self.byte(at + 1), b'+' | b'-'));
        let end = self.digits(digits);
        (end > digits && !is_word(self.byte(end))).then_some(end)
    }

    /// The end of `word(…)` where the word is such a type and `after` the byte after it.
    pub(super) fn typed(&mut self, word: &str, after: usize) -> Option<usize> {
        if !TYPED.contains(&word) {
            return None;
        }
        let open =
            after + self.bytes[after..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        if self.byte(open) != b'(' {
            return None;
        }
        let inside = &self.bytes[open + 1..];
        let length =
            inside.iter().position(|b| matches!(b, b')' | b'\n' | b'\r')).unwrap_or(inside.len());
        let end = open + 1 + length;
        if self.byte(end) == b')' {
            return Some(end + 1);
        }
        self.error(
            Code::Unterminated,
            Span::new(open, end),
            "this literal is not closed on its line",
        );
        Some(end)
    }
}
