//! Sorting arrays, and others along with them.
use super::support::{Outcome, array, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use std::cmp::Ordering;

pub(super) static FUNCTIONS: &[Function] = &[
    function("array_sort_asc", 1, usize::MAX, dynamic, array_sort_asc),
    function("array_sort_desc", 1, usize::MAX, dynamic, array_sort_desc),
];

fn array_sort_asc(_: &Context, a: &[Value]) -> Outcome {
    Ok(sort(a, false))
}

fn array_sort_desc(_: &Context, a: &[Value]) -> Outcome {
    Ok(sort(a, true))
}

/// Kinds are kept apart in this order in both directions.
fn kind(value: &Dyn) -> u8 {
    match value {
        Dyn::Long(_) | Dyn::Real(_) | Dyn::Decimal(_) => 0,
        Dyn::DateTime(_) => 1,
        Dyn::TimeSpan(_) => 2,
        Dyn::Str(_) => 3,
        Dyn::Guid(_) => 4,
        _ => 5,
    }
}

fn order(a: &Dyn, b: &Dyn, falling: bool) -> Ordering {
    kind(a).cmp(&kind(b)).then_with(|| {
        let order = match (a, b) {
            (Dyn::Array(_) | Dyn::Bag(_), _) | (_, Dyn::Array(_) | Dyn::Bag(_)) => Ordering::Equal,
            (Dyn::Long(a), Dyn::Long(b)) => a.cmp(b),
            (Dyn::Str(a), Dyn::Str(b)) => a.cmp(b),
            (Dyn::Bool(a), Dyn::Bool(b)) => a.cmp(b),
            // numbers of several kinds by one measure, so that the order is never inconsistent
            _ if kind(a) == 0 => real(a).total_cmp(&real(b)),
            _ => a.clone().into_scalar().order(&b.clone().into_scalar()),
        };
        if falling { order.reverse() } else { order }
    })
}

fn real(value: &Dyn) -> f64 {
    value.clone().into_scalar().as_real().unwrap_or_default()
}

/// One array gives the array; several an array of them. A last boolean says whether nulls come last, which they do without.
fn sort(a: &[Value], falling: bool) -> Value {
    let (arrays, nulls_last) = match a {
        [arrays @ .., Value::Bool(last)] if !arrays.is_empty() => (arrays, *last),
        arrays => (arrays, true),
    };
    let Some(first) = array(&arrays[0]) else { return Value::Null };
    let mut places: Vec<usize> = (0..first.len()).collect();
    let mixed = first.iter().any(|v| matches!(v, Dyn::Real(_) | Dyn::Decimal(_)));
    places.sort_by(|a, b| {
        let (a, b) = (&first[*a], &first[*b]);
        match (matches!(a, Dyn::Null), matches!(b, Dyn::Null)) {
            (false, false) if mixed && kind(a) == 0 && kind(b) == 0 => {
                let order = real(a).total_cmp(&real(b));
                if falling { order.reverse() } else { order }
            }
            (false, false) => order(a, b, falling),
            (a, b) => {
                if nulls_last {
                    a.cmp(&b)
                } else {
                    b.cmp(&a)
                }
            }
        }
    });
    let in_order = |value: &Value| match array(value) {
        Some(items) if items.len() == first.len() => {
            Dyn::Array(places.iter().map(|at| items[*at].clone()).collect())
        }
        _ => Dyn::Null,
    };
    Value::dynamic(match arrays {
        [one] => in_order(one),
        several => Dyn::Array(several.iter().map(in_order).collect()),
    })
}
