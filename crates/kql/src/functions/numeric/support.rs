//! What the functions on numbers and times share.
use crate::functions::{Context, Function};
use crate::value::{Type, Value, time};

/// What an evaluation gives.
pub(super) type Outcome = Result<Value, String>;

/// A function without older names.
pub(super) const fn function(
    name: &'static str,
    least: usize,
    most: usize,
    result: fn(&[Type]) -> Type,
    eval: fn(&Context, &[Value]) -> Outcome,
) -> Function {
    Function { name, aliases: &[], least, most, result, eval }
}

/// A function with older names.
pub(super) const fn aliased(function: Function, aliases: &'static [&'static str]) -> Function {
    Function { aliases, ..function }
}

pub(super) fn boolean(_: &[Type]) -> Type {
    Type::Bool
}

pub(super) fn int(_: &[Type]) -> Type {
    Type::Int
}

pub(super) fn long(_: &[Type]) -> Type {
    Type::Long
}

pub(super) fn real(_: &[Type]) -> Type {
    Type::Real
}

pub(super) fn datetime(_: &[Type]) -> Type {
    Type::DateTime
}

pub(super) fn timespan(_: &[Type]) -> Type {
    Type::TimeSpan
}

pub(super) fn string(_: &[Type]) -> Type {
    Type::String
}

pub(super) fn dynamic(_: &[Type]) -> Type {
    Type::Dynamic
}

/// The datetime, null where it is out of the years 1 to 9999.
pub(super) fn moment(ticks: Option<i64>) -> Value {
    ticks.filter(|t| (0..=time::LAST).contains(t)).map_or(Value::Null, Value::DateTime)
}

pub(super) fn text(value: Option<String>) -> Value {
    Value::str(value.unwrap_or_default())
}

/// The type that values of all of these have as one.
pub(super) fn widest(types: &[Type]) -> Type {
    let rank = |ty: &Type| match ty {
        Type::Int => 0,
        Type::Long => 1,
        Type::Decimal => 2,
        Type::Real => 3,
        _ => 4,
    };
    types.iter().copied().max_by_key(rank).unwrap_or(Type::Long)
}

/// As the result's type has it, which follows from the arguments' types.
pub(super) fn fitting(result: fn(&[Type]) -> Type, args: &[Value], value: Value) -> Value {
    let types: Vec<Type> = args.iter().map(|v| v.type_of().unwrap_or(Type::Int)).collect();
    match (value.type_of(), result(&types)) {
        (Some(ty), wanted) if ty != wanted => value.cast(wanted),
        _ => value,
    }
}
