//! `make_bag`: the entries of all bags in one; of a name that comes again the first value stays.
use super::{
    Aggregate, State,
    canonical::weight,
    filter::{dynamic, filtered, limit},
    list::{LEGACY, MOST},
};
use crate::value::{Dyn, Type, Value};
use std::{collections::HashSet, sync::Arc};

pub(super) const ALL: &[Aggregate] = &[
    Aggregate {
        name: "make_bag",
        aliases: &[],
        least: 1,
        most: 2,
        result: dynamic,
        start: make_bag,
    },
    Aggregate {
        name: "make_bag_if",
        aliases: &[],
        least: 2,
        most: 3,
        result: dynamic,
        start: |types, constants| filtered(1, make_bag, types, constants),
    },
    Aggregate {
        name: "make_dictionary",
        aliases: &["makedictionary"],
        least: 1,
        most: 2,
        result: dynamic,
        start: |types, constants| start(types, constants, LEGACY),
    },
];

fn make_bag(types: &[Type], constants: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    start(types, constants, MOST)
}

struct Bag {
    most: usize,
    names: HashSet<Arc<str>>,
    entries: Vec<(Arc<str>, Dyn)>,
    bytes: usize,
}

fn start(
    types: &[Type],
    constants: &[Option<Value>],
    default: usize,
) -> Result<Box<dyn State>, String> {
    let most = limit(constants, 1, types.len() > 1, default, MOST)?;
    Ok(Box::new(Bag { most, names: HashSet::new(), entries: Vec::new(), bytes: 0 }))
}

impl State for Bag {
    fn add(&mut self, row: &[Value]) {
        let Some(Value::Dynamic(value)) = row.first() else { return };
        for (name, value) in value.as_bag().unwrap_or_default() {
            if self.entries.len() >= self.most {
                return;
            }
            if self.names.insert(Arc::clone(name)) {
                self.bytes += name.len() + 48 + weight(value);
                self.entries.push((Arc::clone(name), value.clone()));
            }
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![Value::dynamic(Dyn::Bag(self.entries))]
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}
