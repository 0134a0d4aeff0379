//! `avg`: of longs over their wrapping sum. Nothing is NaN where there is one, else null.
use super::{
    Aggregate, State,
    filter::{filtered, first_type},
    sum::Total,
};
use crate::value::{Type, Value};
use rust_decimal::Decimal;

pub(super) const ALL: &[Aggregate] = &[
    Aggregate { name: "avg", aliases: &[], least: 1, most: 1, result, start },
    Aggregate {
        name: "avgif",
        aliases: &[],
        least: 2,
        most: 2,
        result,
        start: |types, constants| filtered(1, start, types, constants),
    },
];

fn result(types: &[Type]) -> Vec<Type> {
    vec![match first_type(types) {
        same @ (Type::Decimal | Type::TimeSpan | Type::DateTime) => same,
        _ => Type::Real,
    }]
}

fn start(types: &[Type], _: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    let of = first_type(types);
    Ok(match of {
        Type::TimeSpan | Type::DateTime => Box::new(Ticks { of, sum: 0, count: 0 }),
        _ => Box::new(Average { total: Total::new(of), count: 0 }),
    })
}

struct Average {
    total: Total,
    count: i64,
}

impl State for Average {
    fn add(&mut self, row: &[Value]) {
        if row.first().is_some_and(|value| self.total.add(value)) {
            self.count += 1;
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a real has 53 bits")]
    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![match self.total {
            // 0.0 / 0.0 is the NaN of an empty group
            Total::Long(sum) => Value::Real(sum as f64 / self.count as f64),
            Total::Real(sum) => Value::Real(sum / self.count as f64),
            Total::Decimal(sum) => sum
                .and_then(|sum| sum.checked_div(Decimal::from(self.count)))
                .map_or(Value::Null, Value::Decimal),
        }]
    }
}

/// Datetimes, the sum of a few of which is outside of a long.
struct Ticks {
    of: Type,
    sum: i128,
    count: i128,
}

impl State for Ticks {
    fn add(&mut self, row: &[Value]) {
        if let Some(ticks) = row.first().and_then(Value::as_long) {
            self.sum += i128::from(ticks);
            self.count += 1;
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        let mean = self.sum.checked_div(self.count).and_then(|mean| i64::try_from(mean).ok());
        vec![match (mean, self.of) {
            (None, _) => Value::Null,
            (Some(ticks), Type::DateTime) => Value::DateTime(ticks),
            (Some(ticks), _) => Value::TimeSpan(ticks),
        }]
    }
}
