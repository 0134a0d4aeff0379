//! Texts: cut, joined, searched, replaced.
use super::support::{Outcome, dynamic, function, long, string, text};
use crate::{
    eval::terms::with_regex,
    functions::{Context, Function},
    value::{Dyn, Value},
};

/// A text that a function makes has at most so many bytes.
const LONGEST: usize = 1 << 20;

pub(super) const FUNCTIONS: &[Function] = &[
    function("strlen", &[], (1, 1), long, |_, a| Ok(count(a[0].to_text().chars().count()))),
    function("string_size", &[], (1, 1), long, |_, a| Ok(count(a[0].to_text().len()))),
    function("strcat", &[], (1, 64), string, |_, a| text(a.iter().map(Value::to_text).collect::<Vec<_>>().concat())),
    function("strcat_delim", &[], (2, 64), string, |_, a| text(a[1..].iter().map(|v| v.to_text().to_string()).collect::<Vec<_>>().join(&a[0].to_text()))),
    function("strrep", &[], (2, 3), string, strrep),
    function("substring", &[], (2, 3), string, substring),
    function("tolower", &[], (1, 1), string, |_, a| text(a[0].to_text().to_lowercase())),
    function("toupper", &[], (1, 1), string, |_, a| text(a[0].to_text().to_uppercase())),
    function("reverse", &[], (1, 1), string, |_, a| text(a[0].to_text().chars().rev().collect::<String>())),
    function("split", &[], (2, 3), dynamic, split),
    function("indexof", &[], (2, 5), long, indexof),
    function("indexof_regex", &[], (2, 5), long, indexof_regex),
    function("countof", &[], (2, 3), long, countof),
    function("replace_string", &[], (3, 3), string, |_, a| {
        let (value, old) = (a[0].to_text(), a[1].to_text());
        text(if old.is_empty() { value.to_string() } else { bounded(value.replace(&*old, &a[2].to_text())) })
    }),
    function("replace_strings", &[], (3, 3), string, replace_strings),
    function("replace_regex", &["replace"], (3, 3), string, replace_regex),
    function("trim", &[], (2, 2), string, |_, a| text(trimmed(&a[0], &a[1], true, true))),
    function("trim_start", &[], (2, 2), string, |_, a| text(trimmed(&a[0], &a[1], true, false))),
    function("trim_end", &[], (2, 2), string, |_, a| text(trimmed(&a[0], &a[1], false, true))),
    function("strcmp", &[], (2, 2), long, |_, a| Ok(Value::Long(a[0].to_text().cmp(&a[1].to_text()) as i64))),
    function("translate", &[], (3, 3), string, translate),
    function("regex_quote", &[], (1, 1), string, |_, a| text(regex::escape(&a[0].to_text()))),
    function("has_any_index", &[], (2, 2), long, has_any_index),
    function("isascii", &[], (1, 1), super::support::boolean, |_, a| Ok(Value::Bool(a[0].to_text().is_ascii()))),
    function("isutf8", &[], (1, 1), super::support::boolean, |_, _| Ok(Value::Bool(true))),
    function("to_utf8", &["unicode_codepoints_from_string"], (1, 1), dynamic, |_, a| {
        Ok(Value::dynamic(Dyn::Array(a[0].to_text().chars().map(|c| Dyn::Long(i64::from(u32::from(c)))).collect())))
    }),
    function("make_string", &["unicode_codepoints_to_string"], (1, 64), string, make_string),
];

pub(super) fn count(n: usize) -> Value {
    Value::Long(i64::try_from(n).unwrap_or(i64::MAX))
}

fn bounded(mut made: String) -> String {
    if made.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| made.is_char_boundary(*at)).unwrap_or_default();
        made.truncate(end);
    }
    made
}

