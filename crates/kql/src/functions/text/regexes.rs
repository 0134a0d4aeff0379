//! Regular expressions: compiled once, and read as RE2 reads them.
use regex::{Regex, RegexBuilder};
use std::{cell::RefCell, rc::Rc};

/// As many compiled expressions as are kept by one thread.
const KEPT: usize = 64;
/// A compiled expression has at most so many bytes.
const SIZE: usize = 4 << 20;

thread_local! {
    /// The one used last is at the end.
    static CACHE: RefCell<Vec<(Box<str>, Rc<Regex>)>> = const { RefCell::new(Vec::new()) };
}

/// Calls `f` with the compiled expression.
pub(super) fn with_regex<T>(pattern: &str, f: impl FnOnce(&Regex) -> T) -> Result<T, String> {
    let kept = CACHE.with_borrow_mut(|cache| {
        let at = cache.iter().rposition(|(key, _)| **key == *pattern)?;
        if at + 1 < cache.len() {
            let entry = cache.remove(at);
            cache.push(entry);
        }
        cache.last().map(|(_, regex)| Rc::clone(regex))
    });
    let regex = match kept {
        Some(regex) => regex,
        None => {
            let regex = Rc::new(compile(pattern)?);
            CACHE.with_borrow_mut(|cache| {
                if cache.len() >= KEPT {
                    cache.remove(0);
                }
                cache.push((pattern.into(), Rc::clone(&regex)));
            });
            regex
        }
    };
    Ok(f(&regex))
}

/// `matches regex`. An expression that is none matches nothing.
pub fn matches_regex(text: &str, pattern: &str) -> bool {
    with_regex(pattern, |regex| regex.is_match(text)).unwrap_or(false)
}

fn compile(pattern: &str) -> Result<Regex, String> {
    let build =
        |pattern: &str| RegexBuilder::new(pattern).size_limit(SIZE).dfa_size_limit(SIZE).build();
    build(pattern).or_else(|error| {
        build(&lenient(pattern))
            .map_err(|_| format!("`{pattern}` is no regular expression: {error}"))
    })
}

/// What RE2 takes for plain letters and this engine does not: braces that repeat nothing, `[` and doubled signs inside of a class.
fn lenient(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut in_class = false;
    let mut letters = pattern.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let rest = &pattern[at + letter.len_utf8()..];
        match letter {
            '\\' => {
                out.push('\\');
                out.extend(letters.next().map(|(_, escaped)| escaped));
            }
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                for first in ['^', ']'] {
                    if letters.next_if(|(_, next)| *next == first).is_some() {
                        out.push_str(if first == ']' { "\\]" } else { "^" });
                    }
                }
            }
            '[' if rest.starts_with(':') => {
                let name: usize = rest.find(":]").map_or(0, |end| end + 2);
                out.push('[');
                out.push_str(&rest[..name]);
                for _ in 0..rest[..name].chars().count() {
                    letters.next();
                }
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            '[' | '&' | '~' if in_class => out.extend(['\\', letter]),
            '{' if !in_class && !repeats(rest) => out.push_str("\\{"),
            other => out.push(other),
        }
    }
    out
}

fn repeats(after_brace: &str) -> bool {
    let Some((inside, _)) = after_brace.split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}
