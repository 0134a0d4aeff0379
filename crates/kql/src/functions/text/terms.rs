//! The tests of texts: `has`, `hasprefix`, `hassuffix`, `contains`, `startswith`, `endswith` and the lists of them.
//!
//! A term is a run of letters and digits, Unicode's; everything else separates, `_` too.
use super::support::occurrences;
use std::borrow::Cow;

/// Where `term` stands in `text` with an edge on the sides that are asked for. A side of the term that is no letter or digit needs none.
fn found(text: &str, term: &str, before: bool, after: bool, case_sensitive: bool) -> bool {
    if term.is_empty() {
        return true;
    }
    let (text, term) = (folded(text, case_sensitive), folded(term, case_sensitive));
    if !text.contains(&*term) {
        return false;
    }
    let before = before && term.chars().next().is_some_and(char::is_alphanumeric);
    let after = after && term.chars().next_back().is_some_and(char::is_alphanumeric);
    text.match_indices(&*term).any(|(at, _)| edges(&text, at, term.len(), before, after))
        // `match_indices` skips what overlaps
        || (before || after)
            && occurrences(&text, &term).any(|at| edges(&text, at, term.len(), before, after))
}

fn edges(text: &str, at: usize, length: usize, before: bool, after: bool) -> bool {
    let left = || text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    let right = || text[at + length..].chars().next().is_none_or(|c| !c.is_alphanumeric());
    (!before || left()) && (!after || right())
}

/// Letter by letter, so that it never depends on what stands around.
fn folded(text: &str, case_sensitive: bool) -> Cow<'_, str> {
    if case_sensitive {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() {
        return if text.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    Cow::Owned(super::basics::lower(text))
}

/// `has`, `has_cs`: a term, or a phrase that starts and ends at the edge of one.
pub fn has(text: &str, term: &str, case_sensitive: bool) -> bool {
    found(text, term, true, true, case_sensitive)
}

/// `hasprefix`: a term starts so.
pub fn hasprefix(text: &str, term: &str, case_sensitive: bool) -> bool {
    found(text, term, true, false, case_sensitive)
}

/// `hassuffix`: a term ends so.
pub fn hassuffix(text: &str, term: &str, case_sensitive: bool) -> bool {
    found(text, term, false, true, case_sensitive)
}

/// `contains`: anywhere.
pub fn contains(text: &str, part: &str, case_sensitive: bool) -> bool {
    folded(text, case_sensitive).contains(&*folded(part, case_sensitive))
}

pub fn startswith(text: &str, start: &str, case_sensitive: bool) -> bool {
    folded(text, case_sensitive).starts_with(&*folded(start, case_sensitive))
}

pub fn endswith(text: &str, end: &str, case_sensitive: bool) -> bool {
    folded(text, case_sensitive).ends_with(&*folded(end, case_sensitive))
}

/// `=~`
pub fn equals(text: &str, other: &str, case_sensitive: bool) -> bool {
    text == other || folded(text, case_sensitive) == folded(other, case_sensitive)
}

/// `has_all`: every one of the terms.
pub fn has_all<S: AsRef<str>>(
    text: &str,
    terms: impl IntoIterator<Item = S>,
    case_sensitive: bool,
) -> bool {
    terms.into_iter().all(|term| has(text, term.as_ref(), case_sensitive))
}

/// `has_any`: one of the terms.
pub fn has_any<S: AsRef<str>>(
    text: &str,
    terms: impl IntoIterator<Item = S>,
    case_sensitive: bool,
) -> bool {
    terms.into_iter().any(|term| has(text, term.as_ref(), case_sensitive))
}
