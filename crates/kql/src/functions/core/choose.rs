//! One value of several.
use super::support::{Outcome, boolean, common, function};
use crate::{
    functions::{Context, Function},
    value::{Type, Value},
};
use std::cmp::Ordering;

pub(super) const FUNCTIONS: &[Function] = &[
    function("iff", &["iif"], (3, 3), |types| common(&types[1..]), iff),
    function("case", &[], (3, usize::MAX), |types| common(&chosen(types)), case),
    function("coalesce", &[], (1, usize::MAX), common, coalesce),
    function("not", &[], (1, 1), boolean, |_, a| Ok(a[0].as_bool().map_or(Value::Null, |b| Value::Bool(!b)))),
    function("max_of", &[], (1, usize::MAX), common, |_, a| Ok(extreme(a, Ordering::Greater))),
    function("min_of", &[], (1, usize::MAX), common, |_, a| Ok(extreme(a, Ordering::Less))),
    function("assert", &[], (2, 2), boolean, assert),
];

/// The type is that of both branches; the values are converted to it.
fn into(value: &Value, others: &[Value]) -> Value {
    let types: Vec<Type> = others.iter().filter_map(Value::type_of).collect();
    match (value, common(&types)) {
        (Value::Int(_) | Value::Long(_) | Value::Real(_) | Value::Decimal(_), ty) if ty.is_number() => value.cast(ty),
        _ => value.clone(),
    }
}

fn iff(_: &Context, args: &[Value]) -> Outcome {
    let chosen = if args[0].as_bool() == Some(true) { &args[1] } else { &args[2] };
    Ok(into(chosen, &args[1..]))
}

/// The types of the values, not of the conditions.
fn chosen(types: &[Type]) -> Vec<Type> {
    let pairs = types.iter().skip(1).step_by(2).copied();
    let last = (types.len() % 2 == 1).then(|| types.last().copied()).flatten();
    pairs.chain(last).collect()
}

fn case(_: &Context, args: &[Value]) -> Outcome {
    if args.len() % 2 == 0 {
        return Err("case wants pairs of a condition and a value, and a value for the rest".to_owned());
    }
    let hit = args[..args.len() - 1].chunks(2).find(|pair| pair[0].as_bool() == Some(true));
    let value = hit.map_or(&args[args.len() - 1], |pair| &pair[1]);
    let values: Vec<Value> = args.iter().skip(1).step_by(2).chain(args.last()).cloned().collect();
    Ok(into(value, &values))
}

fn coalesce(_: &Context, args: &[Value]) -> Outcome {
    let known = |value: &&Value| !value.is_null() && !matches!(value, Value::Str(text) if text.is_empty());
    let found = args.iter().find(known).or(args.last()).cloned().unwrap_or(Value::Null);
    Ok(into(&found, args))
}

/// Nulls are left out.
fn extreme(args: &[Value], wanted: Ordering) -> Value {
    let known = args.iter().filter(|value| !value.is_null());
    let found = known.reduce(|best, value| if value.order(best) == wanted { value } else { best });
    into(found.unwrap_or(&Value::Null), args)
}

fn assert(_: &Context, args: &[Value]) -> Outcome {
    if args[0].as_bool() == Some(true) { Ok(Value::Bool(true)) } else { Err(args[1].to_text().to_string()) }
}
