//! `percentile` and its forms: the nearest rank, exact up to some ten thousand distinct values of a group.
use super::{
    Aggregate, State,
    digest::{COMPUTED, Digest, array},
    filter::{dynamic, first_type},
    tdigest::weight,
};
use crate::value::{Dyn, Type, Value};

const MANY: usize = usize::MAX;

pub(super) const ALL: &[Aggregate] = &[
    Aggregate {
        name: "percentile",
        aliases: &[],
        least: 2,
        most: 2,
        result: |types| each(types, 1),
        start: |types, constants| start(types, constants, false, false),
    },
    Aggregate {
        name: "percentiles",
        aliases: &[],
        least: 2,
        most: MANY,
        result: |types| each(types, 1),
        start: |types, constants| start(types, constants, false, false),
    },
    Aggregate {
        name: "percentiles_array",
        aliases: &[],
        least: 2,
        most: MANY,
        result: dynamic,
        start: |types, constants| start(types, constants, false, true),
    },
    Aggregate {
        name: "percentilew",
        aliases: &[],
        least: 3,
        most: 3,
        result: |types| each(types, 2),
        start: |types, constants| start(types, constants, true, false),
    },
    Aggregate {
        name: "percentilesw",
        aliases: &[],
        least: 3,
        most: MANY,
        result: |types| each(types, 2),
        start: |types, constants| start(types, constants, true, false),
    },
    Aggregate {
        name: "percentilesw_array",
        aliases: &[],
        least: 3,
        most: MANY,
        result: dynamic,
        start: |types, constants| start(types, constants, true, true),
    },
];

/// The type of a percentile of such values.
fn of(types: &[Type]) -> Type {
    match first_type(types) {
        Type::Int => Type::Long,
        Type::Decimal => Type::Real,
        same => same,
    }
}

fn each(types: &[Type], from: usize) -> Vec<Type> {
    vec![of(types); types.len().saturating_sub(from)]
}

struct Percentiles {
    of: Type,
    weighted: bool,
    as_array: bool,
    percents: Vec<f64>,
    digest: Digest,
}

fn start(
    types: &[Type],
    constants: &[Option<Value>],
    weighted: bool,
    as_array: bool,
) -> Result<Box<dyn State>, String> {
    let of = of(types);
    if matches!(of, Type::Bool | Type::String | Type::Guid) {
        return Err(format!("there are no percentiles of {}", of.as_str()));
    }
    let mut percents = Vec::new();
    for constant in constants.iter().skip(if weighted { 2 } else { 1 }) {
        let constant = constant.as_ref().ok_or("a percentile must be a constant")?;
        match constant {
            Value::Dynamic(list) if as_array && list.as_array().is_some() => {
                for item in list.as_array().unwrap_or_default() {
                    percents.push(percent(&Value::dynamic(item.clone()))?);
                }
            }
            one => percents.push(percent(one)?),
        }
    }
    let digest = Digest::new(COMPUTED);
    Ok(Box::new(Percentiles { of, weighted, as_array, percents, digest }))
}

fn percent(value: &Value) -> Result<f64, String> {
    let value = match value {
        Value::Dynamic(item) if !matches!(item.as_ref(), Dyn::Array(_) | Dyn::Bag(_)) => {
            item.as_ref().clone().into_scalar()
        }
        other => other.clone(),
    };
    value
        .as_real()
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| "a percentile is a number from 0 to 100".to_owned())
}

impl State for Percentiles {
    fn add(&mut self, row: &[Value]) {
        if let Some(value) = row.first() {
            self.digest.add(value, if self.weighted { weight(row) } else { 1 });
        }
    }

    fn finish(mut self: Box<Self>) -> Vec<Value> {
        let none = self.digest.is_empty();
        let values = self.digest.percentiles(&self.percents);
        match (self.as_array, none) {
            (true, true) => vec![Value::Null],
            (true, false) => vec![array(values)],
            (false, _) => values.into_iter().map(|value| value.cast(self.of)).collect(),
        }
    }

    fn bytes(&self) -> usize {
        self.digest.bytes()
    }
}
