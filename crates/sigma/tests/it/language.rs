//! What rules mean, one sentence each; what is wrong with them, and where.
use sigma::{
    event::{Event, Logsource, Scalar},
    language::{Document, Problem, Rule, Values, parse, parse_with},
    matcher::{RuleSet, Scratch, explain, plain},
};

fn rule(detection: &str) -> Result<Rule, Problem> {
    let text = format!("title: t\nid: i\nlogsource:\n  product: p\ndetection:\n{detection}");
    parse(&text).remove(0).map(as_rule)
}

fn as_rule(document: Document) -> Rule {
    match document {
        Document::Rule(rule) => rule,
        other => panic!("not a rule: {other:?}"),
    }
}

fn event<'a>(fields: &[(&'a str, Scalar<'a>)]) -> Event<'a> {
    Event {
        fields: fields.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(),
        kinds: vec![Logsource { product: Some("p".to_owned()), ..Logsource::default() }],
    }
}

fn s(text: &str) -> Scalar<'_> {
    Scalar::Str(text.into())
}

/// Whether the item hits a field `f` of that value; the set, the open evaluation and the explanation must agree.
fn item(item: &str, value: &Scalar<'_>) -> bool {
    hits(
        &format!("  s:\n    {item}\n  condition: s\n"),
        &event(&[("f", value.clone()), ("g", s("WORLD"))]),
    )
}

fn hits(detection: &str, event: &Event<'_>) -> bool {
    let rule = rule(detection).unwrap_or_else(|e| panic!("{e}\n{detection}"));
    let set = RuleSet::new([&rule]).expect("a set");
    let hit = !set.hits(event, &mut Scratch::default()).is_empty();
    assert_eq!(hit, plain::holds(&rule.detection, event), "{detection}");
    assert_eq!(hit, explain(&rule, event).hits, "{detection}");
    hit
}

#[test]
fn texts_are_compared_whole_and_without_letter_case() {
    assert!(item("f: Hello", &s("hELLO")));
    assert!(!item("f: Hello", &s("hello world")));
    assert!(!item("f|cased: Hello", &s("hello")));
    assert!(item("f|cased: Hello", &s("Hello")));
    assert!(item("f|contains: LO W", &s("hello world")));
    assert!(item("f|startswith: he", &s("Hello")) && !item("f|startswith: lo", &s("Hello")));
    assert!(item("f|endswith: LO", &s("Hello")) && !item("f|endswith: he", &s("Hello")));
    assert!(item("f: ÉTÉ", &s("été")));
    assert!(item("f: ''", &s("")) && !item("f: ''", &s(" ")));
}

#[test]
fn wildcards_and_their_escapes() {
    assert!(item("f: a*c?e", &s("abbbcde")));
    assert!(!item("f: a*c?e", &s("abbbce")));
    assert!(item(r"f: 'a\*c'", &s("a*c")) && !item(r"f: 'a\*c'", &s("abc")));
    assert!(item(r"f: 'C:\Windows\*'", &s(r"C:\Windows*")));
    assert!(item(r"f: 'C:\Windows\\*'", &s(r"c:\windows\system32")));
    assert!(item(r"f|endswith: '\cmd.exe'", &s(r"C:\CMD.exe")));
    assert!(item(r"f: '\\\\server\x'", &s(r"\\server\x")));
    assert!(item("f: '*'", &s("anything")) && item("f: '*'", &s("")));
}

#[test]
fn lists_are_alternatives_unless_all_is_said() {
    assert!(item("f|contains: [a, b]", &s("xbx")));
    assert!(!item("f|contains|all: [a, b]", &s("xbx")));
    assert!(item("f|contains|all: [a, b]", &s("abx")));
}

#[test]
fn numbers_and_what_spells_them() {
    assert!(item("f: 4688", &Scalar::Int(4688)) && item("f: 4688", &s("4688")));
    assert!(item("f: '4688'", &Scalar::Int(4688)));
    assert!(!item("f: 4688", &s("04688")) && !item("f: 4688", &Scalar::Int(4689)));
    assert!(item("f: 1.5", &Scalar::Float(1.5)) && item("f: 2", &Scalar::Float(2.0)));
    assert!(item("f: true", &Scalar::Bool(true)) && item("f: true", &s("True")));
    assert!(item("f|gte: 10", &Scalar::Int(10)) && !item("f|gt: 10", &Scalar::Int(10)));
    assert!(item("f|lt: 10", &s("9.5")) && !item("f|lte: 10", &s("ten")));
}

