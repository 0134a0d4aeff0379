//! `binary_all_and`, `binary_all_or`, `binary_all_xor`.
use super::{
    Aggregate, State,
    filter::{first_type, same},
};
use crate::value::{Type, Value};

macro_rules! bits {
    ($($name:literal $of:expr;)*) => {
        &[$(Aggregate {
            name: $name,
            aliases: &[],
            least: 1,
            most: 1,
            result: same,
            start: |types, _| {
                Ok(Box::new(Bits { as_type: first_type(types), of: $of, value: None }))
            },
        },)*]
    };
}

pub(super) const ALL: &[Aggregate] = bits! {
    "binary_all_and" |a, b| a & b;
    "binary_all_or" |a, b| a | b;
    "binary_all_xor" |a, b| a ^ b;
};

struct Bits {
    as_type: Type,
    of: fn(i64, i64) -> i64,
    value: Option<i64>,
}

impl State for Bits {
    fn add(&mut self, row: &[Value]) {
        if let Some(n) = row.first().and_then(Value::as_long) {
            self.value = Some(self.value.map_or(n, |value| (self.of)(value, n)));
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![self.value.map_or(Value::Null, |n| Value::Long(n).cast(self.as_type))]
    }
}
