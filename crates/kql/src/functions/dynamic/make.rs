//! Making arrays: of values, of repetitions, of steps, of pairs.
use super::support::{MOST, Outcome, array, dynamic, element, function, weight};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value, time};

pub(super) static FUNCTIONS: &[Function] = &[
    function("pack_array", 0, usize::MAX, dynamic, pack_array),
    function("repeat", 2, 2, dynamic, repeat),
    function("range", 2, 3, dynamic, range),
    function("zip", 1, usize::MAX, dynamic, zip),
];

fn pack_array(_: &Context, a: &[Value]) -> Outcome {
    Ok(Value::dynamic(Dyn::Array(a.iter().map(element).collect())))
}

fn repeat(_: &Context, a: &[Value]) -> Outcome {
    let Some(count) = a[1].as_long().and_then(|n| usize::try_from(n).ok()) else {
        return Ok(Value::Null);
    };
    let value = element(&a[0]);
    let count = count.min(MOST / weight(&value));
    Ok(Value::dynamic(Dyn::Array(vec![value; count])))
}

/// Ends belong to it; no more than [`MOST`] elements. Without a step by 1, times by an hour.
fn range(_: &Context, a: &[Value]) -> Outcome {
    let made = match (&a[0], &a[1]) {
        (Value::DateTime(from), _) => a[1].as_datetime().and_then(|to| {
            let steps = whole(*from, to, span(a)?);
            Some(steps.filter(|t| (0..=time::LAST).contains(t)).map(Dyn::DateTime).collect())
        }),
        (Value::TimeSpan(from), _) => a[1]
            .as_timespan()
            .and_then(|to| Some(whole(*from, to, span(a)?).map(Dyn::TimeSpan).collect())),
        (Value::Null, _) | (_, Value::Null) => None,
        _ => numbers(a),
    };
    Ok(made.map_or(Value::Null, |items| Value::dynamic(Dyn::Array(items))))
}

fn span(a: &[Value]) -> Option<i64> {
    a.get(2).map_or(Some(time::HOUR), Value::as_timespan)
}

fn numbers(a: &[Value]) -> Option<Vec<Dyn>> {
    let one = Value::Long(1);
    let step = a.get(2).unwrap_or(&one);
    let whole_number = |v: &Value| match v {
        Value::Dynamic(d) => matches!(d.as_ref(), Dyn::Long(_)),
        v => matches!(v, Value::Int(_) | Value::Long(_)),
    };
    if [&a[0], &a[1], step].into_iter().all(whole_number) {
        let steps = whole(a[0].as_long()?, a[1].as_long()?, step.as_long()?);
        return Some(steps.map(Dyn::Long).collect());
    }
    let (from, to, step) = (a[0].as_real()?, a[1].as_real()?, step.as_real()?);
    let mut items = Vec::new();
    let mut count = 0_u32;
    while items.len() < MOST && step != 0.0 {
        let at = from + f64::from(count) * step;
        let inside = if step > 0.0 { at <= to } else { at >= to };
        if !inside {
            break;
        }
        items.push(Dyn::Real(at));
        count += 1;
    }
    Some(items)
}

fn whole(from: i64, to: i64, step: i64) -> impl Iterator<Item = i64> {
    let first = (step != 0).then_some(from);
    std::iter::successors(first, move |at| at.checked_add(step))
        .take_while(move |at| if step > 0 { *at <= to } else { *at >= to })
        .take(MOST)
}

/// As long as the longest; the shorter ones are filled up with nulls.
fn zip(_: &Context, a: &[Value]) -> Outcome {
    let arrays: Vec<&[Dyn]> = a.iter().map(|v| array(v).unwrap_or_default()).collect();
    if a.iter().all(|v| array(v).is_none()) {
        return Ok(Value::Null);
    }
    let longest = arrays.iter().map(|items| items.len()).max().unwrap_or(0);
    if longest.saturating_mul(arrays.len()) > MOST {
        return Err(format!("zip() makes at most {MOST} elements"));
    }
    let row = |at: usize| {
        Dyn::Array(arrays.iter().map(|items| items.get(at).cloned().unwrap_or_default()).collect())
    };
    Ok(Value::dynamic(Dyn::Array((0..longest).map(row).collect())))
}