#[test]
fn null_and_exists_speak_of_absence() {
    let absent = event(&[("g", s("x"))]);
    assert!(hits("  s:\n    f: null\n  condition: s\n", &absent));
    assert!(item("f: null", &Scalar::Null) && !item("f: null", &s("")));
    assert!(!hits("  s:\n    f: ''\n  condition: s\n", &absent));
    assert!(hits("  s:\n    f|exists: false\n  condition: s\n", &absent));
    assert!(item("f|exists: true", &Scalar::Null) && !item("f|exists: false", &s("x")));
    assert!(
        hits("  s:\n    f|neq: x\n  condition: s\n", &absent) && !item("f|neq: [x, y]", &s("Y"))
    );
}

#[test]
fn expressions_networks_times_and_other_fields() {
    assert!(
        item(r"f|re: 'b\d+'", &s("ab12c"))
            && !item("f|re: B", &s("abc"))
            && item("f|re|i: B", &s("abc"))
    );
    assert!(
        item("f|re|m: '^b$'", &s("a\nb"))
            && item("f|re|s: 'a.b'", &s("a\nb"))
            && !item("f|re: 'a.b'", &s("a\nb"))
    );
    assert!(
        item("f|cidr: 10.0.0.0/8", &s("10.1.2.3")) && !item("f|cidr: 10.0.0.0/8", &s("11.1.2.3"))
    );
    assert!(
        item("f|cidr: ['fe80::/10', 0.0.0.0/0]", &s("FE80::1"))
            && !item("f|cidr: ::/0", &s("1.2.3.4"))
    );
    assert!(!item("f|cidr: ::/0", &s("no address")));
    assert!(
        item("f|hour: 23", &s("2026-12-31T23:59:00Z"))
            && item("f|minute|gte: 59", &s("2026-12-31 23:59:00"))
    );
    assert!(
        item("f|week: 53", &s("2026-12-31"))
            && item("f|week: 53", &s("2027-01-01"))
            && item("f|week: 1", &s("2025-12-29"))
    );
    assert!(
        item("f|fieldref: g", &s("World"))
            && item("f|fieldref|startswith: g", &s("worldwide"))
            && !item("f|fieldref: g", &s("x"))
    );
}

#[test]
fn dashes_of_windows_and_encodings() {
    for dash in ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"] {
        assert!(item("f|windash|contains: ' -enc '", &s(&format!("x {dash}ENC y"))), "{dash}");
    }
    assert!(!item("f|windash|contains: 'a-b'", &s("a/b")), "inside a word a dash is a dash");
    assert!(item("f|base64: hello", &s("aGVsbG8=")) && !item("f|base64: hello", &s("agvsbg8=")));
    // "xxhello!" at each of three offsets
    for text in ["aGVsbG8hIQ", "eGhlbGxvIQ", "eHhoZWxsbyE"] {
        assert!(item("f|base64offset|contains: hello", &s(text)), "{text}");
    }
    assert!(item("f|wide|base64offset|contains: hi", &s("aABpAA==")));
}

#[test]
fn keywords_are_found_in_any_field() {
    let event = event(&[("a", s("nothing")), ("b", s("an Error happened"))]);
    assert!(hits("  keywords:\n    - failure\n    - error\n  condition: keywords\n", &event));
    assert!(hits(
        "  keywords:\n    '|all':\n      - error\n      - nothing\n  condition: keywords\n",
        &event
    ));
    assert!(!hits(
        "  keywords:\n    '|all':\n      - error\n      - success\n  condition: keywords\n",
        &event
    ));
    assert!(hits("  keywords:\n    - 'err*happened'\n  condition: keywords\n", &event));
}

#[test]
fn conditions() {
    let searches = "  a:\n    f: x\n  b1:\n    g: y\n  b2:\n    g: z\n  _c:\n    f: nothing\n";
    let event = event(&[("f", s("x")), ("g", s("z"))]);
    for (condition, expected) in [
        ("a and b2", true),
        ("a and b1", false),
        ("a and not b1", true),
        ("b1 or a and b2", true),
        ("not (a or b1)", false),
        ("1 of b*", true),
        ("all of b*", false),
        ("2 of them", true),
        ("3 of them", false),
        ("any of them and not all of them", true),
        ("not 1 of _*", true),
    ] {
        assert_eq!(
            hits(&format!("{searches}  condition: {condition}\n"), &event),
            expected,
            "{condition}"
        );
    }
}