fn strrep(_: &Context, args: &[Value]) -> Outcome {
    let (value, times) = (args[0].to_text(), args[1].as_long().unwrap_or_default().clamp(0, 1_024));
    let between = args.get(2).map(Value::to_text).unwrap_or_default();
    let parts = std::iter::repeat_n(&*value, usize::try_from(times).unwrap_or_default());
    text(bounded(parts.collect::<Vec<_>>().join(&between)))
}

/// From 0; a negative start counts from the end.
fn substring(_: &Context, args: &[Value]) -> Outcome {
    let value = args[0].to_text();
    let letters = value.chars().count();
    let size = i64::try_from(letters).unwrap_or(i64::MAX);
    let Some(start) = args[1].as_long() else { return text("") };
    let from = if start < 0 { (size + start).max(0) } else { start };
    let length = match args.get(2) {
        Some(length) => length.as_long().unwrap_or_default(),
        None => i64::MAX,
    };
    // a negative length is as good as none
    let length = if length < 0 { i64::MAX } else { length };
    let skip = usize::try_from(from).unwrap_or(usize::MAX);
    text(value.chars().skip(skip).take(usize::try_from(length).unwrap_or(usize::MAX)).collect::<String>())
}

fn split(_: &Context, args: &[Value]) -> Outcome {
    let (value, by) = (args[0].to_text(), args[1].to_text());
    let parts: Vec<Dyn> = if by.is_empty() { vec![Dyn::str(&*value)] } else { value.split(&*by).map(Dyn::str).collect() };
    let parts = match args.get(2).and_then(Value::as_long) {
        Some(at) => usize::try_from(at).ok().and_then(|at| parts.get(at).cloned()).into_iter().collect(),
        None => parts,
    };
    Ok(Value::dynamic(Dyn::Array(parts)))
}

/// The part of the text that is looked through, and where it begins, in letters.
fn window(args: &[Value]) -> Option<(Vec<char>, usize)> {
    let letters: Vec<char> = args[0].to_text().chars().collect();
    let size = i64::try_from(letters.len()).unwrap_or(i64::MAX);
    let start = args.get(2).and_then(Value::as_long).unwrap_or(0);
    let start = if start < 0 { (size + start).max(0) } else { start };
    let length = args.get(3).and_then(Value::as_long).filter(|length| *length >= 0).unwrap_or(i64::MAX);
    let from = usize::try_from(start).ok().filter(|from| *from <= letters.len())?;
    let end = from.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(letters.len());
    Some((letters[from..end].to_vec(), from))
}

/// The place of the letter at a byte.
fn place(part: &str, byte: usize, from: usize) -> Value {
    count(from + part[..byte].chars().count())
}

fn indexof(_: &Context, args: &[Value]) -> Outcome {
    let wanted = args[1].to_text();
    let nth = args.get(4).and_then(Value::as_long).unwrap_or(1);
    let Some((letters, from)) = window(args) else { return Ok(Value::Long(-1)) };
    let Some(nth) = usize::try_from(nth - 1).ok() else { return Ok(Value::Null) };
    let part: String = letters.into_iter().collect();
    let found = part.match_indices(&*wanted).nth(nth);
    Ok(found.map_or(Value::Long(-1), |(at, _)| place(&part, at, from)))
}

fn indexof_regex(_: &Context, args: &[Value]) -> Outcome {
    let nth = args.get(4).and_then(Value::as_long).unwrap_or(1);
    let Some((letters, from)) = window(args) else { return Ok(Value::Long(-1)) };
    let Some(nth) = usize::try_from(nth - 1).ok() else { return Ok(Value::Null) };
    let part: String = letters.into_iter().collect();
    let found = with_regex(&args[1].to_text(), |regex| regex.find_iter(&part).nth(nth).map(|m| m.start())).flatten();
    Ok(found.map_or(Value::Long(-1), |at| place(&part, at, from)))
}

