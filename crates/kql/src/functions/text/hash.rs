//! Hashes.
use super::support::{Outcome, empty, function, long, string};
use crate::functions::{Context, Function};
use crate::value::Value;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use xxhash_rust::xxh64::xxh64;

pub(super) static FUNCTIONS: &[Function] = &[
    function("hash", 1, 2, long, hash),
    function("hash_xxhash64", 1, 2, long, hash),
    function("hash_md5", 1, 1, string, |_, args| Ok(hex::<Md5>(args))),
    function("hash_sha1", 1, 1, string, |_, args| Ok(hex::<Sha1>(args))),
    function("hash_sha256", 1, 1, string, |_, args| Ok(hex::<Sha256>(args))),
    function("hash_many", 2, usize::MAX, long, |_, args| {
        Ok(combined(args.iter().map(|value| Some(xxh64(&bytes(value), 0)))))
    }),
    function("hash_combine", 2, usize::MAX, long, |_, args| {
        Ok(combined(args.iter().map(|value| value.as_long().map(i64::cast_unsigned))))
    }),
];

/// What `hash` sees: numbers and times as they lie in memory, everything else as text.
fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::Bool(b) => vec![u8::from(*b)],
        Value::Int(n) => n.to_le_bytes().into(),
        Value::Long(n) | Value::DateTime(n) | Value::TimeSpan(n) => n.to_le_bytes().into(),
        Value::Real(n) => n.to_le_bytes().into(),
        Value::Guid(g) => super::encode::guid_bytes(*g).into(),
        other => other.to_text().as_bytes().into(),
    }
}

fn hash(_: &Context, args: &[Value]) -> Outcome {
    let Some(value) = args.first().filter(|value| !value.is_null()) else { return Ok(Value::Null) };
    let hash = xxh64(&bytes(value), 0);
    Ok(match args.get(1) {
        None => Value::Long(hash.cast_signed()),
        Some(modulus) => match modulus.as_long().and_then(|m| u64::try_from(m).ok()) {
            Some(modulus) if modulus > 0 => Value::Long((hash % modulus).cast_signed()),
            _ => Value::Null,
        },
    })
}

/// Of the text, whatever the type.
fn hex<D: Digest>(args: &[Value]) -> Value {
    let Some(value) = args.first().filter(|value| !value.is_null()) else { return empty() };
    let mut out = String::new();
    for byte in D::digest(value.to_text().as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    Value::Str(out.into())
}

/// In this order; Kusto does not say how it does it, so that the numbers are ours.
fn combined(hashes: impl Iterator<Item = Option<u64>>) -> Value {
    let mut seed: Option<u64> = None;
    for hash in hashes {
        let Some(hash) = hash else { return Value::Null };
        seed = Some(match seed {
            None => hash,
            Some(seed) => {
                let mixed = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
                seed ^ mixed.wrapping_add(seed << 6).wrapping_add(seed >> 2)
            }
        });
    }
    seed.map_or(Value::Null, |seed| Value::Long(seed.cast_signed()))
}
