//! What the functions on dynamic values share.
use crate::functions::{Context, Function};
use crate::value::{Dyn, Type, Value};
use std::sync::Arc;

/// What an evaluation gives.
pub(super) type Outcome = Result<Value, String>;

/// As many elements as one call makes at most, as in Kusto.
pub(super) const MOST: usize = 1 << 20;

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

pub(super) fn dynamic(_: &[Type]) -> Type {
    Type::Dynamic
}

pub(super) fn long(_: &[Type]) -> Type {
    Type::Long
}

pub(super) fn real(_: &[Type]) -> Type {
    Type::Real
}

pub(super) fn boolean(_: &[Type]) -> Type {
    Type::Bool
}

pub(super) fn string(_: &[Type]) -> Type {
    Type::String
}

pub(super) fn array(value: &Value) -> Option<&[Dyn]> {
    match value {
        Value::Dynamic(d) => d.as_array(),
        _ => None,
    }
}

pub(super) fn bag(value: &Value) -> Option<&[(Arc<str>, Dyn)]> {
    match value {
        Value::Dynamic(d) => d.as_bag(),
        _ => None,
    }
}

/// As an element of an array or bag.
pub(super) fn element(value: &Value) -> Dyn {
    value.to_dyn().unwrap_or_default()
}

/// The dynamic value, or null for none.
pub(super) fn maybe(value: Option<Dyn>) -> Value {
    value.map_or(Value::Null, Value::dynamic)
}

pub(super) fn length(items: &[Dyn]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

/// How many values there are in it, to bound what is copied of it.
pub(super) fn weight(value: &Dyn) -> usize {
    match value {
        Dyn::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Dyn::Bag(entries) => 1 + entries.iter().map(|(_, v)| weight(v)).sum::<usize>(),
        _ => 1,
    }
}

/// Puts it in, in the place of one of the same name.
pub(super) fn insert(entries: &mut Vec<(Arc<str>, Dyn)>, name: &Arc<str>, value: Dyn) {
    match entries.iter_mut().find(|(key, _)| key == name) {
        Some((_, old)) => *old = value,
        None => entries.push((Arc::clone(name), value)),
    }
}

/// The same and of the same kind: unlike `==`, true is not 1.
pub(super) fn same(a: &Dyn, b: &Dyn) -> bool {
    matches!(a, Dyn::Bool(_)) == matches!(b, Dyn::Bool(_)) && a == b
}
