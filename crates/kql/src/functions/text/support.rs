//! What the functions on texts share.
use crate::functions::{Context, Function};
use crate::value::{Dyn, Type, Value};
use std::sync::Arc;

/// What an evaluation gives.
pub(super) type Outcome = Result<Value, String>;

/// The longest text that one call makes.
pub(super) const MOST: usize = 8 << 20;

pub(super) const fn function(
    name: &'static str,
    least: usize,
    most: usize,
    result: fn(&[Type]) -> Type,
    eval: fn(&Context, &[Value]) -> Outcome,
) -> Function {
    Function { name, aliases: &[], least, most, result, eval }
}

pub(super) const fn aliased(function: Function, aliases: &'static [&'static str]) -> Function {
    Function { aliases, ..function }
}

pub(super) fn string(_: &[Type]) -> Type {
    Type::String
}

pub(super) fn boolean(_: &[Type]) -> Type {
    Type::Bool
}

pub(super) fn long(_: &[Type]) -> Type {
    Type::Long
}

pub(super) fn dynamic(_: &[Type]) -> Type {
    Type::Dynamic
}

/// The text of the argument; empty where there is none.
pub(super) fn text(args: &[Value], at: usize) -> Arc<str> {
    args.get(at).map(Value::to_text).unwrap_or_default()
}

/// A whole number, also one that comes as text.
pub(super) fn number(args: &[Value], at: usize) -> Option<i64> {
    args.get(at)?.as_long()
}

pub(super) fn empty() -> Value {
    Value::str("")
}

/// A text that may have become too long.
pub(super) fn bounded(text: String) -> Outcome {
    if text.len() > MOST { Err(too_long()) } else { Ok(Value::Str(text.into())) }
}

pub(super) fn too_long() -> String {
    format!("the text would be longer than {MOST} bytes")
}

pub(super) fn strings<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> Value {
    Value::dynamic(Dyn::Array(items.into_iter().map(Dyn::str).collect()))
}

pub(super) fn bag(entries: impl IntoIterator<Item = (&'static str, Dyn)>) -> Dyn {
    Dyn::Bag(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// The texts of arguments, each of them one value or an array of values.
pub(super) fn listed(args: &[Value]) -> Vec<Arc<str>> {
    args.iter()
        .flat_map(|arg| match arg {
            Value::Dynamic(d) => match d.as_array() {
                Some(items) => items.iter().map(Dyn::to_text).collect(),
                None => vec![d.to_text()],
            },
            Value::Null => Vec::new(),
            other => vec![other.to_text()],
        })
        .collect()
}

/// Where `wanted` stands in `text`, also where it overlaps itself; in time that grows with both, whatever they are (Knuth, Morris, Pratt).
pub(super) fn occurrences<'a>(text: &'a str, wanted: &'a str) -> impl Iterator<Item = usize> + 'a {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    // for each beginning of `wanted`, the longest other one that it ends with
    let mut borders: Vec<usize> = Vec::with_capacity(wanted.len());
    let mut length = 0;
    for (at, byte) in wanted.iter().enumerate() {
        if at > 0 {
            while length > 0 && wanted[length] != *byte {
                length = borders[length - 1];
            }
            length += usize::from(wanted[length] == *byte);
        }
        borders.push(length);
    }
    let mut held = 0;
    text.iter().enumerate().filter_map(move |(at, byte)| {
        while held > 0 && wanted.get(held) != Some(byte) {
            held = borders[held - 1];
        }
        held += usize::from(wanted.get(held) == Some(byte));
        if held == 0 || held < wanted.len() {
            return None;
        }
        held = borders[held - 1];
        Some(at + 1 - wanted.len())
    })
}
