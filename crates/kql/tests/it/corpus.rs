//! Queries that the real engine's parser accepts.
use crate::support::queries;
use kql::syntax::lexer::lex;
use kql::syntax::{Severity, parse};

fn all_parse(file: &str) {
    let Some(data) = testdata::data_dir() else { return };
    let queries = queries(&data, file);
    let mut failed = 0;
    for query in &queries {
        let parsed = parse(query);
        let Some(first) = parsed.diagnostics.iter().find(|d| d.severity == Severity::Error) else {
            continue;
        };
        failed += 1;
        if failed <= 20 {
            let (before, after) = query.split_at(first.span.start);
            let from = before.char_indices().rev().nth(150).map_or(0, |(i, _)| i);
            println!(
                "{first:?}\n    …{}⟨HERE⟩{}",
                &before[from..],
                after.chars().take(60).collect::<String>()
            );
        }
    }
    assert_eq!(failed, 0, "of {} queries", queries.len());
}

#[test]
fn every_query_of_the_corpus_parses_without_an_error() {
    all_parse("kql/kql-dev.jsonl");
}

#[test]
fn every_golden_case_parses_without_an_error() {
    all_parse("kql/golden-dev.jsonl");
}

/// Each query with one token cut out: nothing panics, and every span is one of the text.
#[test]
fn a_query_without_one_of_its_tokens_still_gives_a_tree() {
    let Some(data) = testdata::data_dir() else { return };
    for (i, query) in
        queries(&data, "kql/kql-dev.jsonl").iter().enumerate().filter(|(_, q)| q.len() < 4000)
    {
        let tokens = lex(query).tokens;
        let Some(token) = tokens.get((i * 7919) % tokens.len()) else { continue };
        let mutant = format!("{}{}", &query[..token.span.start], &query[token.span.end..]);
        for d in parse(&mutant).diagnostics {
            assert!(mutant.get(d.span.start..d.span.end).is_some(), "{d:?} in {mutant}");
        }
    }
}
