//! `count`, `dcount`, `count_distinct`: the first counts rows, the others values that are not null.
use super::{
    Aggregate, State,
    canonical::feed,
    filter::{filtered, long},
    registers::{Sketch, precision},
};
use crate::value::{Type, Value};
use std::{
    collections::HashSet,
    hash::{BuildHasher, Hasher, RandomState},
    sync::LazyLock,
};

pub(super) const ALL: &[Aggregate] = &[
    Aggregate { name: "count", aliases: &["cnt"], least: 0, most: 1, result: long, start: count },
    Aggregate {
        name: "countif",
        aliases: &[],
        least: 1,
        most: 1,
        result: long,
        start: |types, constants| filtered(0, count, types, constants),
    },
    Aggregate { name: "dcount", aliases: &[], least: 1, most: 2, result: long, start: dcount },
    Aggregate {
        name: "dcountif",
        aliases: &[],
        least: 2,
        most: 3,
        result: long,
        start: |types, constants| filtered(1, dcount, types, constants),
    },
    Aggregate {
        name: "count_distinct",
        aliases: &[],
        least: 1,
        most: 1,
        result: long,
        start: distinct,
    },
    Aggregate {
        name: "count_distinctif",
        aliases: &[],
        least: 2,
        most: 2,
        result: long,
        start: |types, constants| filtered(1, distinct, types, constants),
    },
];

struct Count(i64);

fn count(_: &[Type], _: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    Ok(Box::new(Count(0)))
}

impl State for Count {
    fn add(&mut self, _: &[Value]) {
        self.0 += 1;
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![Value::Long(self.0)]
    }
}

/// Exact up to some thousands, estimated beyond.
struct Estimate(Sketch);

fn dcount(types: &[Type], constants: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    Ok(Box::new(Estimate(Sketch::new(precision(types, constants)?))))
}

impl State for Estimate {
    fn add(&mut self, row: &[Value]) {
        if let Some(value) = row.first() {
            self.0.add(value);
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![Value::Long(self.0.estimate())]
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

/// Two keyed hashes of 64 bits stand for a value: nobody can choose values that share them, and chance will not.
struct Distinct(HashSet<u128>);

static KEYS: LazyLock<(RandomState, RandomState)> =
    LazyLock::new(|| (RandomState::new(), RandomState::new()));

fn distinct(_: &[Type], _: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    Ok(Box::new(Distinct(HashSet::new())))
}

impl State for Distinct {
    fn add(&mut self, row: &[Value]) {
        let Some(value) = row.first().filter(|value| !value.is_null()) else { return };
        let half = |keys: &RandomState| {
            let mut hasher = keys.build_hasher();
            feed(value, &mut hasher);
            u128::from(hasher.finish())
        };
        self.0.insert((half(&KEYS.0) << 64) | half(&KEYS.1));
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![Value::Long(i64::try_from(self.0.len()).unwrap_or(i64::MAX))]
    }

    fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<u128>()
    }
}
