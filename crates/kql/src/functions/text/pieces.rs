//! Texts in pieces: `split`, `parse_csv`, `parse_version`.
use super::command_line;
use super::support::{Outcome, dynamic, function, number, strings, text};
use crate::functions::{Context, Function};
use crate::value::{Type, Value};
use rust_decimal::Decimal;

pub(super) static FUNCTIONS: &[Function] = &[
    function("split", 2, 3, dynamic, split),
    function("parse_csv", 1, 1, dynamic, |_, args| Ok(strings(record(&text(args, 0))))),
    function(
        "parse_version",
        1,
        1,
        |_| Type::Decimal,
        |_, args| Ok(version(&text(args, 0)).map_or(Value::Null, Value::Decimal)),
    ),
    function("parse_command_line", 2, 2, dynamic, |_, args| {
        let (line, parser) = (text(args, 0), text(args, 1));
        match parser.to_ascii_lowercase().as_str() {
            "windows" if line.trim().is_empty() => Ok(Value::Null),
            "windows" => Ok(strings(command_line::windows(&line))),
            _ => Err("`parse_command_line` knows the parser \"windows\"".into()),
        }
    }),
];

/// All of them, or an array with the one that is asked for.
fn split(_: &Context, args: &[Value]) -> Outcome {
    let (source, delimiter) = (text(args, 0), text(args, 1));
    let wanted = match args.get(2) {
        None => None,
        Some(Value::Null) => return Ok(Value::Null),
        Some(_) => match number(args, 2).map(usize::try_from) {
            Some(Ok(wanted)) => Some(wanted),
            _ => return Ok(Value::Null),
        },
    };
    if delimiter.is_empty() {
        return Ok(if wanted.unwrap_or(0) == 0 { strings([&*source]) } else { Value::Null });
    }
    let mut pieces = source.split(&*delimiter);
    Ok(match wanted {
        None => strings(pieces),
        Some(wanted) => pieces.nth(wanted).map_or(Value::Null, |piece| strings([piece])),
    })
}

/// The first record of a text with commas; quotes are doubled inside of quotes.
fn record(text: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            '\r' if !quoted && letters.peek() == Some(&'\n') => break,
            '\n' if !quoted => break,
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}

/// Up to four numbers of up to eight digits, each at its place of eight digits.
fn version(text: &str) -> Option<Decimal> {
    let parts: Vec<&str> = text.trim().split('.').collect();
    if parts.len() > 4 {
        return None;
    }
    let mut number: i128 = 0;
    for at in 0..4 {
        let part = parts.get(at).copied().unwrap_or("0");
        if part.is_empty() || part.len() > 8 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        number = number * 100_000_000 + part.parse::<i128>().ok()?;
    }
    // 32 digits are more than a decimal has room for
    Decimal::try_from_i128_with_scale(number, 0).ok()
}
