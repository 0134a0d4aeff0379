//! `min`, `max`, and `arg_min`, `arg_max`: the row of the extreme. Nulls are passed over as long as there is something else; of
//! equals the first counts.
use super::{
    Aggregate, State,
    canonical::weight_of,
    filter::{filtered, first_type, nothing, same},
};
use crate::value::{Type, Value};
use std::cmp::Ordering;

pub(super) const ALL: &[Aggregate] = &[
    Aggregate { name: "min", aliases: &[], least: 1, most: 1, result: same, start: min },
    Aggregate { name: "max", aliases: &[], least: 1, most: 1, result: same, start: max },
    Aggregate {
        name: "minif",
        aliases: &[],
        least: 2,
        most: 2,
        result: same,
        start: |types, constants| filtered(1, min, types, constants),
    },
    Aggregate {
        name: "maxif",
        aliases: &[],
        least: 2,
        most: 2,
        result: same,
        start: |types, constants| filtered(1, max, types, constants),
    },
    Aggregate {
        name: "arg_min",
        aliases: &["argmin"],
        least: 1,
        most: usize::MAX,
        result: <[Type]>::to_vec,
        start: |types, _| row_of(Ordering::Less, types),
    },
    Aggregate {
        name: "arg_max",
        aliases: &["argmax"],
        least: 1,
        most: usize::MAX,
        result: <[Type]>::to_vec,
        start: |types, _| row_of(Ordering::Greater, types),
    },
];

fn min(types: &[Type], _: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    row_of(Ordering::Less, &[first_type(types)])
}

fn max(types: &[Type], _: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    row_of(Ordering::Greater, &[first_type(types)])
}

fn row_of(wanted: Ordering, types: &[Type]) -> Result<Box<dyn State>, String> {
    Ok(Box::new(Extreme { wanted, types: types.to_vec(), row: None }))
}

struct Extreme {
    wanted: Ordering,
    types: Vec<Type>,
    row: Option<Vec<Value>>,
}

impl State for Extreme {
    fn add(&mut self, row: &[Value]) {
        let Some(value) = row.first() else { return };
        let better = match self.row.as_ref().and_then(|row| row.first()) {
            None => true,
            Some(Value::Null) => !value.is_null(),
            Some(best) => !value.is_null() && value.order(best) == self.wanted,
        };
        if better {
            self.row = Some(row.iter().take(self.types.len()).cloned().collect());
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        self.row.unwrap_or_else(|| self.types.iter().map(|of| nothing(*of)).collect())
    }

    fn bytes(&self) -> usize {
        self.types.len() + self.row.iter().flatten().map(weight_of).sum::<usize>()
    }
}
