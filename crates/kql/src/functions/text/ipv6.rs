//! IPv6 addresses; IPv4 addresses are the mapped ones among them.
use super::ipv4;
use super::support::{Outcome, boolean, empty, function, listed, long, number, string, text};
use crate::functions::{Context, Function};
use crate::value::Value;
use std::net::Ipv6Addr;

pub(super) static FUNCTIONS: &[Function] = &[
    function("parse_ipv6", 1, 1, string, canonical),
    function("parse_ipv6_mask", 2, 2, string, canonical),
    function("ipv6_compare", 2, 3, long, |_, args| {
        Ok(compare(args).map_or(Value::Null, |order| Value::Long(order as i64)))
    }),
    function("ipv6_is_match", 2, 3, boolean, |_, args| {
        Ok(compare(args).map_or(Value::Null, |order| Value::Bool(order.is_eq())))
    }),
    function("ipv6_is_in_range", 2, 2, boolean, in_any_range),
    function("ipv6_is_in_any_range", 2, usize::MAX, boolean, in_any_range),
];

#[derive(Clone, Copy)]
struct Net {
    address: u128,
    prefix: u8,
}

fn mask(prefix: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(prefix.min(128))).unwrap_or(0)
}

const MAPPED: u128 = 0xffff << 32;

/// A prefix behind dots is counted in the last 32 bits.
fn parse(text: &str) -> Option<Net> {
    let text = text.trim();
    let (ip, prefix) = match text.split_once('/') {
        Some((ip, prefix)) => (ip, Some(prefix.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let dotted = ip.contains('.');
    let prefix = match prefix {
        None => 128,
        Some(prefix) if dotted && prefix <= 32 => prefix + 96,
        Some(prefix) if !dotted && prefix <= 128 => prefix,
        Some(_) => return None,
    };
    let address = match ipv4::address(ip) {
        Some(short) => MAPPED | u128::from(short),
        None => ip.parse::<Ipv6Addr>().ok()?.to_bits(),
    };
    Some(Net { address, prefix })
}

/// As addresses are compared: `::1.2.3.4` is the same as `1.2.3.4`.
fn comparable(text: &str) -> Option<Net> {
    let net = parse(text)?;
    let dotted = text.contains('.') && net.address >> 32 == 0;
    Some(if dotted { Net { address: MAPPED | net.address, ..net } } else { net })
}

fn given_prefix(args: &[Value], at: usize) -> Option<u8> {
    if args.len() <= at {
        return Some(128);
    }
    number(args, at).and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= 128)
}

/// Eight groups of four digits.
fn canonical(_: &Context, args: &[Value]) -> Outcome {
    let (Some(net), Some(prefix)) = (parse(&text(args, 0)), given_prefix(args, 1)) else {
        return Ok(empty());
    };
    let address = net.address & mask(net.prefix.min(prefix));
    let groups: Vec<String> =
        Ipv6Addr::from(address).segments().iter().map(|group| format!("{group:04x}")).collect();
    Ok(Value::Str(groups.join(":").into()))
}

fn compare(args: &[Value]) -> Option<std::cmp::Ordering> {
    let (a, b) = (comparable(&text(args, 0))?, comparable(&text(args, 1))?);
    let mask = mask(given_prefix(args, 2)?.min(a.prefix).min(b.prefix));
    Some((a.address & mask).cmp(&(b.address & mask)))
}

fn in_any_range(_: &Context, args: &[Value]) -> Outcome {
    let ranges = listed(args.get(1..).unwrap_or_default());
    let nets: Vec<Net> = ranges.iter().filter_map(|range| comparable(range)).collect();
    let Some(ip) = comparable(&text(args, 0)) else { return Ok(Value::Null) };
    if nets.is_empty() && !ranges.is_empty() {
        return Ok(Value::Null);
    }
    let inside = |net: &Net| (ip.address ^ net.address) & mask(net.prefix.min(ip.prefix)) == 0;
    Ok(Value::Bool(nets.iter().any(inside)))
}
