//! Tests of texts: terms are the longest runs of Unicode letters and digits.
use regex::Regex;
use std::cell::RefCell;

/// Expressions of a query are few; more than this are compiled anew.
const KEPT: usize = 64;
/// A compiled expression may need so many bytes.
const LARGEST: usize = 4 << 20;

thread_local! {
    static COMPILED: RefCell<Vec<(String, Option<Regex>)>> = const { RefCell::new(vec![]) };
}

/// Whether the expression is found in the text. What is no expression is found nowhere.
pub(crate) fn matches_regex(text: &str, expression: &str) -> bool {
    with_regex(expression, |regex| regex.is_match(text)).unwrap_or(false)
}

/// `None` when it is not an expression.
pub(crate) fn with_regex<T>(expression: &str, f: impl FnOnce(&Regex) -> T) -> Option<T> {
    COMPILED.with_borrow_mut(|compiled| {
        let at = match compiled.iter().position(|(text, _)| text == expression) {
            Some(at) => at,
            None => {
                if compiled.len() >= KEPT {
                    compiled.remove(0);
                }
                let regex = regex::RegexBuilder::new(expression).size_limit(LARGEST).build().ok();
                compiled.push((expression.to_owned(), regex));
                compiled.len() - 1
            }
        };
        compiled[at].1.as_ref().map(f)
    })
}

/// Calls `f` with both texts as they are compared.
fn folded<T>(text: &str, wanted: &str, case_sensitive: bool, f: impl FnOnce(&str, &str) -> T) -> T {
    if case_sensitive { f(text, wanted) } else { f(&text.to_lowercase(), &wanted.to_lowercase()) }
}

/// Where `wanted` stands, with whether a term begins there and whether one ends behind it.
fn places<'t>(text: &'t str, wanted: &'t str) -> impl Iterator<Item = (bool, bool)> + 't {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let inner_start = letter(wanted.chars().next());
    let inner_end = letter(wanted.chars().next_back());
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + text.get(from..)?.find(wanted)?;
        from = at + text[at..].chars().next().map_or(1, char::len_utf8);
        let begins = !(inner_start && letter(text[..at].chars().next_back()));
        let ends = !(inner_end && letter(text[at + wanted.len()..].chars().next()));
        Some((begins, ends))
    })
}

pub(crate) fn has(text: &str, term: &str, case_sensitive: bool) -> bool {
    term.is_empty() || folded(text, term, case_sensitive, |text, term| places(text, term).any(|(begins, ends)| begins && ends))
}

pub(crate) fn hasprefix(text: &str, term: &str, case_sensitive: bool) -> bool {
    term.is_empty() || folded(text, term, case_sensitive, |text, term| places(text, term).any(|(begins, _)| begins))
}

pub(crate) fn hassuffix(text: &str, term: &str, case_sensitive: bool) -> bool {
    term.is_empty() || folded(text, term, case_sensitive, |text, term| places(text, term).any(|(_, ends)| ends))
}

pub(crate) fn contains(text: &str, wanted: &str, case_sensitive: bool) -> bool {
    folded(text, wanted, case_sensitive, |text, wanted| text.contains(wanted))
}

pub(crate) fn startswith(text: &str, wanted: &str, case_sensitive: bool) -> bool {
    folded(text, wanted, case_sensitive, |text, wanted| text.starts_with(wanted))
}

pub(crate) fn endswith(text: &str, wanted: &str, case_sensitive: bool) -> bool {
    folded(text, wanted, case_sensitive, |text, wanted| text.ends_with(wanted))
}
