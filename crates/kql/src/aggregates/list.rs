//! `make_list`: the values in the order of the rows, nulls left out; the empty string is a value.
use super::{
    Aggregate, State,
    canonical::weight,
    filter::{dynamic, filtered, limit},
};
use crate::value::{Dyn, Type, Value};

/// How many elements lists and sets have at most.
pub(super) const MOST: usize = 1_048_576;
/// How many the older forms have when the query does not say.
pub(super) const LEGACY: usize = 128;

pub(super) const ALL: &[Aggregate] = &[
    Aggregate {
        name: "make_list",
        aliases: &[],
        least: 1,
        most: 2,
        result: dynamic,
        start: make_list,
    },
    Aggregate {
        name: "makelist",
        aliases: &[],
        least: 1,
        most: 2,
        result: dynamic,
        start: |types, constants| start(types, constants, LEGACY, false),
    },
    Aggregate {
        name: "make_list_if",
        aliases: &[],
        least: 2,
        most: 3,
        result: dynamic,
        start: |types, constants| filtered(1, make_list, types, constants),
    },
    Aggregate {
        name: "make_list_with_nulls",
        aliases: &[],
        least: 1,
        most: 1,
        result: dynamic,
        start: |types, constants| start(types, constants, MOST, true),
    },
];

fn make_list(types: &[Type], constants: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    start(types, constants, MOST, false)
}

struct List {
    most: usize,
    nulls: bool,
    items: Vec<Dyn>,
    bytes: usize,
}

fn start(
    types: &[Type],
    constants: &[Option<Value>],
    default: usize,
    nulls: bool,
) -> Result<Box<dyn State>, String> {
    let most = limit(constants, 1, types.len() > 1, default, MOST)?;
    Ok(Box::new(List { most, nulls, items: Vec::new(), bytes: 0 }))
}

impl State for List {
    fn add(&mut self, row: &[Value]) {
        if self.items.len() >= self.most {
            return;
        }
        let item = match row.first().and_then(Value::to_dyn) {
            Some(item) => item,
            None if self.nulls => Dyn::Null,
            None => return,
        };
        // the elements of an array, not the array
        let items = match item {
            Dyn::Array(items) => items,
            one => vec![one],
        };
        for item in items.into_iter().take(self.most - self.items.len()) {
            self.bytes += weight(&item);
            self.items.push(item);
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![Value::dynamic(Dyn::Array(self.items))]
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}
