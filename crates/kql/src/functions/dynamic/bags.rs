//! Property bags.
use super::path::{self, Step};
use super::support::{Outcome, aliased, array, bag, boolean, dynamic, element, function, insert};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

pub(super) static FUNCTIONS: &[Function] = &[
    aliased(function("bag_pack", 0, usize::MAX, dynamic, bag_pack), &["pack", "pack_dictionary"]),
    function("bag_keys", 1, 1, dynamic, bag_keys),
    function("bag_has_key", 2, 2, boolean, bag_has_key),
    function("bag_merge", 1, usize::MAX, dynamic, bag_merge),
    function("bag_remove_keys", 2, 2, dynamic, bag_remove_keys),
    function("bag_set_key", 3, 3, dynamic, bag_set_key),
    function("bag_zip", 2, 2, dynamic, bag_zip),
];

/// Null values are kept.
fn bag_pack(_: &Context, a: &[Value]) -> Outcome {
    if !a.len().is_multiple_of(2) {
        return Err("bag_pack() takes a value for each key: an even number of arguments".to_owned());
    }
    let mut entries = Vec::with_capacity(a.len() / 2);
    for pair in a.chunks_exact(2) {
        insert(&mut entries, &pair[0].to_text(), element(&pair[1]));
    }
    Ok(Value::dynamic(Dyn::Bag(entries)))
}

fn bag_keys(_: &Context, a: &[Value]) -> Outcome {
    Ok(bag(&a[0]).map_or(Value::Null, |entries| {
        let names = entries.iter().map(|(name, _)| Dyn::Str(name.clone())).collect();
        Value::dynamic(Dyn::Array(names))
    }))
}

/// A key, or a path to one that lies deeper.
fn steps(key: &str) -> Vec<Step> {
    let path = if key.starts_with("$.") || key.starts_with("$[") { path::parse(key) } else { None };
    path.unwrap_or_else(|| vec![Step::Key(key.into())])
}

fn bag_has_key(_: &Context, a: &[Value]) -> Outcome {
    Ok(match &a[0] {
        Value::Dynamic(d) if d.as_bag().is_some() => {
            Value::Bool(path::get(d, &steps(&a[1].to_text())).is_some())
        }
        _ => Value::Null,
    })
}

/// The first of several values of one name stays. What is no bag counts as an empty one.
fn bag_merge(_: &Context, a: &[Value]) -> Outcome {
    let mut merged: Vec<(Arc<str>, Dyn)> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut any = false;
    for entries in a.iter().filter_map(bag) {
        any = true;
        for (name, value) in entries {
            if seen.insert(name) {
                merged.push((name.clone(), value.clone()));
            }
        }
    }
    Ok(if any { Value::dynamic(Dyn::Bag(merged)) } else { Value::Null })
}

fn bag_remove_keys(_: &Context, a: &[Value]) -> Outcome {
    let Value::Dynamic(d) = &a[0] else { return Ok(Value::Null) };
    if d.as_bag().is_none() {
        return Ok(Value::Null);
    }
    let Some(keys) = array(&a[1]) else { return Ok(a[0].clone()) };
    let mut rest = d.as_ref().clone();
    let mut own: HashSet<Arc<str>> = HashSet::new();
    for key in keys.iter().filter_map(|key| if let Dyn::Str(key) = key { Some(key) } else { None })
    {
        match steps(key).as_slice() {
            [Step::Key(name)] => drop(own.insert(name.clone())),
            deeper => path::remove(&mut rest, deeper),
        }
    }
    if let Dyn::Bag(entries) = &mut rest {
        entries.retain(|(name, _)| !own.contains(name));
    }
    Ok(Value::dynamic(rest))
}

fn bag_set_key(_: &Context, a: &[Value]) -> Outcome {
    let Value::Dynamic(d) = &a[0] else { return Ok(Value::Null) };
    if d.as_bag().is_none() {
        return Ok(Value::Null);
    }
    let mut changed = d.as_ref().clone();
    path::set(&mut changed, &steps(&a[1].to_text()), element(&a[2]));
    Ok(Value::dynamic(changed))
}

/// Keys that are no texts are passed over with their values; keys beyond the values get null.
fn bag_zip(_: &Context, a: &[Value]) -> Outcome {
    let Some(keys) = array(&a[0]) else { return Ok(Value::Null) };
    let values = array(&a[1]).unwrap_or_default();
    let mut entries: Vec<(Arc<str>, Dyn)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (at, key) in keys.iter().enumerate() {
        let Dyn::Str(name) = key else { continue };
        let value = values.get(at).cloned().unwrap_or_default();
        match places.get(&**name) {
            Some(place) => entries[*place].1 = value,
            None => {
                places.insert(name, entries.len());
                entries.push((name.clone(), value));
            }
        }
    }
    Ok(Value::dynamic(Dyn::Bag(entries)))
}
