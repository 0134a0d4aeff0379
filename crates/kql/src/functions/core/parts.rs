//! What expressions and paths take out of texts.
use super::support::{Outcome, dynamic, function, string, text};
use crate::{
    eval::terms::with_regex,
    functions::{Context, Function, path},
    value::{Dyn, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("extract", &[], (3, 4), string, extract),
    function("extract_all", &["extractall"], (2, 3), dynamic, extract_all),
    function("extract_json", &["extractjson"], (2, 3), string, extract_json),
];

/// The group of the first match; the empty text where there is none.
fn extract(_: &Context, args: &[Value]) -> Outcome {
    let source = args[2].to_text();
    let group = args[1].as_long().and_then(|group| usize::try_from(group).ok()).unwrap_or_default();
    let found = with_regex(&args[0].to_text(), |regex| {
        regex.captures(&source).and_then(|c| c.get(group).map(|m| m.as_str().to_owned()))
    });
    match found {
        None => Err(format!("`{}` is not a regular expression", args[0].to_text())),
        Some(found) => text(found.unwrap_or_default()),
    }
}

/// One group: an array of texts; several: an array of arrays.
fn extract_all(_: &Context, args: &[Value]) -> Outcome {
    let (wanted, source) = if args.len() == 3 { (Some(&args[1]), args[2].to_text()) } else { (None, args[1].to_text()) };
    let found = with_regex(&args[0].to_text(), |regex| {
        let groups: Vec<usize> = match wanted {
            Some(Value::Dynamic(d)) => d.as_array().unwrap_or_default().iter().filter_map(|group| match group {
                Dyn::Long(n) => usize::try_from(*n).ok(),
                Dyn::Str(name) => regex.capture_names().position(|known| known == Some(name)),
                _ => None,
            }).collect(),
            _ => (1..regex.captures_len()).collect(),
        };
        let matches = regex.captures_iter(&source).map(|c| {
            let texts: Vec<Dyn> = groups.iter().map(|group| Dyn::str(c.get(*group).map_or("", |m| m.as_str()))).collect();
            match <[Dyn; 1]>::try_from(texts) {
                Ok([one]) => one,
                Err(several) => Dyn::Array(several),
            }
        });
        matches.collect::<Vec<Dyn>>()
    });
    match found {
        None => Err(format!("`{}` is not a regular expression", args[0].to_text())),
        Some(found) if found.is_empty() => Ok(Value::Null),
        Some(found) => Ok(Value::dynamic(Dyn::Array(found))),
    }
}

fn extract_json(_: &Context, args: &[Value]) -> Outcome {
    let source = match &args[1] {
        Value::Dynamic(d) => Some(d.as_ref().clone()),
        other => Dyn::parse(&other.to_text()),
    };
    let found = source.as_ref().and_then(|source| path::find(source, &args[0].to_text()));
    text(found.map(|found| found.to_text()).unwrap_or_default())
}
