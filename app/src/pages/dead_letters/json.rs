//! A refused record laid out in lines, with those marked that a JSON pointer names. Strings and numbers stay as they were sent;
//! only blanks between tokens change.
use crate::pages::cursor::Cursor;
use serde::de::IgnoredAny;

/// Longer records are shown as far as this; the copy button gives the whole.
const MAX_LINES: usize = 4000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Number, true, false, null.
    Literal,
    /// Brackets.
    Mark,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub depth: usize,
    /// With its quotes.
    pub key: Option<String>,
    pub value: String,
    pub kind: Kind,
    pub comma: bool,
    /// The pointer names this, or something around it.
    pub hit: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Laid {
    pub lines: Vec<Line>,
    /// What the pointer names is not there; the nearest thing around it is marked.
    pub absent: bool,
    pub cut: bool,
}

/// The tokens of a JSON pointer.
fn tokens(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|t| t.replace("~1", "/").replace("~0", "~")).collect()
}

struct Walk<'a> {
    cursor: Cursor<'a>,
    path: Vec<String>,
    target: Vec<String>,
    lines: Vec<Line>,
    found: bool,
    /// Line of the deepest thing on the way to the target, and how deep it is.
    nearest: (usize, usize),
}

impl Walk<'_> {
    fn line(&mut self, key: Option<&str>, value: &str, kind: Kind) {
        let hit = !self.target.is_empty() && self.path.starts_with(&self.target);
        self.found |= hit;
        let on_the_way = self.target.starts_with(&self.path);
        if on_the_way && self.path.len() >= self.nearest.1 && !matches!(value, "}" | "]") {
            self.nearest = (self.lines.len(), self.path.len());
        }
        let depth = self.path.len();
        self.lines.push(Line {
            depth,
            key: key.map(str::to_owned),
            value: value.into(),
            kind,
            comma: false,
            hit,
        });
    }

    fn value(&mut self, key: Option<&str>) {
        let (open, close) = match self.cursor.peek() {
            b'{' => (b'{', b'}'),
            b'[' => (b'[', b']'),
            b'"' => {
                let text = self.cursor.word();
                return self.line(key, text, Kind::Text);
            }
            _ => {
                let text = self.cursor.word();
                return self.line(key, text, Kind::Literal);
            }
        };
        self.cursor.at += 1;
        let object = open == b'{';
        if self.cursor.peek() == close {
            self.cursor.at += 1;
            return self.line(key, if object { "{}" } else { "[]" }, Kind::Mark);
        }
        self.line(key, if object { "{" } else { "[" }, Kind::Mark);
        let mut index = 0;
        loop {
            self.cursor.peek();
            let name = object.then(|| {
                let name = self.cursor.word();
                self.cursor.peek();
                self.cursor.at += 1; // the colon
                name
            });
            let token = match name {
                Some(quoted) => serde_json::from_str(quoted).unwrap_or_default(),
                None => index.to_string(),
            };
            self.path.push(token);
            self.value(name);
            self.path.pop();
            index += 1;
            let more = self.cursor.peek() == b',';
            self.cursor.at += 1; // the comma or the closing bracket
            if !more {
                break;
            }
            if let Some(last) = self.lines.last_mut() {
                last.comma = true;
            }
        }
        self.line(None, if object { "}" } else { "]" }, Kind::Mark);
    }
}

/// `None` when the text is not one JSON value (then it is shown as it is).
pub(super) fn lay_out(raw: &str, pointer: &str) -> Option<Laid> {
    // also bounds the nesting, at 128
    serde_json::from_str::<IgnoredAny>(raw).ok()?;
    let mut walk = Walk {
        cursor: Cursor::new(raw),
        path: Vec::new(),
        target: tokens(pointer),
        lines: Vec::new(),
        found: false,
        nearest: (0, 0),
    };
    walk.value(None);
    let absent = !walk.target.is_empty() && !walk.found;
    if absent && let Some(line) = walk.lines.get_mut(walk.nearest.0) {
        line.hit = true;
    }
    let cut = walk.lines.len() > MAX_LINES;
    walk.lines.truncate(MAX_LINES);
    Some(Laid { lines: walk.lines, absent, cut })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str, pointer: &str) -> Vec<String> {
        let laid = lay_out(raw, pointer).unwrap();
        laid.lines
            .iter()
            .map(|l| {
                let key = l.key.as_ref().map(|k| format!("{k}: ")).unwrap_or_default();
                let (hit, comma) = (if l.hit { ">" } else { "" }, if l.comma { "," } else { "" });
                format!("{hit}{}{key}{}{comma}", " ".repeat(l.depth), l.value)
            })
            .collect()
    }

    #[test]
    fn values_stay_as_sent_and_the_named_one_is_marked() {
        let raw = r#"{"a":1.50e3,"b" : {"c":"x\"},y","d":[true, {}]},"e":[]}"#;
        assert_eq!(
            shown(raw, "/b/d"),
            [
                "{",
                " \"a\": 1.50e3,",
                " \"b\": {",
                r#"  "c": "x\"},y","#,
                ">  \"d\": [",
                ">   true,",
                ">   {}",
                ">  ]",
                " },",
                " \"e\": []",
                "}"
            ]
        );
    }

    #[test]
    fn what_is_missing_marks_what_it_is_missing_from() {
        let laid = lay_out(r#"{"x":0,"flow":{"start":""}}"#, "/flow/end").unwrap();
        assert!(laid.absent);
        let hits: Vec<_> = laid.lines.iter().filter(|l| l.hit).map(|l| l.key.as_deref()).collect();
        assert_eq!(hits, [Some("\"flow\"")]);
        let root = lay_out(r#"{"x":0}"#, "/timestamp").unwrap();
        assert!(root.absent && root.lines[0].hit && !root.lines[1].hit);
    }

    #[test]
    fn pointers_are_unescaped_and_count_in_lists() {
        assert_eq!(shown(r#"{"a/b":[7,8]}"#, "/a~1b/1")[3], ">  8");
        assert!(
            shown("[]", "").iter().all(|l| !l.starts_with('>')),
            "the whole event is not marked"
        );
    }

    #[test]
    fn what_is_no_json_is_left_alone() {
        for raw in ["", "{", "{\"a\":1} x", "<xml/>"] {
            assert_eq!(lay_out(raw, "/a"), None, "{raw}");
        }
        assert_eq!(lay_out(&"[".repeat(5000), ""), None);
    }

    #[test]
    fn long_records_are_cut() {
        let raw = format!("[{}]", vec!["0"; MAX_LINES + 5].join(","));
        let laid = lay_out(&raw, "").unwrap();
        assert!(laid.cut && laid.lines.len() == MAX_LINES);
    }
}
