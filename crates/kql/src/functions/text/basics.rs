//! Length, joining, parts, case. Positions and lengths are counted in code points.
use super::support::MOST;
use super::support::{Outcome, bounded, function, long, number, string, text, too_long};
use crate::functions::{Context, Function};
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    function("strlen", 1, 1, long, |_, args| Ok(size(args, |text| text.chars().count()))),
    function("string_size", 1, 1, long, |_, args| Ok(size(args, str::len))),
    function("strcat", 1, usize::MAX, string, |_, args| joined("", args)),
    function("strcat_delim", 2, usize::MAX, string, |_, args| {
        joined(&text(args, 0), args.get(1..).unwrap_or_default())
    }),
    function("strrep", 2, 3, string, strrep),
    function("substring", 2, 3, string, substring),
    function("tolower", 1, 1, string, |_, args| Ok(Value::Str(lower(&text(args, 0)).into()))),
    function("toupper", 1, 1, string, |_, args| Ok(Value::Str(upper(&text(args, 0)).into()))),
    function("reverse", 1, 1, string, |_, args| {
        Ok(Value::Str(text(args, 0).chars().rev().collect::<String>().into()))
    }),
    function("strcmp", 2, 2, long, |_, args| {
        Ok(Value::Long(text(args, 0).cmp(&text(args, 1)) as i64))
    }),
];

fn size(args: &[Value], of: impl Fn(&str) -> usize) -> Value {
    match args.first() {
        None | Some(Value::Null) => Value::Null,
        Some(value) => i64::try_from(of(&value.to_text())).map_or(Value::Null, Value::Long),
    }
}

fn joined(delimiter: &str, args: &[Value]) -> Outcome {
    let mut out = String::new();
    for (at, arg) in args.iter().enumerate() {
        if at > 0 {
            out.push_str(delimiter);
        }
        out.push_str(&arg.to_text());
        if out.len() > MOST {
            return Err(too_long());
        }
    }
    Ok(Value::Str(out.into()))
}

fn strrep(_: &Context, args: &[Value]) -> Outcome {
    let (text, delimiter) = (text(args, 0), text(args, 2));
    let times = number(args, 1).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    if (text.len() + delimiter.len()).checked_mul(times).is_none_or(|size| size > MOST) {
        return Err(too_long());
    }
    // an empty text may be asked for any number of times
    if text.is_empty() && delimiter.is_empty() {
        return Ok(Value::str(""));
    }
    bounded(vec![&*text; times].join(&delimiter))
}

/// A negative start is counted from the end; before the beginning there is nothing.
fn substring(_: &Context, args: &[Value]) -> Outcome {
    let text = text(args, 0);
    let Some(start) = number(args, 1) else { return Ok(Value::str("")) };
    let start = if start < 0 {
        let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        start.saturating_add(letters)
    } else {
        start
    };
    let Ok(start) = usize::try_from(start) else { return Ok(Value::str("")) };
    let length = match args.get(2) {
        None => usize::MAX,
        Some(length) => length.as_long().map_or(0, |n| usize::try_from(n).unwrap_or(0)),
    };
    let from = text.char_indices().nth(start).map_or(text.len(), |(at, _)| at);
    let rest = &text[from..];
    let to = rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at);
    Ok(Value::str(&rest[..to]))
}

/// Letter for letter: `ß` stays, its two capital letters are another text.
pub(super) fn upper(text: &str) -> String {
    text.chars().map(|c| single(c, c.to_uppercase())).collect()
}

pub(super) fn lower(text: &str) -> String {
    text.chars().map(|c| single(c, c.to_lowercase())).collect()
}

fn single(letter: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}
