//! Null and empty.
use super::support::{Outcome, aliased, boolean, function};
use crate::functions::{Context, Function};
use crate::value::{Type, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    function("isnull", 1, 1, boolean, |_, args| Ok(Value::Bool(is_null(args)))),
    aliased(
        function("isnotnull", 1, 1, boolean, |_, args| Ok(Value::Bool(!is_null(args)))),
        &["notnull"],
    ),
    function("isempty", 1, 1, boolean, |_, args| Ok(Value::Bool(is_empty(args)))),
    aliased(
        function("isnotempty", 1, 1, boolean, |_, args| Ok(Value::Bool(!is_empty(args)))),
        &["notempty"],
    ),
    function("coalesce", 2, usize::MAX, common, coalesce),
];

fn is_null(args: &[Value]) -> bool {
    args.first().is_none_or(Value::is_null)
}

fn is_empty(args: &[Value]) -> bool {
    args.first().is_none_or(missing)
}

/// Null, or the empty text that stands for it among strings.
fn missing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Str(s) => s.is_empty(),
        Value::Dynamic(d) => d.to_text().is_empty(),
        _ => false,
    }
}

fn coalesce(_: &Context, args: &[Value]) -> Outcome {
    Ok(widened(args.iter().find(|value| !missing(value)), args))
}

/// The type that all have room in: the widest of numbers, else the first that is not dynamic.
pub(super) fn common(types: &[Type]) -> Type {
    let mut plain = types.iter().copied().filter(|ty| *ty != Type::Dynamic);
    let Some(first) = plain.next() else { return Type::Dynamic };
    plain.fold(first, |widest, ty| match (widest, ty) {
        (a, b) if !a.is_number() || !b.is_number() => a,
        (Type::Decimal, _) | (_, Type::Decimal) => Type::Decimal,
        (Type::Real, _) | (_, Type::Real) => Type::Real,
        (Type::Long, _) | (_, Type::Long) => Type::Long,
        (a, _) => a,
    })
}

/// The chosen value in the type that the values have in common.
pub(super) fn widened(chosen: Option<&Value>, among: &[Value]) -> Value {
    let types: Vec<Type> = among.iter().filter_map(Value::type_of).collect();
    let ty = common(&types);
    match chosen {
        Some(value) if value.is_null() && !types.is_empty() && ty == Type::String => Value::str(""),
        Some(value) if value.type_of().is_some_and(|own| own != ty) => value.cast(ty),
        Some(value) => value.clone(),
        None if among.iter().any(|value| matches!(value, Value::Str(_))) => Value::str(""),
        None => Value::Null,
    }
}
