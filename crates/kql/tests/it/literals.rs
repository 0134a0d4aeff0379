//! The forms of literals.
use crate::support::printed;
use kql::syntax::ast::{ExprKind, Json, Literal};

fn literal(text: &str) -> Literal {
    match printed(text).kind {
        ExprKind::Literal(literal) => literal,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn strings() {
    let cases = [
        (r#""a\"b\n""#, "a\"b\n"),
        (r"'it\'s'", "it's"),
        (r#"@"C:\new""#, r"C:\new"),
        (r#"@'it''s'"#, "it's"),
        (r#"h"secret""#, "secret"),
        (r#"h@"\x""#, r"\x"),
        ("```a\n'b'```", "a\n'b'"),
        (r#""a" 'b' @"\""#, r"ab\"),
        (r#""\u00e9\x41\101""#, "éAA"),
    ];
    for (text, want) in cases {
        assert!(
            matches!(literal(text), Literal::Str { value, .. } if value == want),
            "{text}: {:?}",
            literal(text)
        );
    }
    assert!(matches!(literal("h'x'"), Literal::Str { hidden: true, .. }));
}

#[test]
fn numbers_and_times() {
    for text in ["1d", "2h", "1.5m", "10s", "3ms", "1tick", "5microseconds", "7days", "30min"] {
        assert_eq!(literal(text), Literal::Timespan(text.to_owned()));
    }
    for text in ["1", "0x1F", "007"] {
        assert_eq!(literal(text), Literal::Long(text.to_owned()));
    }
    for text in ["1.5", "1e10", "2.5E-3"] {
        assert_eq!(literal(text), Literal::Real(text.to_owned()));
    }
}

#[test]
fn typed() {
    let cases = [
        ("datetime(2020-01-01 10:00:00Z)", "datetime", "2020-01-01 10:00:00Z"),
        ("time( 1.02:03:04 )", "time", "1.02:03:04"),
        (
            "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)",
            "guid",
            "74be27de-1e4e-49d9-b579-fe0b331d3642",
        ),
        ("long(null)", "long", "null"),
        ("real (+inf)", "real", "+inf"),
    ];
    for (text, ty, raw) in cases {
        assert_eq!(literal(text), Literal::Typed { ty: ty.to_owned(), raw: raw.to_owned() });
    }
}

#[test]
fn dynamic() {
    let ExprKind::Dynamic(json) =
        printed(r#"dynamic({"a": [1, -2.5, null, true], 'b': datetime(2020-01-01)})"#).kind
    else {
        panic!("no dynamic")
    };
    let Json::Bag(pairs) = *json else { panic!("no bag") };
    assert_eq!(pairs[0].0, "a");
    assert!(
        matches!(&pairs[0].1, Json::Array(items) if items[1] == Json::Literal(Literal::Real("-2.5".into())))
    );
}
