//! Broken queries: a diagnostic at the right place, and as much of the tree as there is.
use crate::support::{errors, operators};
use kql::syntax::ast::OperatorKind;
use kql::syntax::{Code, Span, block_at, blocks, parse};

#[test]
fn a_missing_predicate_leaves_the_next_operator_whole() {
    let parsed = parse("T | where | project a");
    let [first, second] = operators(&parsed) else { panic!("two operators") };
    assert!(matches!(&first.kind, OperatorKind::Where { predicate } if predicate.is_missing()));
    assert!(matches!(&second.kind, OperatorKind::Project { items } if items.len() == 1));
    assert_eq!(parsed.diagnostics.len(), 1, "{:?}", parsed.diagnostics);
    assert_eq!(
        (parsed.diagnostics[0].code, parsed.diagnostics[0].span),
        (Code::Missing, Span::new(9, 9))
    );
}

#[test]
fn an_operator_after_any_wrong_one_is_still_read() {
    for query in [
        "T | wher a == 1 | take 5",
        "T | where a ) | take 5",
        "T | where (a | take 5",
        "T | | take 5",
        "T | where a b c | take 5",
    ] {
        let parsed = parse(query);
        assert!(parsed.has_errors(), "{query}");
        assert!(format!("{:?}", parsed.tree).contains("Take"), "{query}: {:?}", parsed.tree);
    }
}

#[test]
fn what_is_certainly_wrong_is_told() {
    for query in [
        "T | where (a == 1",
        "T | where a == 1)",
        "T |",
        "T | | take 1",
        "T | wherre a",
        "T | where a ==",
        "T | where and a",
        "T | where a == 1 b",
        "T | extend x =",
        "T | project a,, b",
        "T | summarize",
        "T | summarize count() by",
        "T | sort a",
        "T | top 5 a",
        "T | join U",
        "T | where a == 'x",
        "T | where a in ('x'",
        "T | mv-apply a",
        "T | parse a with",
        "T | take",
        "T trailing",
        "let x 5; T",
        "let = 5; T",
        "let x = ; T",
        "let x = 5 T | take 1",
        "datatable (a: string) ['x'",
        "datatable (a string) ['x']",
        "T | where a between (1 .. )",
        "T | where a between 1 .. 2",
        "T | where a matches 'x'",
        "print dynamic([1, )",
        "print dynamic({1})",
        "print datetime(2020-01-01",
        "T | where a == #",
        "T | render",
        "T | lookup U",
        "T | as",
        "range x from 1 to 5",
        "T | where a < b < c",
        "T } | take 1",
    ] {
        assert!(!errors(query).is_empty(), "{query}");
    }
}

#[test]
fn one_mistake_has_few_diagnostics_and_a_hint() {
    assert_eq!(
        errors("T | wher a == 1 | take 5"),
        ["there is no operator `wher`; did you mean `where`?"]
    );
    let parsed = parse("let x = 5\nlet y = 6; T");
    assert_eq!(
        parsed.diagnostics[0].fix.as_ref().map(|f| (f.span, f.text.as_str())),
        Some((Span::new(9, 9), ";"))
    );
    let parsed = parse("T | where (a == 1");
    assert_eq!(parsed.diagnostics.len(), 1, "{:?}", parsed.diagnostics);
    assert_eq!(parsed.diagnostics[0].fix.as_ref().map(|f| f.text.as_str()), Some(")"));
}

#[test]
fn a_document_is_cut_at_blank_lines() {
    let text = "\n  A\n| take 1 \n \t\n\nB | count";
    let cut: Vec<&str> = blocks(text).into_iter().map(|b| b.of(text)).collect();
    assert_eq!(cut, ["A\n| take 1", "B | count"]);
    assert_eq!(block_at(text, 5).map(|b| b.of(text)), Some("A\n| take 1"));
    assert_eq!(block_at(text, 15), None);
}
