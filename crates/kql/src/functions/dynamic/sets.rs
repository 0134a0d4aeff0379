//! Arrays as sets.
use super::support::{Outcome, array, boolean, dynamic, element, function, same};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use std::{
    collections::HashSet,
    hash::{Hash, Hasher},
};

pub(super) static FUNCTIONS: &[Function] = &[
    function("set_union", 1, usize::MAX, dynamic, set_union),
    function("set_intersect", 1, usize::MAX, dynamic, set_intersect),
    function("set_difference", 1, usize::MAX, dynamic, set_difference),
    function("set_equals", 2, 2, boolean, set_equals),
    function("set_has_element", 2, 2, boolean, set_has_element),
    function("jaccard_index", 2, 2, dynamic, jaccard_index),
];

/// An element as a member: true is not 1, but 1 is 1.0.
#[derive(PartialEq, Eq)]
struct Member(bool, Value);

impl Hash for Member {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
        self.1.hash(state);
    }
}

fn member(item: &Dyn) -> Member {
    Member(matches!(item, Dyn::Bool(_)), item.clone().into_scalar())
}

fn members(items: &[Dyn]) -> HashSet<Member> {
    items.iter().map(member).collect()
}

fn set_union(_: &Context, a: &[Value]) -> Outcome {
    if a.iter().all(Value::is_null) {
        return Ok(Value::Null);
    }
    let mut seen = HashSet::new();
    let all = a.iter().filter_map(array).flatten();
    let items = all.filter(|item| seen.insert(member(item))).cloned().collect();
    Ok(Value::dynamic(Dyn::Array(items)))
}

fn set_intersect(_: &Context, a: &[Value]) -> Outcome {
    let Some(first) = array(&a[0]) else { return Ok(Value::Null) };
    let mut others = Vec::new();
    for other in &a[1..] {
        let Some(items) = array(other) else { return Ok(Value::Null) };
        others.push(members(items));
    }
    let mut seen = HashSet::new();
    let kept = first.iter().filter(|item| {
        let member = member(item);
        others.iter().all(|other| other.contains(&member)) && seen.insert(member)
    });
    Ok(Value::dynamic(Dyn::Array(kept.cloned().collect())))
}

fn set_difference(_: &Context, a: &[Value]) -> Outcome {
    let Some(first) = array(&a[0]) else { return Ok(Value::Null) };
    let mut seen: HashSet<Member> = a[1..].iter().filter_map(array).flatten().map(member).collect();
    let kept = first.iter().filter(|item| seen.insert(member(item)));
    Ok(Value::dynamic(Dyn::Array(kept.cloned().collect())))
}

fn set_equals(_: &Context, a: &[Value]) -> Outcome {
    let (Some(left), Some(right)) = (array(&a[0]), array(&a[1])) else { return Ok(Value::Null) };
    Ok(Value::Bool(members(left) == members(right)))
}

fn set_has_element(_: &Context, a: &[Value]) -> Outcome {
    let Some(items) = array(&a[0]) else { return Ok(Value::Null) };
    let wanted = element(&a[1]);
    Ok(Value::Bool(items.iter().any(|item| same(item, &wanted))))
}

/// How many they share, of all that they have.
#[allow(clippy::cast_precision_loss, reason = "far fewer than 2^53")]
fn jaccard_index(_: &Context, a: &[Value]) -> Outcome {
    let (Some(left), Some(right)) = (array(&a[0]), array(&a[1])) else { return Ok(Value::Null) };
    let (left, right) = (members(left), members(right));
    let shared = left.intersection(&right).count();
    let all = left.len() + right.len() - shared;
    Ok(if all == 0 { Value::Null } else { Value::dynamic(Dyn::Real(shared as f64 / all as f64)) })
}
