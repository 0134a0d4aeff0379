//! Arrays: length, parts, search.
use super::support::{
    MOST, Outcome, aliased, array, dynamic, element, function, length, long, maybe, same, string,
    weight,
};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    aliased(function("array_length", 1, 1, long, array_length), &["arraylength"]),
    function("array_concat", 1, usize::MAX, dynamic, array_concat),
    function("array_slice", 3, 3, dynamic, array_slice),
    function("array_split", 2, 2, dynamic, array_split),
    function("array_index_of", 2, 5, long, array_index_of),
    function("array_reverse", 1, 1, dynamic, array_reverse),
    aliased(function("array_iff", 3, 3, dynamic, array_iff), &["array_iif"]),
    aliased(function("strcat_array", 2, 2, string, strcat_array), &["array_strcat"]),
];

fn array_length(_: &Context, a: &[Value]) -> Outcome {
    Ok(array(&a[0]).map_or(Value::Null, |items| Value::Long(length(items))))
}

/// What is no array is left out.
fn array_concat(_: &Context, a: &[Value]) -> Outcome {
    let mut all = Vec::new();
    for items in a.iter().filter_map(array) {
        if all.len() + items.len() > MOST {
            return Err(format!("array_concat() makes at most {MOST} elements"));
        }
        all.extend_from_slice(items);
    }
    Ok(Value::dynamic(Dyn::Array(all)))
}

/// Where an index lies, from the end when negative; may be outside.
fn absolute(index: i64, length: i64) -> i64 {
    if index < 0 { index.saturating_add(length) } else { index }
}

fn clamped(index: i64, length: i64) -> usize {
    usize::try_from(index.clamp(0, length)).unwrap_or(0)
}

/// Both ends belong to it.
fn array_slice(_: &Context, a: &[Value]) -> Outcome {
    let (Some(items), Some(start), Some(end)) = (array(&a[0]), a[1].as_long(), a[2].as_long())
    else {
        return Ok(Value::Null);
    };
    let size = length(items);
    let start = clamped(absolute(start, size), size);
    let end = clamped(absolute(end, size).saturating_add(1), size);
    Ok(Value::dynamic(Dyn::Array(items.get(start..end).unwrap_or_default().to_vec())))
}

fn array_split(_: &Context, a: &[Value]) -> Outcome {
    let Some(items) = array(&a[0]) else { return Ok(Value::Null) };
    let one = [element(&a[1])];
    let indices = array(&a[1]).unwrap_or(&one);
    let size = length(items);
    let mut parts = Vec::with_capacity(indices.len() + 1);
    let mut start = 0;
    for index in indices {
        let Some(index) = index.clone().into_scalar().as_long() else { return Ok(Value::Null) };
        // a place before the last one makes an empty part
        let end = clamped(absolute(index, size), size).max(start);
        parts.push(Dyn::Array(items[start..end].to_vec()));
        start = end;
    }
    parts.push(Dyn::Array(items[start..].to_vec()));
    Ok(Value::dynamic(Dyn::Array(parts)))
}

/// Start, length (-1 for all) and which occurrence, counted from 1, are optional.
fn array_index_of(_: &Context, a: &[Value]) -> Outcome {
    let number = |at: usize, otherwise: i64| {
        a.get(at).map_or(Some(otherwise), |v| if v.is_null() { None } else { v.as_long() })
    };
    let (Some(items), Some(start), Some(count), Some(occurrence)) =
        (array(&a[0]), number(2, 0), number(3, -1), number(4, 1))
    else {
        return Ok(Value::Null);
    };
    if count < -1 || occurrence < 0 {
        return Ok(Value::Null);
    }
    let size = length(items);
    let start = clamped(absolute(start, size), size);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let nth = usize::try_from(occurrence.max(1) - 1).unwrap_or(usize::MAX);
    let wanted = element(&a[1]);
    let found = items
        .iter()
        .enumerate()
        .skip(start)
        .take(count)
        .filter(|(_, item)| same(item, &wanted))
        .nth(nth)
        .and_then(|(at, _)| i64::try_from(at).ok());
    Ok(Value::Long(found.unwrap_or(-1)))
}

fn array_reverse(_: &Context, a: &[Value]) -> Outcome {
    Ok(maybe(array(&a[0]).map(|items| Dyn::Array(items.iter().rev().cloned().collect()))))
}

/// Conditions are booleans or numbers, anything else makes null; the two others may be arrays or the same value for all.
fn array_iff(_: &Context, a: &[Value]) -> Outcome {
    let Some(conditions) = array(&a[0]) else { return Ok(Value::Null) };
    let (yes, no) = (element(&a[1]), element(&a[2]));
    if conditions.len().saturating_mul(weight(&yes).max(weight(&no))) > MOST
        && (yes.as_array().is_none() || no.as_array().is_none())
    {
        return Err(format!("array_iff() makes at most {MOST} elements"));
    }
    let pick = |from: &Dyn, at: usize| match from {
        Dyn::Array(items) => items.get(at).cloned().unwrap_or_default(),
        one => one.clone(),
    };
    let picked = conditions.iter().enumerate().map(|(at, condition)| {
        let holds = match condition {
            Dyn::Bool(b) => Some(*b),
            Dyn::Long(n) => Some(*n != 0),
            Dyn::Real(n) => Some(*n != 0.0),
            _ => None,
        };
        holds.map_or(Dyn::Null, |holds| pick(if holds { &yes } else { &no }, at))
    });
    Ok(Value::dynamic(Dyn::Array(picked.collect())))
}

/// Null elements are empty texts.
fn strcat_array(_: &Context, a: &[Value]) -> Outcome {
    let delimiter = a[1].to_text();
    let mut text = String::new();
    for (at, item) in array(&a[0]).unwrap_or_default().iter().enumerate() {
        if at > 0 {
            text.push_str(&delimiter);
        }
        text.push_str(&item.to_text());
        if text.len() > MOST * 4 {
            return Err("strcat_array() makes at most 4 MiB".to_owned());
        }
    }
    Ok(Value::str(text))
}
