//! Comparisons, tests of text, and logic with three values.
use super::pairwise;
use crate::{
    functions::{matches_regex, terms},
    syntax::ast::{BinaryOp, TextTest},
    table::Column,
    value::{Type, Value},
};
use std::cmp::Ordering;

pub(super) fn and(l: &Column, r: &Column) -> Column {
    pairwise(l, r, Type::Bool, |a, b| match (a.as_bool(), b.as_bool()) {
        (Some(false), _) | (_, Some(false)) => Value::Bool(false),
        (Some(true), Some(true)) => Value::Bool(true),
        _ => Value::Null,
    })
}

pub(super) fn or(l: &Column, r: &Column) -> Column {
    pairwise(l, r, Type::Bool, |a, b| match (a.as_bool(), b.as_bool()) {
        (Some(true), _) | (_, Some(true)) => Value::Bool(true),
        (Some(false), Some(false)) => Value::Bool(false),
        _ => Value::Null,
    })
}

pub(super) fn binary(op: BinaryOp, l: &Column, r: &Column) -> Column {
    // a time compared with a text: the text is read as a time
    let read = |column: &Column, other: Type| match (column.ty, other) {
        (Type::String, Type::DateTime | Type::TimeSpan | Type::Guid) => {
            crate::run::convert(column, other)
        }
        _ => column.clone(),
    };
    let (l, r) = (&read(l, r.ty), &read(r, l.ty));
    match op {
        BinaryOp::Equal => {
            pairwise(l, r, Type::Bool, |a, b| unless_null(a, b, Value::Bool(equal(a, b))))
        }
        BinaryOp::NotEqual => {
            pairwise(l, r, Type::Bool, |a, b| unless_null(a, b, Value::Bool(!equal(a, b))))
        }
        BinaryOp::Less => ordered(l, r, Ordering::is_lt),
        BinaryOp::LessEqual => ordered(l, r, Ordering::is_le),
        BinaryOp::Greater => ordered(l, r, Ordering::is_gt),
        BinaryOp::GreaterEqual => ordered(l, r, Ordering::is_ge),
        BinaryOp::EqualTilde => pairwise(l, r, Type::Bool, |a, b| Value::Bool(same_letters(a, b))),
        BinaryOp::NotEqualTilde => {
            pairwise(l, r, Type::Bool, |a, b| Value::Bool(!same_letters(a, b)))
        }
        BinaryOp::MatchesRegex => pairwise(l, r, Type::Bool, |a, b| {
            Value::Bool(matches_regex(&a.to_text(), &b.to_text()))
        }),
        BinaryOp::Term => pairwise(l, r, Type::Bool, |a, b| {
            Value::Bool(terms::has(&a.to_text(), &b.to_text(), false))
        }),
        BinaryOp::Text { test, negated, case_sensitive } => pairwise(l, r, Type::Bool, |a, b| {
            Value::Bool(text(test, &a.to_text(), &b.to_text(), case_sensitive) != negated)
        }),
        _ => Column::same(Value::Null, Type::Bool, l.len()),
    }
}

/// Whether null equals null is not known.
fn unless_null(a: &Value, b: &Value, found: Value) -> Value {
    if a.is_null() && b.is_null() { Value::Null } else { found }
}

/// Null is equal to nothing but null.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Real(a), Value::Real(b)) => a == b,
        (Value::Dynamic(d), Value::Str(s)) | (Value::Str(s), Value::Dynamic(d)) => {
            *d.to_text() == **s
        }
        (a, b) => a == b,
    }
}

fn ordered(l: &Column, r: &Column, is: fn(Ordering) -> bool) -> Column {
    pairwise(l, r, Type::Bool, |a, b| {
        if a.is_null() || b.is_null() {
            Value::Null
        } else {
            Value::Bool(a.compare(b).is_some_and(is))
        }
    })
}

pub(super) fn same_letters(a: &Value, b: &Value) -> bool {
    let (a, b) = (a.to_text(), b.to_text());
    a == b || a.to_lowercase() == b.to_lowercase()
}

pub(super) fn text(test: TextTest, text: &str, wanted: &str, case_sensitive: bool) -> bool {
    match test {
        TextTest::Has => terms::has(text, wanted, case_sensitive),
        TextTest::HasPrefix => terms::hasprefix(text, wanted, case_sensitive),
        TextTest::HasSuffix => terms::hassuffix(text, wanted, case_sensitive),
        TextTest::Contains => terms::contains(text, wanted, case_sensitive),
        TextTest::StartsWith => terms::startswith(text, wanted, case_sensitive),
        TextTest::EndsWith => terms::endswith(text, wanted, case_sensitive),
        TextTest::Like => like(text, wanted, case_sensitive),
    }
}

/// `%` and `*` stand for anything.
fn like(text: &str, pattern: &str, case_sensitive: bool) -> bool {
    let expression: String =
        pattern.split(['%', '*']).map(regex::escape).collect::<Vec<_>>().join(".*");
    let case = if case_sensitive { "" } else { "(?i)" };
    matches_regex(text, &format!("(?s){case}^{expression}$"))
}

/// Both ends are inside; a time span as the upper end is counted from the lower.
pub(super) fn between(negated: bool, operand: &Column, low: &Column, high: &Column) -> Column {
    let values = (0..operand.len()).map(|row| {
        let (value, low, high) = (operand.get(row), low.get(row), high.get(row));
        let high = match (&low, &high) {
            (Value::DateTime(from), Value::TimeSpan(span)) => {
                Value::DateTime(from.saturating_add(*span))
            }
            _ => high,
        };
        match (value.compare(&low), value.compare(&high)) {
            (Some(l), Some(h)) => Value::Bool((l.is_ge() && h.is_le()) != negated),
            _ => Value::Bool(negated),
        }
    });
    Column::new(Type::Bool, values.collect::<Vec<_>>())
}
