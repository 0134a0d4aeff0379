//! IPv4 addresses inside of texts.
use super::ipv4;
use super::support::{Outcome, boolean, function, listed, text};
use crate::functions::{Context, Function};
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    function("has_ipv4", 2, 2, boolean, has_any),
    function("has_any_ipv4", 2, usize::MAX, boolean, has_any),
    function("has_ipv4_prefix", 2, 2, boolean, has_any_prefix),
    function("has_any_ipv4_prefix", 2, usize::MAX, boolean, has_any_prefix),
];

/// The addresses in a text: each as it stands there. Letters and digits next to one make it none.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '.')
        .map(|run| run.trim_matches('.'))
        .filter(|run| ipv4::address(run).is_some())
}

fn has_any(_: &Context, args: &[Value]) -> Outcome {
    let wanted: Vec<u32> = listed(args.get(1..).unwrap_or_default())
        .iter()
        .filter_map(|ip| ipv4::address(ip))
        .collect();
    let text = text(args, 0);
    let found = addresses(&text).filter_map(ipv4::address).any(|ip| wanted.contains(&ip));
    Ok(Value::Bool(found))
}

/// A prefix ends with a dot, or is a whole address.
fn has_any_prefix(_: &Context, args: &[Value]) -> Outcome {
    let wanted = listed(args.get(1..).unwrap_or_default());
    let text = text(args, 0);
    let found = addresses(&text).any(|ip| {
        wanted.iter().any(|prefix| {
            if prefix.ends_with('.') {
                ip.starts_with(&**prefix)
            } else {
                ipv4::address(prefix).is_some() && *ip == **prefix
            }
        })
    });
    Ok(Value::Bool(found))
}
