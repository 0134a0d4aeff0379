//! Where and how often one text is in another.
use super::regexes::with_regex;
use super::support::{Outcome, boolean, function, listed, long, number, occurrences, text};
use super::terms;
use crate::functions::{Context, Function};
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    function("indexof", 2, 5, long, indexof),
    function("indexof_regex", 2, 5, long, indexof_regex),
    function("countof", 2, 3, long, countof),
    function("has_any_index", 2, 2, long, has_any_index),
    function("isascii", 1, 1, boolean, |_, args| Ok(Value::Bool(text(args, 0).is_ascii()))),
    // a text is never anything else
    function("isutf8", 1, 1, boolean, |_, _| Ok(Value::Bool(true))),
];

/// The part of the text in which a match may start, as bytes, and which of the matches is wanted.
struct Window {
    from: usize,
    to: usize,
    occurrence: usize,
}

fn window(text: &str, args: &[Value]) -> Option<Window> {
    let given = |at, default| if args.len() > at { number(args, at) } else { Some(default) };
    let (start, length, occurrence) = (given(2, 0)?, given(3, -1)?, given(4, 1)?);
    if length < -1 || occurrence < 1 {
        return None;
    }
    let letters = i64::try_from(text.chars().count()).ok()?;
    let start = if start < 0 { start.saturating_add(letters).max(0) } else { start };
    let end = if length < 0 { letters } else { start.saturating_add(length).min(letters) };
    let at = |letter: i64| {
        let letter = usize::try_from(letter).unwrap_or(usize::MAX);
        text.char_indices().nth(letter).map_or(text.len(), |(at, _)| at)
    };
    Some(Window { from: at(start), to: at(end), occurrence: usize::try_from(occurrence).ok()? })
}

fn place(text: &str, at: Option<usize>) -> Value {
    let letters = at.and_then(|at| i64::try_from(text[..at].chars().count()).ok());
    Value::Long(letters.unwrap_or(-1))
}

fn indexof(_: &Context, args: &[Value]) -> Outcome {
    let (text, wanted) = (text(args, 0), text(args, 1));
    let Some(window) = window(&text, args).filter(|_| !wanted.is_empty()) else {
        return Ok(Value::Null);
    };
    let at = text[window.from..]
        .match_indices(&*wanted)
        .map(|(at, _)| at + window.from)
        .take_while(|at| *at < window.to)
        .nth(window.occurrence - 1);
    Ok(place(&text, at))
}

fn indexof_regex(_: &Context, args: &[Value]) -> Outcome {
    let (text, pattern) = (text(args, 0), text(args, 1));
    let Some(window) = window(&text, args).filter(|_| !pattern.is_empty()) else {
        return Ok(Value::Null);
    };
    let at = with_regex(&pattern, |regex| {
        regex
            .find_iter(&text[window.from..window.to.max(window.from)])
            .map(|found| found.start() + window.from)
            .nth(window.occurrence - 1)
    })?;
    Ok(place(&text, at))
}

/// Plain matches may overlap, those of an expression do not.
fn countof(_: &Context, args: &[Value]) -> Outcome {
    let (text, wanted, kind) = (text(args, 0), text(args, 1), text(args, 2));
    let count = match &*kind {
        "regex" => with_regex(&wanted, |regex| regex.find_iter(&text).count())?,
        "" | "normal" => occurrences(&text, &wanted).count(),
        other => return Err(format!("`countof` knows \"normal\" and \"regex\", not \"{other}\"")),
    };
    Ok(i64::try_from(count).map_or(Value::Null, Value::Long))
}

fn has_any_index(_: &Context, args: &[Value]) -> Outcome {
    let text = text(args, 0);
    let wanted = listed(args.get(1..).unwrap_or_default());
    let at = wanted.iter().position(|term| terms::has(&text, term, false));
    Ok(Value::Long(at.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1)))
}
