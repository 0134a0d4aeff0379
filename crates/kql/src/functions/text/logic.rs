//! Choices: `iff`, `case`, `not`, `assert`.
use super::nulls::{common, widened};
use super::support::{Outcome, aliased, boolean, function, text};
use crate::functions::{Context, Function};
use crate::value::{Type, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    aliased(function("iff", 3, 3, choice_type, case), &["iif"]),
    function("case", 3, usize::MAX, choice_type, case),
    function("not", 1, 1, boolean, not),
    function("assert", 2, 2, boolean, assert),
];

/// Of `condition, value, condition, value, …, otherwise`.
fn choice_type(types: &[Type]) -> Type {
    let last = types.len().saturating_sub(1);
    let chosen: Vec<Type> = types
        .iter()
        .enumerate()
        .filter(|(at, _)| at % 2 == 1 || *at == last)
        .map(|(_, ty)| *ty)
        .collect();
    common(&chosen)
}

/// A condition that is null does not hold.
fn case(_: &Context, args: &[Value]) -> Outcome {
    let Some((otherwise, pairs)) = args.split_last() else { return Ok(Value::Null) };
    if pairs.len() % 2 == 1 {
        return Err("`case` wants pairs of condition and value, and a value for otherwise".into());
    }
    let chosen = pairs
        .chunks_exact(2)
        .find(|pair| pair[0].as_bool() == Some(true))
        .map_or(otherwise, |pair| &pair[1]);
    let mut among: Vec<Value> = pairs.iter().skip(1).step_by(2).cloned().collect();
    among.push(otherwise.clone());
    Ok(widened(Some(chosen), &among))
}

fn not(_: &Context, args: &[Value]) -> Outcome {
    Ok(args.first().and_then(Value::as_bool).map_or(Value::Null, |b| Value::Bool(!b)))
}

fn assert(_: &Context, args: &[Value]) -> Outcome {
    match args.first().and_then(Value::as_bool) {
        Some(true) => Ok(Value::Bool(true)),
        _ => Err(format!("assert: {}", text(args, 1))),
    }
}
