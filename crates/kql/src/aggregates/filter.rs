//! What the aggregates share: the filter of the `…if` forms, results of empty groups, constants among the arguments.
use super::{Start, State};
use crate::value::{Type, Value};

/// What a group without a value has: strings have no null.
pub(super) fn nothing(of: Type) -> Value {
    if of == Type::String { Value::str("") } else { Value::Null }
}

pub(super) fn first_type(types: &[Type]) -> Type {
    types.first().copied().unwrap_or(Type::Dynamic)
}

pub(super) fn long(_: &[Type]) -> Vec<Type> {
    vec![Type::Long]
}

pub(super) fn real(_: &[Type]) -> Vec<Type> {
    vec![Type::Real]
}

pub(super) fn dynamic(_: &[Type]) -> Vec<Type> {
    vec![Type::Dynamic]
}

/// The type of the first argument.
pub(super) fn same(types: &[Type]) -> Vec<Type> {
    vec![first_type(types)]
}

/// A constant that limits something: `default` when it is not given, never above `most`.
pub(super) fn limit(
    constants: &[Option<Value>],
    at: usize,
    given: bool,
    default: usize,
    most: usize,
) -> Result<usize, String> {
    if !given {
        return Ok(default);
    }
    let size = constants.get(at).and_then(Option::as_ref).and_then(Value::as_long);
    match size {
        Some(size) if size >= 0 => Ok(usize::try_from(size).unwrap_or(most).min(most)),
        _ => Err("the maximum size must be a constant number that is not negative".to_owned()),
    }
}

/// Lets only those rows through whose argument `at` is true.
struct Filter {
    at: usize,
    inner: Box<dyn State>,
}

impl State for Filter {
    fn add(&mut self, row: &[Value]) {
        if row.get(self.at).and_then(Value::as_bool) == Some(true) {
            // what follows the predicate are constants, known since the start
            self.inner.add(&row[..self.at]);
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        self.inner.finish()
    }

    fn bytes(&self) -> usize {
        self.inner.bytes() + size_of::<Self>()
    }
}

/// `inner` without the predicate that is argument `at`.
pub(super) fn filtered(
    at: usize,
    inner: Start,
    types: &[Type],
    constants: &[Option<Value>],
) -> Result<Box<dyn State>, String> {
    if types.len() <= at {
        return Err("the predicate is missing".to_owned());
    }
    let mut types = types.to_vec();
    types.remove(at);
    let mut constants = constants.to_vec();
    if at < constants.len() {
        constants.remove(at);
    }
    Ok(Box::new(Filter { at, inner: inner(&types, &constants)? }))
}
