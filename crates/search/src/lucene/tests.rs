use super::{parse, print, *};
use crate::ast::{Bound, Pattern, Test};
use crate::conformance::random::Rng;

fn is(name: &str, value: &str) -> Query {
    Query::Field { name: name.into(), test: Test::Is(value.into()) }
}

fn word(text: &str) -> Query {
    Query::Text(Pattern::Phrase(text.into()))
}

fn not(q: Query) -> Query {
    Query::Not(Box::new(q))
}

fn glob(name: &str, pattern: &str) -> Query {
    Query::Field { name: name.into(), test: Test::Glob(pattern.into()) }
}

fn range(name: &str, from: Bound, to: Bound) -> Query {
    Query::Field { name: name.into(), test: Test::Range { from, to } }
}

#[test]
fn what_analysts_type_means_what_they_think() {
    use Bound::{Excluding, Including, Open};
    use Query::{And, Exists, Or};
    let inc = |s: &str| Including(s.into());
    let exc = |s: &str| Excluding(s.into());
    let cases: Vec<(&str, Query)> = vec![
        ("", Query::All),
        ("  ", Query::All),
        ("*", Query::All),
        ("*:*", Query::All),
        ("mimikatz", word("mimikatz")),
        ("\"lsass dump\"", word("lsass dump")),
        ("a b", And(vec![word("a"), word("b")])),
        ("a AND b OR c", Or(vec![And(vec![word("a"), word("b")]), word("c")])),
        ("a && (b || !c)", And(vec![word("a"), Or(vec![word("b"), not(word("c"))])])),
        ("+a -b", And(vec![word("a"), not(word("b"))])),
        ("NOT a b", And(vec![not(word("a")), word("b")])),
        ("EventID:4688", is("event.code", "4688")),
        ("user:\"NT AUTHORITY\\SYSTEM\"", is("user.name", "NT AUTHORITY\\SYSTEM")),
        (
            r"Image:C:\Windows\System32\cmd.exe",
            is("process.executable", r"C:\Windows\System32\cmd.exe"),
        ),
        (r"Image:*\\cmd.exe", glob("process.executable", r"*\\cmd.exe")),
        (r"a.b:x\*y?", glob("a.b", r"x\*y?")),
        (
            "src_ip:10.0.0.0/8",
            Query::Field { name: "source.ip".into(), test: Test::Cidr("10.0.0.0/8".into()) },
        ),
        ("src_ip:fe80::1", is("source.ip", "fe80::1")),
        ("dst_port:[1 TO 1024]", range("destination.port", inc("1"), inc("1024"))),
        ("dst_port:{1 TO *}", range("destination.port", exc("1"), Open)),
        ("dst_port:>=443", range("destination.port", inc("443"), Open)),
        ("dst_port:<443", range("destination.port", Open, exc("443"))),
        (
            "@timestamp:[2020-01-01 TO 2020-02-01}",
            range("@timestamp", inc("2020-01-01"), exc("2020-02-01")),
        ),
        ("_exists_:CommandLine", Exists("process.command_line".into())),
        ("CommandLine:*", Exists("process.command_line".into())),
        ("host:(a OR \"b c\")", Or(vec![is("host.name", "a"), is("host.name", "b c")])),
        ("host:(a -b)", And(vec![is("host.name", "a"), not(is("host.name", "b"))])),
        ("pow*", Query::Text(Pattern::Glob("pow*".into()))),
        ("pow*.exe", And(vec![Query::Text(Pattern::Glob("pow*".into())), word("exe")])),
        ("or and not", And(vec![word("or"), word("and"), word("not")])),
        ("android", word("android")),
        ("severity:>=high", range("event.severity", inc("high"), Open)),
        ("a\\:b", word("a:b")),
        ("zeit:\"größer\"", is("zeit", "größer")),
    ];
    for (text, wanted) in cases {
        assert_eq!(parse(text), Ok(wanted), "{text}");
    }
}

