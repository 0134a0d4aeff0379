//! Filling the gaps of a series.
use super::{number, whole};
use crate::functions::dynamic::support::{Outcome, array, dynamic, element, function, same};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_fill_backward", 1, 2, dynamic, series_fill_backward),
    function("series_fill_forward", 1, 2, dynamic, series_fill_forward),
    function("series_fill_const", 1, 3, dynamic, series_fill_const),
    function("series_fill_linear", 1, 4, dynamic, series_fill_linear),
];

/// Whether an element is a gap: the same as the value that stands for one, which is null if not given.
fn gaps(placeholder: Option<&Value>) -> impl Fn(&Dyn) -> bool {
    let placeholder = placeholder.map(element).unwrap_or_default();
    move |item| same(item, &placeholder)
}

fn carried<'a>(items: impl Iterator<Item = &'a Dyn>, gap: impl Fn(&Dyn) -> bool) -> Vec<Dyn> {
    let mut last = None;
    let carry = |item: &'a Dyn| {
        if !gap(item) {
            last = Some(item);
        }
        last.unwrap_or(item).clone()
    };
    items.map(carry).collect()
}

fn series_fill_forward(_: &Context, a: &[Value]) -> Outcome {
    let Some(items) = array(&a[0]) else { return Ok(Value::Null) };
    Ok(Value::dynamic(Dyn::Array(carried(items.iter(), gaps(a.get(1))))))
}

fn series_fill_backward(_: &Context, a: &[Value]) -> Outcome {
    let Some(items) = array(&a[0]) else { return Ok(Value::Null) };
    let mut filled = carried(items.iter().rev(), gaps(a.get(1)));
    filled.reverse();
    Ok(Value::dynamic(Dyn::Array(filled)))
}

fn constant(value: Option<&Value>) -> Dyn {
    match value.map(element) {
        None | Some(Dyn::Null) => Dyn::Real(0.0),
        Some(given) => given,
    }
}

fn series_fill_const(_: &Context, a: &[Value]) -> Outcome {
    let Some(items) = array(&a[0]) else { return Ok(Value::Null) };
    let (fill, gap) = (constant(a.get(1)), gaps(a.get(2)));
    let filled = items.iter().map(|item| if gap(item) { &fill } else { item }.clone());
    Ok(Value::dynamic(Dyn::Array(filled.collect())))
}

/// Between two numbers along the line; the ends with the nearest number unless told otherwise; without any number by the constant.
fn series_fill_linear(_: &Context, a: &[Value]) -> Outcome {
    let Some(items) = array(&a[0]) else { return Ok(Value::Null) };
    let gap = gaps(a.get(1));
    let edges = a.get(2).and_then(Value::as_bool).unwrap_or(true);
    let longs = whole(items);
    let known: Vec<(usize, f64)> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| !gap(item))
        .filter_map(|(at, item)| number(item).map(|n| (at, n)))
        .collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return Ok(Value::dynamic(Dyn::Array(vec![constant(a.get(3)); items.len()])));
    };
    #[allow(clippy::cast_possible_truncation, reason = "between two longs; the cast saturates")]
    let as_item = |n: f64| if longs { Dyn::Long(n as i64) } else { Dyn::Real(n) };
    let mut filled = items.to_vec();
    for (at, item) in filled.iter_mut().enumerate().filter(|(_, item)| gap(item)) {
        let after = known.partition_point(|(place, _)| *place < at);
        let between = known.get(after).zip(after.checked_sub(1).and_then(|b| known.get(b)));
        *item = match between {
            Some(((right, b), (left, a))) => {
                let step = (b - a) / super::count(right - left);
                as_item(a + step * super::count(at - left))
            }
            None if edges => items[if at < first.0 { first.0 } else { last.0 }].clone(),
            None => continue,
        };
    }
    if !longs {
        // one real makes all of them reals
        for item in &mut filled {
            if let Some(n) = number(item) {
                *item = Dyn::Real(n);
            }
        }
    }
    Ok(Value::dynamic(Dyn::Array(filled)))
}
