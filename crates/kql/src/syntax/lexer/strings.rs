//! The forms of a string: `'a'`, `"a"`, `@'a'`, `h"a"`, `h@"a"`, and between three backticks or tildes.
use super::Lexer;
use crate::syntax::{Code, Span};

impl Lexer<'_> {
    /// The end of the string that begins at `start`, if one does.
    pub(super) fn string(&mut self, start: usize) -> Option<usize> {
        let open = quote_at(&self.bytes[start..])?;
        let from = start + open.prefix;
        let rest = &self.bytes[from..];
        let found = match open.form {
            Form::Fence(fence) => self.text[from + 3..]
                .find(std::str::from_utf8(fence).unwrap_or(""))
                .map(|n| from + 3 + n + 3)
                .ok_or(self.bytes.len()),
            Form::Verbatim(q) => verbatim_end(rest, q).map(|n| from + n).map_err(|n| from + n),
            Form::Escaped(q) => escaped_end(rest, q).map(|n| from + n).map_err(|n| from + n),
        };
        Some(found.unwrap_or_else(|end| {
            self.error(Code::Unterminated, Span::new(start, end), "this string is not closed");
            end
        }))
    }
}

enum Form {
    Escaped(u8),
    Verbatim(u8),
    Fence(&'static [u8]),
}

struct Open {
    /// Bytes before the (first) quote.
    prefix: usize,
    form: Form,
}

fn quote_at(bytes: &[u8]) -> Option<Open> {
    let hidden = usize::from(matches!(bytes.first(), Some(b'h' | b'H')));
    let rest = &bytes[hidden..];
    let open = |skip: usize, form| Some(Open { prefix: hidden + skip, form });
    match rest {
        [q @ (b'\'' | b'"'), ..] => open(0, Form::Escaped(*q)),
        [b'@', q @ (b'\'' | b'"'), ..] => open(1, Form::Verbatim(*q)),
        [b'`', b'`', b'`', ..] => open(0, Form::Fence(b"```")),
        [b'~', b'~', b'~', ..] => open(0, Form::Fence(b"~~~")),
        _ => None,
    }
}

/// The length with both quotes; `Err` is where the line ends first.
fn escaped_end(bytes: &[u8], quote: u8) -> Result<usize, usize> {
    let mut at = 1;
    loop {
        match bytes.get(at) {
            None | Some(b'\n' | b'\r') => return Err(at.min(bytes.len())),
            Some(b'\\') if bytes.get(at + 1).is_some_and(|b| *b != b'\n' && *b != b'\r') => at += 2,
            Some(b) if *b == quote => return Ok(at + 1),
            Some(_) => at += 1,
        }
    }
}

fn verbatim_end(bytes: &[u8], quote: u8) -> Result<usize, usize> {
    let mut at = 1;
    loop {
        match bytes.get(at) {
            None | Some(b'\n' | b'\r') => return Err(at),
            Some(b) if *b == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            Some(b) if *b == quote => return Ok(at + 1),
            Some(_) => at += 1,
        }
    }
}

/// What the string says: prefix and quotes gone, escapes resolved. Text that is no string comes back as it is.
pub fn decode(raw: &str) -> String {
    let Some(open) = quote_at(raw.as_bytes()) else { return raw.to_owned() };
    let body = &raw[open.prefix..];
    let inside = |quotes: usize, close: &str| {
        let rest = &body[quotes..];
        rest.strip_suffix(close).unwrap_or(rest).to_owned()
    };
    match open.form {
        Form::Fence(fence) => inside(3, std::str::from_utf8(fence).unwrap_or("")),
        Form::Verbatim(q) => {
            let q = char::from(q).to_string();
            inside(1, &q).replace(&q.repeat(2), &q)
        }
        Form::Escaped(q) => unescape(&inside(1, &char::from(q).to_string())),
    }
}

fn unescape(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(n) = rest.find('\\') {
        out.push_str(&rest[..n]);
        rest = &rest[n + 1..];
        let Some(c) = rest.chars().next() else {
            out.push('\\');
            break;
        };
        let (decoded, used) = escape(c, rest);
        out.push(decoded);
        rest = &rest[used..];
    }
    out.push_str(rest);
    out
}

/// The character, and how many bytes after the backslash it took. An unknown escape stands for its character.
fn escape(c: char, rest: &str) -> (char, usize) {
    let code = |from: usize, length: usize, radix: u32| {
        let digits = rest.get(from..from + length)?;
        char::from_u32(u32::from_str_radix(digits, radix).ok()?).map(|c| (c, from + length))
    };
    let plain = |c: char| (c, 1);
    match c {
        'n' => plain('\n'),
        'r' => plain('\r'),
        't' => plain('\t'),
        'a' => plain('\u{7}'),
        'b' => plain('\u{8}'),
        'f' => plain('\u{c}'),
        'v' => plain('\u{b}'),
        'u' => code(1, 4, 16).unwrap_or(plain(c)),
        'U' => code(1, 8, 16).unwrap_or(plain(c)),
        'x' => code(1, 2, 16).unwrap_or(plain(c)),
        '0'..='7' => {
            let length = rest.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
            code(0, length, 8).unwrap_or(plain(c))
        }
        _ => (c, c.len_utf8()),
    }
}
