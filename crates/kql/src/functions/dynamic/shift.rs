//! Turning and shifting arrays.
use super::support::{Outcome, array, dynamic, element, function, length};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    function("array_rotate_left", 2, 2, dynamic, |_, a| Ok(rotate(a, 1))),
    function("array_rotate_right", 2, 2, dynamic, |_, a| Ok(rotate(a, -1))),
    function("array_shift_left", 2, 3, dynamic, shift_left),
    function("array_shift_right", 2, 3, dynamic, shift_right),
];

/// To the left by the second argument times the sign.
fn rotate(a: &[Value], sign: i64) -> Value {
    let (Some(items), Some(count)) = (array(&a[0]), a[1].as_long()) else { return Value::Null };
    let mut turned = items.to_vec();
    if !turned.is_empty() {
        let by = count.wrapping_mul(sign).rem_euclid(length(items));
        turned.rotate_left(usize::try_from(by).unwrap_or(0));
    }
    Value::dynamic(Dyn::Array(turned))
}

fn shift_left(_: &Context, a: &[Value]) -> Outcome {
    Ok(shift(a, 1))
}

fn shift_right(_: &Context, a: &[Value]) -> Outcome {
    Ok(shift(a, -1))
}

/// Without a value to fill in, texts are followed by empty texts and anything else by nulls.
fn shift(a: &[Value], sign: i64) -> Value {
    let (Some(items), Some(count)) = (array(&a[0]), a[1].as_long()) else { return Value::Null };
    let fill = a.get(2).map_or_else(
        || {
            let texts = !items.is_empty() && items.iter().all(|i| matches!(i, Dyn::Str(_)));
            if texts { Dyn::str("") } else { Dyn::Null }
        },
        element,
    );
    let to_left = (count < 0) == (sign < 0);
    let by = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX).min(items.len());
    let fills = std::iter::repeat_n(fill, by);
    let shifted = if to_left {
        items[by..].iter().cloned().chain(fills).collect()
    } else {
        fills.chain(items[..items.len() - by].iter().cloned()).collect()
    };
    Value::dynamic(Dyn::Array(shifted))
}
