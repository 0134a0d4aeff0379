//! IPv4 addresses, alone and with the length of a prefix.
use super::support::{
    Outcome, boolean, dynamic, empty, function, listed, long, number, string, strings, text,
};
use crate::functions::{Context, Function};
use crate::value::Value;
use std::net::Ipv4Addr;

pub(super) static FUNCTIONS: &[Function] = &[
    function("parse_ipv4", 1, 1, long, |_, args| {
        Ok(parse(&text(args, 0)).map_or(Value::Null, |net| Value::Long(net.first().into())))
    }),
    function("parse_ipv4_mask", 2, 2, long, |_, args| {
        Ok(narrowed(args, 0).map_or(Value::Null, |net| Value::Long(net.first().into())))
    }),
    function("ipv4_netmask_suffix", 1, 1, long, |_, args| {
        Ok(parse(&text(args, 0)).map_or(Value::Null, |net| Value::Long(net.prefix.into())))
    }),
    function("ipv4_is_private", 1, 1, boolean, is_private),
    function("ipv4_compare", 2, 3, long, |_, args| {
        Ok(compare(args).map_or(Value::Null, |order| Value::Long(order as i64)))
    }),
    function("ipv4_is_match", 2, 3, boolean, |_, args| {
        Ok(compare(args).map_or(Value::Null, |order| Value::Bool(order.is_eq())))
    }),
    function("ipv4_is_in_range", 2, 2, boolean, in_any_range),
    function("ipv4_is_in_any_range", 2, usize::MAX, boolean, in_any_range),
    function("ipv4_range_to_cidr_list", 2, 2, dynamic, |_, args| {
        Ok(match (parse(&text(args, 0)), parse(&text(args, 1))) {
            (Some(from), Some(to)) if from.address <= to.address => {
                strings(cover(from.address, to.address))
            }
            _ => Value::Null,
        })
    }),
    function("format_ipv4", 1, 2, string, |_, args| {
        Ok(formatted(args)
            .map_or_else(empty, |net| Value::str(Ipv4Addr::from(net.first()).to_string())))
    }),
    function("format_ipv4_mask", 1, 2, string, |_, args| {
        Ok(formatted(args).map_or_else(empty, |net| {
            Value::str(format!("{}/{}", Ipv4Addr::from(net.first()), net.prefix))
        }))
    }),
];

#[derive(Clone, Copy)]
pub(super) struct Net {
    pub address: u32,
    pub prefix: u8,
}

impl Net {
    fn first(self) -> u32 {
        self.address & mask(self.prefix)
    }
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0)
}

/// Four numbers, and nothing around them.
pub(super) fn address(text: &str) -> Option<u32> {
    let mut address = 0_u32;
    let mut count = 0;
    for part in text.split('.') {
        if part.is_empty()
            || part.len() > 3
            || !part.bytes().all(|b| b.is_ascii_digit())
            || count == 4
        {
            return None;
        }
        address = address << 8 | u32::from(part.parse::<u8>().ok()?);
        count += 1;
    }
    (count == 4).then_some(address)
}

pub(super) fn parse(text: &str) -> Option<Net> {
    let (ip, prefix) = match text.trim().split_once('/') {
        Some((ip, prefix)) => (ip, prefix.parse().ok().filter(|prefix| *prefix <= 32)?),
        None => (text.trim(), 32),
    };
    Some(Net { address: address(ip)?, prefix })
}

/// With the prefix that is given as the second argument, when it is the shorter one.
fn narrowed(args: &[Value], at: usize) -> Option<Net> {
    let net = parse(&text(args, at))?;
    with_prefix(net, args, at + 1)
}

fn with_prefix(net: Net, args: &[Value], at: usize) -> Option<Net> {
    if args.len() <= at {
        return Some(net);
    }
    let prefix = number(args, at).and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= 32)?;
    Some(Net { prefix: net.prefix.min(prefix), ..net })
}

fn formatted(args: &[Value]) -> Option<Net> {
    let net = match args.first()? {
        Value::Str(text) => parse(text)?,
        other => Net { address: u32::try_from(other.as_long()?).ok()?, prefix: 32 },
    };
    with_prefix(net, args, 1)
}

/// The ranges of RFC 1918.
fn is_private(_: &Context, args: &[Value]) -> Outcome {
    let Some(net) = parse(&text(args, 0)) else { return Ok(Value::Null) };
    Ok(Value::Bool(Ipv4Addr::from(net.first()).is_private()))
}

/// At the shortest of the prefixes.
fn compare(args: &[Value]) -> Option<std::cmp::Ordering> {
    let (a, b) = (parse(&text(args, 0))?, parse(&text(args, 1))?);
    let prefix = with_prefix(a, args, 2)?.prefix.min(b.prefix);
    Some((a.address & mask(prefix)).cmp(&(b.address & mask(prefix))))
}

/// Null where the address is none, or none of the ranges is one.
fn in_any_range(_: &Context, args: &[Value]) -> Outcome {
    let ranges = listed(args.get(1..).unwrap_or_default());
    let nets: Vec<Net> = ranges.iter().filter_map(|range| parse(range)).collect();
    let Some(ip) = parse(&text(args, 0)) else { return Ok(Value::Null) };
    if nets.is_empty() && !ranges.is_empty() {
        return Ok(Value::Null);
    }
    let inside = |net: &Net| (ip.first() & mask(net.prefix)) == net.first();
    Ok(Value::Bool(nets.iter().any(inside)))
}

/// The fewest prefixes that are the range together.
fn cover(from: u32, to: u32) -> Vec<String> {
    let (mut at, end) = (u64::from(from), u64::from(to) + 1);
    let mut out = Vec::new();
    while at < end {
        let mut size = 0;
        while size < 32 && at % (2 << size) == 0 && at + (2 << size) <= end {
            size += 1;
        }
        let first = Ipv4Addr::from(u32::try_from(at).unwrap_or(u32::MAX));
        out.push(format!("{first}/{}", 32 - size));
        at += 1_u64 << size;
    }
    out
}
