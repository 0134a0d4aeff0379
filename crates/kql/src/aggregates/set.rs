//! `make_set`: the distinct values, each where it was first seen. The elements of arrays are members, not the arrays.
use super::{
    Aggregate, State,
    canonical::{Member, weight},
    filter::{dynamic, filtered, limit},
    list::{LEGACY, MOST},
};
use crate::value::{Dyn, Type, Value};
use std::collections::HashMap;

pub(super) const ALL: &[Aggregate] = &[
    Aggregate {
        name: "make_set",
        aliases: &[],
        least: 1,
        most: 2,
        result: dynamic,
        start: make_set,
    },
    Aggregate {
        name: "makeset",
        aliases: &[],
        least: 1,
        most: 2,
        result: dynamic,
        start: |types, constants| start(types, constants, LEGACY),
    },
    Aggregate {
        name: "make_set_if",
        aliases: &[],
        least: 2,
        most: 3,
        result: dynamic,
        start: |types, constants| filtered(1, make_set, types, constants),
    },
];

fn make_set(types: &[Type], constants: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    start(types, constants, MOST)
}

struct Set {
    most: usize,
    members: HashMap<Member, usize>,
    bytes: usize,
}

fn start(
    types: &[Type],
    constants: &[Option<Value>],
    default: usize,
) -> Result<Box<dyn State>, String> {
    let most = limit(constants, 1, types.len() > 1, default, MOST)?;
    Ok(Box::new(Set { most, members: HashMap::new(), bytes: 0 }))
}

impl Set {
    fn insert(&mut self, value: Dyn) {
        let next = self.members.len();
        if next >= self.most || matches!(value, Dyn::Null) {
            return;
        }
        let bytes = weight(&value) + size_of::<usize>();
        self.members.entry(Member(value)).or_insert_with(|| {
            self.bytes += bytes;
            next
        });
    }
}

impl State for Set {
    fn add(&mut self, row: &[Value]) {
        match row.first().and_then(Value::to_dyn) {
            None => {}
            Some(Dyn::Array(items)) => items.into_iter().for_each(|item| self.insert(item)),
            Some(value) => self.insert(value),
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        let mut members: Vec<_> = self.members.into_iter().collect();
        members.sort_unstable_by_key(|(_, at)| *at);
        vec![Value::dynamic(Dyn::Array(members.into_iter().map(|(member, _)| member.0).collect()))]
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}
