//! JSON values as column values: what fits the kind is converted, what does not is refused here and kept under its own path.
use crate::json::Json;
use crate::time;
use model::event::{MAX_VALUE, Scalar};
use model::fieldmap::Kind;
use std::net::IpAddr;

/// The value as the kind; `None` when it does not fit. Objects and arrays are the caller's business.
pub(crate) fn coerce(kind: Option<Kind>, value: &Json) -> Option<Scalar> {
    match kind {
        None => plain(value),
        Some(Kind::Keyword | Kind::Text) => text(value),
        Some(Kind::Long) => long(value).map(Scalar::Int),
        Some(Kind::Double) => match value {
            Json::Number(n) => n.as_f64().map(Scalar::Float),
            Json::Str(s) => {
                s.trim().parse().ok().filter(|f: &f64| f.is_finite()).map(Scalar::Float)
            }
            _ => None,
        },
        Some(Kind::Bool) => match value {
            Json::Bool(b) => Some(Scalar::Bool(*b)),
            Json::Str(s) if s.eq_ignore_ascii_case("true") => Some(Scalar::Bool(true)),
            Json::Str(s) if s.eq_ignore_ascii_case("false") => Some(Scalar::Bool(false)),
            _ => None,
        },
        Some(Kind::Date) => time::of(value).map(|t| Scalar::Str(t.rfc3339().into())),
        Some(Kind::Ip) => value.as_str().and_then(ip).map(|s| Scalar::Str(s.into())),
    }
}

fn plain(value: &Json) -> Option<Scalar> {
    match value {
        Json::Str(s) => Some(Scalar::Str(clean(s))),
        Json::Bool(b) => Some(Scalar::Bool(*b)),
        Json::Number(n) => Some(match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => Scalar::Int(i),
            // beyond 63 bits a double would change digits
            (None, _) if n.is_u64() => Scalar::Str(n.to_string().into()),
            (None, Some(f)) => Scalar::Float(f),
            (None, None) => Scalar::Str(n.to_string().into()),
        }),
        _ => None,
    }
}

fn text(value: &Json) -> Option<Scalar> {
    match value {
        Json::Str(s) => Some(Scalar::Str(clean(s))),
        Json::Bool(b) => Some(Scalar::Str((if *b { "true" } else { "false" }).into())),
        Json::Number(n) => Some(Scalar::Str(n.to_string().into())),
        _ => None,
    }
}

/// A whole number, also from text in decimal or `0x` hexadecimal, as Windows writes process ids.
pub(crate) fn long(value: &Json) -> Option<i64> {
    match value {
        Json::Number(n) => n.as_i64().or_else(|| {
            n.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i64)
        }),
        Json::Str(s) => {
            let s = s.trim();
            match s.strip_prefix("0x").or_else(|| s.strip_prefix("0X")) {
                Some(hex) => i64::from_str_radix(hex, 16).ok(),
                None => s.parse().ok(),
            }
        }
        _ => None,
    }
}

/// The address in its one canonical spelling; IPv4 inside IPv6 becomes IPv4.
pub(crate) fn ip(text: &str) -> Option<String> {
    text.trim().parse::<IpAddr>().ok().map(|a| a.to_canonical().to_string())
}

/// Text for a column: at most `MAX_VALUE` bytes, no NUL. Trailing NULs, as C programs leave them, go.
pub(crate) fn clean(text: &str) -> Box<str> {
    let mut end = text.len().min(MAX_VALUE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    if !text.as_bytes().contains(&0) {
        return text.into();
    }
    let mut clean = text.trim_end_matches('\0').replace('\0', "\u{fffd}");
    let mut end = clean.len().min(MAX_VALUE);
    while !clean.is_char_boundary(end) {
        end -= 1;
    }
    clean.truncate(end);
    clean.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn numbers_are_read_from_text_and_hexadecimal() {
        for (v, want) in [
            ("7", Some(7)),
            (r#""7""#, Some(7)),
            (r#""0x778""#, Some(0x778)),
            ("7.0", Some(7)),
            (r#""-""#, None),
            ("7.5", None),
            (r#"{"a":1}"#, None),
        ] {
            assert_eq!(long(&parse(v).unwrap()), want, "{v}");
        }
    }

    #[test]
    fn addresses_have_one_spelling() {
        assert_eq!(ip("::ffff:172.18.39.5").as_deref(), Some("172.18.39.5"));
        assert_eq!(ip("0000:0000:0000:0000:0000:0000:0000:0001").as_deref(), Some("::1"));
        assert_eq!(ip("-"), None);
    }

    #[test]
    fn text_is_cut_at_a_character_and_holds_no_nul() {
        assert_eq!(&*clean("nas1\0"), "nas1");
        assert_eq!(&*clean("a\0b"), "a\u{fffd}b");
        let long = "é".repeat(MAX_VALUE);
        assert!(clean(&long).len() <= MAX_VALUE && clean(&long).chars().all(|c| c == 'é'));
        assert!(clean(&"\0a".repeat(MAX_VALUE / 2)).len() <= MAX_VALUE);
    }

    #[test]
    fn numbers_beyond_63_bits_keep_their_digits() {
        assert_eq!(
            coerce(None, &parse("18446744073709551615").unwrap()),
            Some(Scalar::from("18446744073709551615"))
        );
    }
}
