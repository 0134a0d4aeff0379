//! `sum`: longs wrap, as in Kusto; nothing is 0.
use super::{
    Aggregate, State,
    filter::{filtered, first_type},
};
use crate::value::{Type, Value};
use rust_decimal::Decimal;

pub(super) const ALL: &[Aggregate] = &[
    Aggregate { name: "sum", aliases: &[], least: 1, most: 1, result, start },
    Aggregate {
        name: "sumif",
        aliases: &[],
        least: 2,
        most: 2,
        result,
        start: |types, constants| filtered(1, start, types, constants),
    },
];

fn result(types: &[Type]) -> Vec<Type> {
    vec![match first_type(types) {
        Type::Int | Type::Long | Type::Bool => Type::Long,
        same @ (Type::Decimal | Type::TimeSpan | Type::DateTime) => same,
        _ => Type::Real,
    }]
}

/// A sum in the type that sums have.
pub(super) enum Total {
    Long(i64),
    Real(f64),
    /// `None` when it became too great.
    Decimal(Option<Decimal>),
}

impl Total {
    pub fn new(of: Type) -> Self {
        match of {
            Type::Int | Type::Long | Type::Bool | Type::TimeSpan | Type::DateTime => Self::Long(0),
            Type::Decimal => Self::Decimal(Some(Decimal::ZERO)),
            _ => Self::Real(0.0),
        }
    }

    /// Whether there was a value.
    pub fn add(&mut self, value: &Value) -> bool {
        match self {
            Self::Long(sum) => value.as_long().map(|n| *sum = sum.wrapping_add(n)),
            Self::Real(sum) => value.as_real().map(|n| *sum += n),
            Self::Decimal(sum) => {
                value.as_decimal().map(|n| *sum = sum.and_then(|sum| sum.checked_add(n)))
            }
        }
        .is_some()
    }
}

struct Sum {
    of: Type,
    total: Total,
}

fn start(types: &[Type], _: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    let of = first_type(types);
    Ok(Box::new(Sum { of, total: Total::new(of) }))
}

impl State for Sum {
    fn add(&mut self, row: &[Value]) {
        if let Some(value) = row.first() {
            self.total.add(value);
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![match (self.total, self.of) {
            (Total::Long(n), Type::TimeSpan) => Value::TimeSpan(n),
            (Total::Long(n), Type::DateTime) => Value::Long(n).cast(Type::DateTime),
            (Total::Long(n), _) => Value::Long(n),
            (Total::Real(n), _) => Value::Real(n),
            (Total::Decimal(n), _) => n.map_or(Value::Null, Value::Decimal),
        }]
    }
}
