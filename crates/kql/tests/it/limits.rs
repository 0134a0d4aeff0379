//! Depth, length and noise.
use kql::syntax::{Code, MAX_DIAGNOSTICS, parse};

#[test]
fn what_nests_too_deep_is_told_and_not_followed() {
    let deep = 100_000;
    for (open, close) in [
        ("(", ")"),
        ("f(", ")"),
        ("-", ""),
        ("a[", "]"),
        ("dynamic([", "])"),
        ("[", "]"),
        ("x = (", ")"),
    ] {
        let parsed = parse(&format!("print {}1{}", open.repeat(deep), close.repeat(deep)));
        assert!(parsed.has_errors(), "{open}");
    }
    for chain in ["a + ", "a.", "a has ", "a * ", "a == "] {
        assert!(parse(&format!("print {}a", chain.repeat(deep))).has_errors(), "{chain}");
    }
    let parsed = parse(&"T | join (".repeat(deep));
    assert!(parsed.diagnostics.iter().any(|d| d.code == Code::TooDeep));
    parse(&"let f = () {".repeat(deep));
    parse(&"T | mv-apply a on (".repeat(deep));
    parse(&"dynamic({'a':".repeat(deep));
}

#[test]
fn long_conditions_and_lists_are_fine() {
    let many = |word: &str| format!("T | where {}a == 1", format!("a == 1 {word} ").repeat(50_000));
    assert!(!parse(&many("and")).has_errors());
    assert!(!parse(&many("or")).has_errors());
    assert!(!parse(&format!("T | where a in ({}1)", "1, ".repeat(50_000))).has_errors());
    assert!(!parse(&format!("T {}", "| where a ".repeat(50_000))).has_errors());
}

#[test]
fn noise_is_bounded() {
    for noise in [
        "§", ")", "| ", "'", "let ", "(", "]", ",", "a b ", "{", "=", "*", "$", "!", "\u{0}", "é|",
        "union ",
    ] {
        let parsed = parse(&noise.repeat(20_000));
        assert!(parsed.diagnostics.len() <= MAX_DIAGNOSTICS);
    }
}
