//! Replacing.
use super::patterns::rewrite;
use super::regexes::with_regex;
use super::support::{MOST, Outcome, bounded, function, listed, string, text, too_long};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use std::{collections::HashMap, sync::Arc};

pub(super) static FUNCTIONS: &[Function] = &[
    function("replace_string", 3, 3, string, |_, args| {
        replaced(&text(args, 0), &text(args, 1), &text(args, 2))
    }),
    function("replace_strings", 3, 3, string, replace_strings),
    function("replace_regex", 3, 3, string, |_, args| {
        by_regex(&text(args, 0), &text(args, 1), &text(args, 2))
    }),
    // the older one has the text at the end
    function("replace", 3, 3, string, |_, args| {
        by_regex(&text(args, 2), &text(args, 0), &text(args, 1))
    }),
    function("translate", 3, 3, string, translate),
];

fn replaced(text: &str, lookup: &str, rewrite: &str) -> Outcome {
    if lookup.is_empty() {
        return Ok(Value::str(text));
    }
    if rewrite.len() > lookup.len() {
        let grown = text.matches(lookup).count().saturating_mul(rewrite.len());
        if grown > MOST {
            return Err(too_long());
        }
    }
    bounded(text.replace(lookup, rewrite))
}

/// One lookup after the other; what one of them has put in is not looked at by the next.
fn replace_strings(_: &Context, args: &[Value]) -> Outcome {
    let lookups = listed(args.get(1..2).unwrap_or_default());
    let rewrites = rewrites(args.get(2), &lookups);
    if lookups.len() != rewrites.len() {
        return Err("`replace_strings` wants as many replacements as lookups".into());
    }
    // pieces of the text, and whether each is done with
    let mut pieces: Vec<(String, bool)> = vec![(text(args, 0).to_string(), false)];
    for (lookup, rewrite) in lookups.iter().zip(&rewrites).filter(|(lookup, _)| !lookup.is_empty())
    {
        let mut next = Vec::with_capacity(pieces.len());
        let mut size = 0;
        for (piece, done) in pieces {
            if done || !piece.contains(&**lookup) {
                size += piece.len();
                next.push((piece, done));
                continue;
            }
            for (at, part) in piece.split(&**lookup).enumerate() {
                if at > 0 {
                    size += rewrite.len();
                    next.push((rewrite.to_string(), true));
                }
                size += part.len();
                if !part.is_empty() {
                    next.push((part.to_owned(), false));
                }
                if size > MOST {
                    return Err(too_long());
                }
            }
        }
        pieces = next;
    }
    Ok(Value::Str(pieces.into_iter().map(|(piece, _)| piece).collect::<String>().into()))
}

/// What is no text puts the lookup itself in: it stays, and no later lookup touches it.
fn rewrites(given: Option<&Value>, lookups: &[Arc<str>]) -> Vec<Arc<str>> {
    match given {
        Some(Value::Dynamic(d)) if d.as_array().is_some() => {
            let items = d.as_array().unwrap_or_default().iter().enumerate();
            items
                .map(|(at, item)| match item {
                    Dyn::Str(text) => Arc::clone(text),
                    _ => lookups.get(at).cloned().unwrap_or_default(),
                })
                .collect()
        }
        other => listed(other.map(std::slice::from_ref).unwrap_or_default()),
    }
}

fn by_regex(source: &str, pattern: &str, template: &str) -> Outcome {
    with_regex(pattern, |regex| {
        let (mut out, mut from) = (String::new(), 0);
        for found in regex.captures_iter(source) {
            let Some(all) = found.get(0) else { continue };
            out.push_str(&source[from..all.start()]);
            rewrite(&found, template, &mut out);
            from = all.end();
            if out.len() > MOST {
                return Err(too_long());
            }
        }
        out.push_str(&source[from..]);
        bounded(out)
    })?
}

/// Letter for letter; when there are fewer replacements their last stands for the rest, when there are none letters go.
fn translate(_: &Context, args: &[Value]) -> Outcome {
    let (wanted, replacements, source) = (text(args, 0), text(args, 1), text(args, 2));
    let last = replacements.chars().next_back();
    let mut replacements = replacements.chars();
    let mut table: HashMap<char, Option<char>> = HashMap::new();
    for letter in wanted.chars() {
        let replacement = replacements.next().or(last);
        table.entry(letter).or_insert(replacement);
    }
    bounded(source.chars().filter_map(|c| table.get(&c).copied().unwrap_or(Some(c))).collect())
}
