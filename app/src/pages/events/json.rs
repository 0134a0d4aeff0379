//! A record as it was sent, laid out for reading. Numbers, escapes and the order of keys stay exactly as they are: only blanks
//! between tokens change.
use leptos::prelude::*;

/// What a piece of JSON text is; the class that colours it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    Key,
    Text,
    /// Number, true, false, null.
    Literal,
    Mark,
}

impl Piece {
    fn class(self) -> &'static str {
        match self {
            Self::Key => "k",
            Self::Text => "s",
            Self::Literal => "d",
            Self::Mark => "p",
        }
    }
}

/// End of the string literal that starts at `from`.
fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn break_line(depth: usize) -> String {
    format!("\n{}", "  ".repeat(depth))
}

/// The pieces with their layout; `None` when the text is not one JSON value.
pub fn pretty(raw: &str) -> Option<Vec<(Piece, String)>> {
    serde_json::from_str::<serde::de::IgnoredAny>(raw).ok()?;
    let bytes = raw.as_bytes();
    let mut out: Vec<(Piece, String)> = Vec::new();
    let mark = |out: &mut Vec<(Piece, String)>, text: &str| match out.last_mut() {
        Some((Piece::Mark, last)) => last.push_str(text),
        _ => out.push((Piece::Mark, text.to_owned())),
    };
    let skip = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let (mut at, mut depth) = (skip(0), 0usize);
    while at < bytes.len() {
        match bytes[at] {
            open @ (b'{' | b'[') => {
                let close = if open == b'{' { b'}' } else { b']' };
                let inside = skip(at + 1);
                if bytes.get(inside) == Some(&close) {
                    mark(&mut out, if open == b'{' { "{}" } else { "[]" });
                    at = inside;
                } else {
                    depth += 1;
                    mark(&mut out, &format!("{}{}", open as char, break_line(depth)));
                }
                at += 1;
            }
            close @ (b'}' | b']') => {
                depth = depth.saturating_sub(1);
                mark(&mut out, &format!("{}{}", break_line(depth), close as char));
                at += 1;
            }
            b',' => {
                mark(&mut out, &format!(",{}", break_line(depth)));
                at += 1;
            }
            b':' => {
                mark(&mut out, ": ");
                at += 1;
            }
            b'"' => {
                let end = string_end(bytes, at);
                let piece =
                    if bytes.get(skip(end)) == Some(&b':') { Piece::Key } else { Piece::Text };
                out.push((piece, raw.get(at..end)?.to_owned()));
                at = end;
            }
            _ => {
                let end = (at..bytes.len()).find(|i| {
                    matches!(bytes[*i], b',' | b'}' | b']') || bytes[*i].is_ascii_whitespace()
                });
                let end = end.unwrap_or(bytes.len());
                out.push((Piece::Literal, raw.get(at..end)?.to_owned()));
                at = end;
            }
        }
        at = skip(at);
    }
    Some(out)
}

/// JSON is laid out and coloured; any other text stands as it is.
#[component]
pub fn Record(raw: String, #[prop(into)] label: String) -> impl IntoView {
    let body = match pretty(&raw) {
        Some(pieces) => pieces
            .into_iter()
            .map(|(piece, text)| view! { <span class=piece.class()>{text}</span> })
            .collect_view()
            .into_any(),
        None => raw.into_any(),
    };
    view! {
        <pre class="raw syn" tabindex="0" role="region" aria-label=label>
            {body}
        </pre>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> String {
        pretty(raw).unwrap().into_iter().map(|(_, t)| t).collect()
    }

    #[test]
    fn layout_changes_blanks_only() {
        let raw = r#" {"b":1e400 , "a":"x\"}:\\","c":[ ],"d":{"n":12345678901234567890,"e":[true,null]}, "ü":{} } "#;
        let got = text(raw);
        assert_eq!(
            got,
            "{\n  \"b\": 1e400,\n  \"a\": \"x\\\"}:\\\\\",\n  \"c\": [],\n  \"d\": {\n    \"n\": 12345678901234567890,\n    \"e\": [\n      true,\n      null\n    ]\n  },\n  \"ü\": {}\n}"
        );
        let keys: Vec<_> = pretty(raw)
            .unwrap()
            .into_iter()
            .filter(|(p, _)| *p == Piece::Key)
            .map(|(_, t)| t)
            .collect();
        assert_eq!(keys, ["\"b\"", "\"a\"", "\"c\"", "\"d\"", "\"n\"", "\"e\"", "\"ü\""]);
    }

    #[test]
    fn what_is_not_json_is_left_alone() {
        assert_eq!(pretty("{not json}"), None);
        assert_eq!(pretty("<134>Nov 21 10:02:07 fw drop"), None);
        assert_eq!(text("\"just a text\""), "\"just a text\"");
    }
}
