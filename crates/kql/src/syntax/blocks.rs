//! The queries of a document, as the editors of Kusto cut it: at blank lines.
use super::Span;

/// Each run of lines that are not blank, without the white space around it. A blank line inside a string of several lines cuts too,
/// as it does in those editors.
pub fn blocks(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open: Option<Span> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if bare.is_empty() {
            found.extend(open.take());
        } else {
            let start = at + (line.len() - line.trim_start().len());
            let end = start + bare.len();
            open = Some(open.map_or(Span::new(start, end), |o| Span::new(o.start, end)));
        }
        at += line.len();
    }
    found.extend(open);
    found
}

/// The block that the cursor is in or touches.
pub fn block_at(text: &str, cursor: usize) -> Option<Span> {
    blocks(text).into_iter().find(|b| b.contains(cursor))
}
