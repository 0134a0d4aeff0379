//! Base64 and the escapes of URLs.
use super::support::{bounded, dynamic, empty, function, string, text};
use crate::functions::Function;
use crate::value::{Dyn, Type, Value};
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{alphabet, engine::DecodePaddingMode};

pub(super) static FUNCTIONS: &[Function] = &[
    function("base64_encode_tostring", 1, 1, string, |_, args| {
        Ok(encoded(text(args, 0).as_bytes()))
    }),
    function("base64_encode_fromarray", 1, 1, string, |_, args| {
        Ok(args.first().and_then(byte_array).map_or_else(empty, |bytes| encoded(&bytes)))
    }),
    function("base64_encode_fromguid", 1, 1, string, |_, args| {
        Ok(match args.first().map(|value| value.cast(Type::Guid)) {
            Some(Value::Guid(guid)) => encoded(&guid_bytes(guid)),
            _ => empty(),
        })
    }),
    function("base64_decode_tostring", 1, 1, string, |_, args| {
        let decoded = decode(&text(args, 0)).and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(Value::Str(decoded.unwrap_or_default().into()))
    }),
    function("base64_decode_toarray", 1, 1, dynamic, |_, args| {
        Ok(decode(&text(args, 0)).map_or(Value::Null, |bytes| {
            Value::dynamic(Dyn::Array(bytes.into_iter().map(|b| Dyn::Long(b.into())).collect()))
        }))
    }),
    function(
        "base64_decode_toguid",
        1,
        1,
        |_| Type::Guid,
        |_, args| {
            let bytes = decode(&text(args, 0)).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
            Ok(bytes.map_or(Value::Null, |bytes| Value::Guid(guid(bytes))))
        },
    ),
    function("url_encode", 1, 1, string, |_, args| bounded(escaped(&text(args, 0), "+"))),
    function("url_encode_component", 1, 1, string, |_, args| {
        bounded(escaped(&text(args, 0), "%20"))
    }),
    function("url_decode", 1, 1, string, |_, args| {
        Ok(Value::Str(unescaped(&text(args, 0)).into()))
    }),
];

/// With or without the `=` at the end.
static LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text.trim()).ok()
}

pub(super) fn encoded(bytes: &[u8]) -> Value {
    Value::Str(STANDARD.encode(bytes).into())
}

fn byte_array(value: &Value) -> Option<Vec<u8>> {
    let Value::Dynamic(d) = value else { return None };
    d.as_array()?
        .iter()
        .map(|item| item.clone().into_scalar().as_long().and_then(|n| u8::try_from(n).ok()))
        .collect()
}

/// The first three groups lie the other way round, as Windows keeps them.
pub(super) fn guid_bytes(guid: u128) -> [u8; 16] {
    let mut bytes = guid.to_be_bytes();
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    bytes
}

fn guid(bytes: [u8; 16]) -> u128 {
    // the same way back
    u128::from_be_bytes(guid_bytes(u128::from_be_bytes(bytes)))
}

fn escaped(text: &str, space: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(byte.into()),
            b'-' | b'_' | b'.' | b'!' | b'*' | b'(' | b')' => out.push(byte.into()),
            b' ' => out.push_str(space),
            other => {
                out.push('%');
                for half in [other >> 4, other & 15] {
                    out.extend(char::from_digit(half.into(), 16));
                }
            }
        }
    }
    out
}

fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.extend(u8::try_from(high * 16 + low));
                at += 2;
            }
            (b'+', ..) => out.push(b' '),
            (other, ..) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
