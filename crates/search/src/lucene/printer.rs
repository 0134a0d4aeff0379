//! Tree to text, such that `parse(print(q))` means what `q` means, and is `q` where `q` came from `parse`.
use crate::ast::{Bound, Pattern, Query, Test};
use crate::glob::{Token, tokens};

pub fn print(query: &Query) -> String {
    match query {
        Query::All => "*:*".into(),
        Query::And(all) if all.is_empty() => "*:*".into(),
        Query::Or(any) if any.is_empty() => "NOT *:*".into(),
        Query::And(all) => all.iter().map(inner).collect::<Vec<_>>().join(" AND "),
        Query::Or(any) => any.iter().map(of_or).collect::<Vec<_>>().join(" OR "),
        Query::Not(q) => format!("NOT {}", inner(q)),
        Query::Exists(name) => format!("_exists_:{}", escape(name)),
        Query::Text(Pattern::Phrase(text)) => quote(text),
        Query::Text(Pattern::Glob(pattern)) => glob(pattern),
        Query::Field { name, test } => format!("{}:{}", field(name), self::test(test)),
    }
}

/// AND binds closer than OR: brackets around it would be one group more than was typed, and groups are counted.
fn of_or(query: &Query) -> String {
    if matches!(query, Query::And(_)) { print(query) } else { inner(query) }
}

fn inner(query: &Query) -> String {
    match query {
        Query::And(parts) | Query::Or(parts) if !parts.is_empty() => format!("({})", print(query)),
        _ => print(query),
    }
}

fn test(test: &Test) -> String {
    match test {
        Test::Is(text) => quote(text),
        Test::Glob(pattern) => glob(pattern),
        Test::Cidr(block) => block.clone(),
        Test::Range { from, to } => {
            let left = if matches!(from, Bound::Excluding(_)) { '{' } else { '[' };
            let right = if matches!(to, Bound::Excluding(_)) { '}' } else { ']' };
            format!("{left}{} TO {}{right}", bound(from), bound(to))
        }
    }
}

fn bound(bound: &Bound) -> String {
    match bound {
        Bound::Open => "*".into(),
        Bound::Including(text) | Bound::Excluding(text) => quote(text),
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Every character that could mean something has a `\` before it.
fn escape(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '@');
    text.chars().flat_map(|c| (!plain(c)).then_some('\\').into_iter().chain([c])).collect()
}

/// A field that bears the name of the word for "has a value" is not that word.
fn field(name: &str) -> String {
    if name == "_exists_" { r"\_exists_".into() } else { escape(name) }
}

fn glob(pattern: &str) -> String {
    tokens(pattern)
        .into_iter()
        .map(|t| match t {
            Token::Any => "*".into(),
            Token::One => "?".into(),
            Token::Char(c) => escape(&c.to_string()),
        })
        .collect()
}