#[test]
fn values_from_outside_keep_a_rule_from_being_evaluated() {
    let rule =
        rule("  s:\n    f|expand: '%admins%'\n  n:\n    g|contains: x\n  condition: s or not n\n")
            .expect("a rule");
    assert_eq!(rule.needs, ["admins"]);
    let set = RuleSet::new([&rule]).expect("a set");
    assert!(set.hits(&event(&[("f", s("")), ("g", s("y"))]), &mut Scratch::default()).is_empty());
}

#[test]
fn values_that_are_given_stand_for_their_names() {
    let text = "title: t\nlogsource: {product: p}\ndetection:\n  s:\n    f|expand: 'x%admins%'\n  condition: s\n";
    let values = Values::from([("admins".to_owned(), vec!["Ana".to_owned(), "b*".to_owned()])]);
    let rule = as_rule(parse_with(text, &values).remove(0).expect("a rule"));
    assert!(rule.needs.is_empty());
    for (value, expected) in [("xana", true), ("xbob", true), ("xcid", false), ("x%admins%", false)]
    {
        assert_eq!(plain::holds(&rule.detection, &event(&[("f", s(value))])), expected, "{value}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_is_allowed() {
    for (text, expected) in [
        ("title: [", "not YAML"),
        ("- 1", "1:1: a rule is a mapping, not a list"),
        ("", "there is no rule in it"),
        (
            "title: t\nlevel: hot\nlogsource: {product: p}\ndetection: {s: {f: 1}, condition: s}",
            "2:8: `hot` is no level (one of informational",
        ),
        (
            "title: t\nlogsource: {product: p}\ndetection: {s: {f|containz: 1}, condition: s}",
            "3:17: `containz` is not a modifier (contains",
        ),
        (
            "title: t\nlogsource: {product: p}\ndetection:\n  s: {f: 1}\n  condition: s and x",
            "5:20: there is no search `x` (one of s)",
        ),
        (
            "title: t\nlogsource: {product: p}\ndetection:\n  s: {f: 1}\n  condition: (s",
            "5:16: a `)` is missing",
        ),
        (
            "title: t\nlogsource: {product: p}\ndetection:\n  s: {f: 1}\n  condition: s | count() > 3",
            "write a correlation rule",
        ),
        (
            "title: t\nlogsource: {product: p}\ndetection:\n  s: {f|re: '(?=x)'}\n  condition: s",
            "4:13: not a regular expression",
        ),
        (
            "title: t\nlogsource: {product: p}\ndetection:\n  s: {f|cidr: 10.0.0.0/33}\n  condition: s",
            "4:15: `10.0.0.0/33` is not a network",
        ),
        ("title: t\ntitle: u", "2:1: `title` is there twice"),
        (
            "title: t\nlogsource: {product: p}\ndetection:\n  s: {f: []}\n  condition: s",
            "the list of values is empty",
        ),
        (
            "title: t\nlogsource: {}\ndetection: {s: {f: 1}, condition: s}",
            "the log source says nothing",
        ),
        (
            "title: t\nlogsource: {product: p}\ndetection: {s: {f|re|contains: x}, condition: s}",
            "for texts and fieldref",
        ),
    ] {
        let problem = parse(text)
            .into_iter()
            .find_map(Result::err)
            .unwrap_or_else(|| panic!("no problem: {text}"));
        assert!(problem.to_string().contains(expected), "{problem}\nwanted {expected}\n{text}");
    }
}

#[test]
fn one_broken_document_does_not_take_its_neighbour() {
    let text = "title: a\nlogsource: {product: p}\ndetection: {s: {f: 1}, condition: s}\n---\ntitle: b\n---\ntitle: c\nlogsource: {product: p}\ndetection: {s: {f: 1}, condition: s}\n";
    let rules = parse(text);
    assert_eq!(rules.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn hostile_rules_end_with_a_problem() {
    let deep = format!(
        "title: t\nlogsource: {{product: p}}\ndetection:\n  s: {{f: 1}}\n  condition: {}s{}",
        "(".repeat(5_000),
        ")".repeat(5_000)
    );
    assert!(parse(&deep)[0].is_err());
    let nested = format!("title: {}x{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(parse(&nested)[0].is_err());
    // each line is nine times the line before
    let mut bomb = "a0: &a0 [x]\n".to_owned();
    for level in 1..20 {
        let before = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb += &format!("a{level}: &a{level} [{before}]\n");
    }
    assert!(parse(&bomb)[0].as_ref().is_err_and(|e| e.message.contains("too large")));
}
