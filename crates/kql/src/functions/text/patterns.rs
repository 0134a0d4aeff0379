//! What regular expressions find: `extract`, `extract_all`, `trim`; and `extract_json`, whose pattern is a path.
use super::regexes::with_regex;
use super::support::{Outcome, aliased, dynamic, empty, function, string, text};
use crate::functions::path::{self, Step};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use regex::{Captures, Regex};

pub(super) static FUNCTIONS: &[Function] = &[
    function("extract", 3, 4, string, extract),
    aliased(function("extract_all", 2, 3, dynamic, extract_all), &["extractall"]),
    aliased(function("extract_json", 2, 3, string, extract_json), &["extractjson"]),
    function("trim", 2, 2, string, |_, args| trimmed(args, true, true)),
    function("trim_start", 2, 2, string, |_, args| trimmed(args, true, false)),
    function("trim_end", 2, 2, string, |_, args| trimmed(args, false, true)),
    function("regex_quote", 1, 1, string, |_, args| {
        Ok(Value::Str(regex::escape(&text(args, 0)).into()))
    }),
];

/// A group by number or by name; a group that took no part is empty.
fn extract(_: &Context, args: &[Value]) -> Outcome {
    let (pattern, source) = (text(args, 0), text(args, 2));
    with_regex(&pattern, |regex| {
        let Some(found) = regex.captures(&source) else { return empty() };
        let group = match args.get(1) {
            Some(Value::Str(name)) if name.parse::<usize>().is_err() => found.name(name),
            Some(number) => {
                number.as_long().and_then(|n| usize::try_from(n).ok()).and_then(|n| found.get(n))
            }
            None => None,
        };
        group.map_or_else(empty, |group| Value::str(group.as_str()))
    })
}

/// The groups of every match: a text for each match where there is one group, an array where there are more.
fn extract_all(_: &Context, args: &[Value]) -> Outcome {
    let (pattern, source) = (text(args, 0), text(args, args.len() - 1));
    let wanted = if args.len() == 3 { args.get(1) } else { None };
    with_regex(&pattern, |regex| {
        let groups = groups(regex, wanted);
        let mut matches = Vec::new();
        for found in regex.captures_iter(&source) {
            let part = |group: &usize| Dyn::str(found.get(*group).map_or("", |m| m.as_str()));
            matches.push(match groups.as_slice() {
                [one] => part(one),
                several => Dyn::Array(several.iter().map(part).collect()),
            });
        }
        if matches.is_empty() { Value::Null } else { Value::dynamic(Dyn::Array(matches)) }
    })
}

fn groups(regex: &Regex, wanted: Option<&Value>) -> Vec<usize> {
    let all =
        || if regex.captures_len() == 1 { vec![0] } else { (1..regex.captures_len()).collect() };
    let Some(Value::Dynamic(list)) = wanted else { return all() };
    let Some(items) = list.as_array() else { return all() };
    let names: Vec<Option<&str>> = regex.capture_names().collect();
    items
        .iter()
        .filter_map(|item| match item {
            Dyn::Long(n) => usize::try_from(*n).ok(),
            other => names.iter().position(|name| *name == Some(&*other.to_text())),
        })
        .filter(|group| *group < names.len())
        .collect()
}

/// One match at each of the ends.
fn trimmed(args: &[Value], start: bool, end: bool) -> Outcome {
    let (pattern, source) = (text(args, 0), text(args, 1));
    let mut rest: &str = &source;
    if start {
        let taken =
            with_regex(&format!("^(?:{pattern})"), |regex| regex.find(rest).map(|m| m.end()))?;
        rest = &rest[taken.unwrap_or(0)..];
    }
    if end {
        let taken =
            with_regex(&format!("(?:{pattern})$"), |regex| regex.find(rest).map(|m| m.start()))?;
        rest = &rest[..taken.unwrap_or(rest.len())];
    }
    Ok(Value::str(rest))
}

fn extract_json(_: &Context, args: &[Value]) -> Outcome {
    let (path, json) = (text(args, 0), args.get(1));
    let parsed = match json {
        Some(Value::Dynamic(d)) if !matches!(d.as_ref(), Dyn::Str(_)) => Some(d.as_ref().clone()),
        Some(other) => Dyn::parse(&other.to_text()),
        None => None,
    };
    let (Some(root), Some(steps)) = (parsed, path::parse(&path)) else { return Ok(empty()) };
    let found = steps.iter().try_fold(&root, |at, step| match step {
        Step::Key(name) => at.get(name),
        Step::Index(index) => at.at(*index),
    });
    Ok(Value::Str(found.map(Dyn::to_text).unwrap_or_default()))
}

/// `\1` is the first group, `\0` all of it, `\\` a backslash.
pub(super) fn rewrite(found: &Captures<'_>, template: &str, out: &mut String) {
    let mut letters = template.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some(digit @ '0'..='9') => {
                let group = digit.to_digit(10).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
                out.push_str(found.get(group).map_or("", |m| m.as_str()));
            }
            Some('\\') | None => out.push('\\'),
            Some(other) => out.extend(['\\', other]),
        }
    }
}
