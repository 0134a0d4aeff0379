//! Steps through a text that is known to be JSON and keeps the words as they were written: what a parser would normalise away.

pub(super) struct Cursor<'a> {
    pub text: &'a str,
    /// In bytes; never past a character's middle.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is not blank, without taking it; 0 at the end.
    pub fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    /// A string with its quotes, or a literal.
    pub fn word(&mut self) -> &'a str {
        let (bytes, from) = (self.text.as_bytes(), self.at);
        if bytes.get(from) == Some(&b'"') {
            self.at += 1;
            while let Some(b) = bytes.get(self.at) {
                self.at += if *b == b'\\' { 2 } else { 1 };
                if *b == b'"' {
                    break;
                }
            }
        } else {
            while bytes
                .get(self.at)
                .is_some_and(|b| !matches!(b, b',' | b']' | b'}') && !b.is_ascii_whitespace())
            {
                self.at += 1;
            }
        }
        self.at = self.at.min(bytes.len());
        &self.text[from..self.at]
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn words_are_as_they_were_written() {
        let mut c = Cursor::new("  \"a\\\"ñ\" : -1.50e3, true]");
        assert_eq!((c.peek(), c.word(), c.peek()), (b'"', "\"a\\\"ñ\"", b':'));
        c.at += 1;
        assert_eq!((c.peek(), c.word(), c.peek()), (b'-', "-1.50e3", b','));
        c.at += 1;
        c.peek();
        assert_eq!((c.word(), c.peek()), ("true", b']'));
        c.at += 1;
        assert_eq!((c.peek(), c.word()), (0, ""));
    }

    #[test]
    fn a_text_that_ends_too_soon_ends() {
        let mut c = Cursor::new("\"a\\");
        assert_eq!((c.word(), c.peek()), ("\"a\\", 0));
    }
}