fn countof(_: &Context, args: &[Value]) -> Outcome {
    let (value, wanted) = (args[0].to_text(), args[1].to_text());
    if args.get(2).is_some_and(|kind| &*kind.to_text() == "regex") {
        return Ok(with_regex(&wanted, |regex| count(regex.find_iter(&value).count())).unwrap_or(Value::Null));
    }
    if wanted.is_empty() {
        return Ok(Value::Long(0));
    }
    // they may overlap
    let starts = value.char_indices().filter(|(at, _)| value[*at..].starts_with(&*wanted));
    Ok(count(starts.count()))
}

fn array(value: &Value) -> Vec<std::sync::Arc<str>> {
    match value {
        Value::Dynamic(d) => d.as_array().unwrap_or_default().iter().map(Dyn::to_text).collect(),
        _ => vec![],
    }
}

fn replace_strings(_: &Context, args: &[Value]) -> Outcome {
    let mut value = args[0].to_text().to_string();
    let (old, new) = (array(&args[1]), array(&args[2]));
    let single = args[2].to_text();
    for (at, wanted) in old.iter().enumerate().filter(|(_, wanted)| !wanted.is_empty()) {
        let by = if new.is_empty() { &*single } else { new.get(at).map_or("", |text| text) };
        value = bounded(value.replace(&**wanted, by));
    }
    text(value)
}

/// `\1` in the replacement is a group.
fn replace_regex(_: &Context, args: &[Value]) -> Outcome {
    let value = args[0].to_text();
    let replacement = groups(&args[2].to_text());
    let done = with_regex(&args[1].to_text(), |regex| regex.replace_all(&value, replacement.as_str()).into_owned());
    text(bounded(done.unwrap_or_else(|| value.to_string())))
}

/// From `\1` to `${1}`, as the library spells it.
fn groups(replacement: &str) -> String {
    let mut made = String::new();
    let mut letters = replacement.chars().peekable();
    while let Some(c) = letters.next() {
        match (c, letters.peek()) {
            ('\\', Some(digit)) if digit.is_ascii_digit() => made.extend(["${", &digit.to_string(), "}"]),
            ('\\', Some('\\')) => made.push('\\'),
            ('$', _) => {
                made.push_str("$$");
                continue;
            }
            _ => {
                made.push(c);
                continue;
            }
        }
        letters.next();
    }
    made
}

fn trimmed(expression: &Value, value: &Value, start: bool, end: bool) -> String {
    let (expression, mut text) = (expression.to_text(), value.to_text().to_string());
    if start {
        text = with_regex(&format!("^(?:{expression})+"), |regex| regex.replace(&text, "").into_owned()).unwrap_or(text);
    }
    if end {
        text = with_regex(&format!("(?:{expression})+$"), |regex| regex.replace(&text, "").into_owned()).unwrap_or(text);
    }
    text
}

/// The last letter of `to` stands for all that have no partner.
fn translate(_: &Context, args: &[Value]) -> Outcome {
    let (from, to): (Vec<char>, Vec<char>) = (args[0].to_text().chars().collect(), args[1].to_text().chars().collect());
    let letters = args[2].to_text().chars().filter_map(|c| match from.iter().position(|other| *other == c) {
        Some(at) => to.get(at).or(to.last()).copied(),
        None => Some(c),
    }).collect::<String>();
    text(letters)
}

fn has_any_index(_: &Context, args: &[Value]) -> Outcome {
    let value = args[0].to_text();
    let terms = array(&args[1]);
    let found = terms.iter().position(|term| crate::eval::terms::has(&value, term, false));
    Ok(found.map_or(Value::Long(-1), count))
}

fn make_string(_: &Context, args: &[Value]) -> Outcome {
    let mut made = String::new();
    for arg in args {
        let codes: Vec<i64> = match arg {
            Value::Dynamic(d) if d.as_array().is_some() => d.as_array().unwrap_or_default().iter().filter_map(|c| c.clone().into_scalar().as_long()).collect(),
            other => other.as_long().into_iter().collect(),
        };
        made.extend(codes.iter().filter_map(|code| u32::try_from(*code).ok().and_then(char::from_u32)));
    }
    text(bounded(made))
}
