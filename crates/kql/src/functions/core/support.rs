//! What these functions share.
use crate::{
    functions::{Context, Function},
    value::{Type, Value},
};

pub(super) type Outcome = Result<Value, String>;
pub(super) type Eval = fn(&Context, &[Value]) -> Outcome;

pub(super) const fn function(
    name: &'static str,
    aliases: &'static [&'static str],
    (least, most): (usize, usize),
    result: fn(&[Type]) -> Type,
    eval: Eval,
) -> Function {
    Function { name, aliases, least, most, result, eval }
}

pub(super) fn boolean(_: &[Type]) -> Type {
    Type::Bool
}

pub(super) fn long(_: &[Type]) -> Type {
    Type::Long
}

pub(super) fn int(_: &[Type]) -> Type {
    Type::Int
}

pub(super) fn real(_: &[Type]) -> Type {
    Type::Real
}

pub(super) fn string(_: &[Type]) -> Type {
    Type::String
}

pub(super) fn dynamic(_: &[Type]) -> Type {
    Type::Dynamic
}

pub(super) fn datetime(_: &[Type]) -> Type {
    Type::DateTime
}

pub(super) fn timespan(_: &[Type]) -> Type {
    Type::TimeSpan
}

/// The type of the first argument.
pub(super) fn first(types: &[Type]) -> Type {
    types.first().copied().unwrap_or(Type::Dynamic)
}

/// The type that values of these types have together, as `iff` and `coalesce` give it.
pub(super) fn common(types: &[Type]) -> Type {
    let mut found: Option<Type> = None;
    for ty in types {
        found = Some(match (found, *ty) {
            (None, ty) => ty,
            (Some(a), b) if a == b => a,
            (Some(Type::Dynamic), b) => b,
            (Some(a), Type::Dynamic) => a,
            (Some(Type::Int), Type::Long) | (Some(Type::Long), Type::Int) => Type::Long,
            (Some(Type::Real), b) if b.is_number() => Type::Real,
            (Some(a), Type::Real) if a.is_number() => Type::Real,
            (Some(Type::Decimal), b) if b.is_number() => Type::Decimal,
            (Some(a), Type::Decimal) if a.is_number() => Type::Decimal,
            (Some(a), _) => a,
        });
    }
    found.unwrap_or(Type::Dynamic)
}

pub(super) fn text(value: impl AsRef<str>) -> Outcome {
    Ok(Value::str(value))
}
