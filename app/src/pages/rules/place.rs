//! Where in a JSON text something is: the line that a JSON pointer names, and where the text stops being JSON.
use crate::pages::cursor::Cursor;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

/// Line and column (from 1) at which the text stops being a JSON object; `None` when it is one.
pub(super) fn fault(text: &str) -> Option<(usize, usize)> {
    let error = serde_json::from_str::<Map<String, Value>>(text).err()?;
    Some((error.line().max(1), error.column().max(1)))
}

struct Walk<'a> {
    cursor: Cursor<'a>,
    path: Vec<String>,
    target: Vec<String>,
    /// Where the deepest thing on the way to the target starts, and how deep it is.
    best: (usize, usize),
}

impl Walk<'_> {
    fn note(&mut self, start: usize) {
        if self.target.starts_with(&self.path) && self.path.len() > self.best.1 {
            self.best = (start, self.path.len());
        }
    }

    fn value(&mut self) {
        let close = match self.cursor.peek() {
            b'{' => b'}',
            b'[' => b']',
            _ => {
                self.cursor.word();
                return;
            }
        };
        self.cursor.at += 1;
        let mut index = 0;
        while self.cursor.peek() != close {
            let start = self.cursor.at;
            let token = if close == b'}' {
                let name = serde_json::from_str(self.cursor.word()).unwrap_or_default();
                self.cursor.peek();
                self.cursor.at += 1; // the colon
                name
            } else {
                index.to_string()
            };
            self.path.push(token);
            self.note(start);
            self.value();
            self.path.pop();
            index += 1;
            if self.cursor.peek() == b',' {
                self.cursor.at += 1;
            }
        }
        self.cursor.at += 1;
    }
}

/// The line (from 1) of what the pointer names, or of the nearest thing around it; `None` when that is the whole text, or the
/// text is not JSON.
pub(super) fn line_of(text: &str, pointer: &str) -> Option<usize> {
    // also bounds the nesting, at 128
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let target =
        pointer.split('/').skip(1).map(|t| t.replace("~1", "/").replace("~0", "~")).collect();
    let mut walk = Walk { cursor: Cursor::new(text), path: Vec::new(), target, best: (0, 0) };
    walk.value();
    (walk.best.1 > 0).then(|| text[..walk.best.0].matches('\n').count() + 1)
}

/// Start and end of a line, in UTF-16 units as the browser counts them.
pub(super) fn span_of(text: &str, line: usize) -> (u32, u32) {
    let units = |s: &str| s.encode_utf16().count() as u32;
    let before: u32 = text.split('\n').take(line.saturating_sub(1)).map(|l| units(l) + 1).sum();
    (before, before + text.split('\n').nth(line.saturating_sub(1)).map_or(0, units))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n  \"event_type\": [\"a\\\"}\", \"b\"],\n  \"any\": [\n    {\"x/y\": 1},\n    {\"port\": {\n      \"gt\": \"many\"}}\n  ]\n}";

    #[test]
    fn a_pointer_leads_to_its_line() {
        let line = |pointer| line_of(TEXT, pointer);
        assert_eq!(
            [line("/event_type/1"), line("/any/0/x~1y"), line("/any/1/port/gt")],
            [Some(2), Some(4), Some(6)]
        );
        assert_eq!(line("/any/1/absent"), Some(5), "the nearest thing around it");
        assert_eq!([line(""), line("/elsewhere"), line_of("{\"a\": }", "/a")], [None, None, None]);
    }

    #[test]
    fn a_fault_has_its_line() {
        assert_eq!(fault("{\n \"a\": 1,\n}"), Some((3, 1)));
        assert_eq!(
            [fault("{}"), fault("[1]").map(|_| (0, 0)), fault("")],
            [None, Some((0, 0)), Some((1, 1))]
        );
    }

    #[test]
    fn spans_count_as_browsers_do() {
        assert_eq!(
            [span_of("é😀\nab\nc", 1), span_of("é😀\nab\nc", 2), span_of("é😀\nab\nc", 9)],
            [(0, 3), (4, 6), (9, 9)]
        );
    }
}
