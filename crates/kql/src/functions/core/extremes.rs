//! `max_of`, `min_of`.
use super::support::{common, function};
use crate::{
    functions::Function,
    value::{Type, Value},
};
use std::cmp::Ordering;

pub(super) const FUNCTIONS: &[Function] = &[
    function("max_of", &[], (1, usize::MAX), common, |_, a| Ok(extreme(a, Ordering::Greater))),
    function("min_of", &[], (1, usize::MAX), common, |_, a| Ok(extreme(a, Ordering::Less))),
];

/// Nulls are left out; with what is no number nothing can be compared.
fn extreme(args: &[Value], wanted: Ordering) -> Value {
    if let Some(nan) = args.iter().find(|value| matches!(value, Value::Real(n) if n.is_nan())) {
        return nan.clone();
    }
    let known = args.iter().filter(|value| !value.is_null());
    let found = known.reduce(|best, value| if value.order(best) == wanted { value } else { best });
    let Some(found) = found else { return Value::Null };
    let types: Vec<Type> = args.iter().filter_map(Value::type_of).collect();
    match common(&types) {
        ty if ty.is_number() => found.cast(ty),
        _ => found.clone(),
    }
}