#[test]
fn faults_say_where_and_what_to_do() {
    let cases = [
        ("(a OR b", 0..1, "never closed"),
        ("a \"b", 2..3, "never closed"),
        ("a AND", 5..5, "missing at the end"),
        ("AND a", 0..3, "before this operator"),
        ("host:", 0..5, "value of host is missing"),
        ("a)", 1..2, "no ( for"),
        ("()", 1..2, "nothing before"),
        ("dst_port:[a TO 5]", 10..11, "holds numbers"),
        ("dst_port:[1 5]", 9..12, "TO is missing"),
        ("@timestamp:soon", 11..15, "no date"),
        ("src_ip:10.0.0.0/99", 7..18, "no block"),
        ("h*:a", 0..2, "wildcards"),
        ("äö:[", 6..6, "end of this range is missing"),
    ];
    for (text, span, message) in cases {
        let e = parse(text).expect_err(text);
        assert!(e.message.contains(message), "{text}: {}", e.message);
        assert_eq!(e.span, span, "{text}: {}", e.message);
        assert!(!e.hint.is_empty(), "{text}");
    }
}

#[test]
fn bombs_are_refused() {
    assert!(parse(&"a ".repeat(MAX_LENGTH)).is_err());
    assert!(parse(&"(".repeat(4000)).is_err());
    assert!(parse(&"!".repeat(4000)).is_err());
    assert!(parse(&"NOT ".repeat(2000)).is_err());
    assert!(parse(&"a ".repeat(MAX_CLAUSES + 1)).unwrap_err().message.contains("clauses"));
    assert!(parse(&"a ".repeat(MAX_CLAUSES)).is_ok());
    let pieces = format!("a*{}", ".b".repeat(MAX_CLAUSES));
    assert!(parse(&pieces).unwrap_err().message.contains("clauses"));
}

#[test]
fn what_just_fits_fits_again_when_printed() {
    let words = "ab ".repeat(3);
    for text in [
        r"\_exists_:x".to_owned(),
        vec!["a b"; MAX_CLAUSES / 2].join(" OR "),
        format!("{}(a b OR c)", "!".repeat(MAX_DEPTH - 1)),
        format!("{}pow*.exe", "!".repeat(MAX_DEPTH - 1)),
        format!("({words} OR {words}) (x OR y)"),
    ] {
        let q = parse(&text).unwrap();
        assert_eq!(parse(&print(&q)).as_ref(), Ok(&q), "{text}");
    }
}

fn random_text(rng: &mut Rng) -> String {
    let alphabet: Vec<char> = "ab1Z.-:\\\"*?()[]{}/ äΣ@_+!&|~^'".chars().collect();
    (0..=rng.below(6)).map(|_| alphabet[rng.below(alphabet.len())]).collect()
}

fn random_query(rng: &mut Rng, depth: usize) -> Query {
    let name = |rng: &mut Rng| {
        ["host.name", "x y:z", "process.command_line", "ü", "source.ip"][rng.below(5)].to_owned()
    };
    let leaf = |rng: &mut Rng| match rng.below(7) {
        0 => Query::All,
        1 => Query::Exists(name(rng)),
        2 => word(&random_text(rng)),
        3 => Query::Text(Pattern::Glob(["a*", "?b", "x*y?"][rng.below(3)].into())),
        4 => is(&name(rng), &random_text(rng)),
        5 => {
            let text = crate::glob::escape(&random_text(rng));
            glob(&name(rng), &format!("a{text}*"))
        }
        _ => {
            let mut end = |n: i64| match rng.below(3) {
                0 => Bound::Open,
                1 => Bound::Including(n.to_string()),
                _ => Bound::Excluding(n.to_string()),
            };
            range("source.port", end(1), end(9))
        }
    };
    if depth == 0 {
        return leaf(rng);
    }
    let parts = |rng: &mut Rng| {
        (0..1 + rng.below(3)).map(|_| random_query(rng, depth - 1)).collect::<Vec<_>>()
    };
    match rng.below(4) {
        0 => all_of(parts(rng)),
        1 => any_of(parts(rng)),
        2 => not(random_query(rng, depth - 1)),
        _ => leaf(rng),
    }
}

#[test]
fn printing_and_parsing_go_round() {
    let mut rng = Rng::seeded("round trip");
    for _ in 0..5000 {
        let q = random_query(&mut rng, 3);
        let text = print(&q);
        let back = parse(&text);
        assert_eq!(back.as_ref(), Ok(&q), "{text}");
    }
}

#[test]
fn no_text_makes_the_parser_panic_and_what_parses_prints() {
    let mut rng = Rng::seeded("garbage");
    for _ in 0..20_000 {
        let text: String = (0..rng.below(8)).map(|_| random_text(&mut rng)).collect();
        match parse(&text) {
            Ok(q) => assert_eq!(parse(&print(&q)), Ok(q), "{text}"),
            Err(e) => assert!(text.get(e.span.clone()).is_some(), "{text}: {e:?}"),
        }
    }
}
