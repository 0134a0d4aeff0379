//! `take_any`: of one expression the first value that is neither null nor empty, of several the first row.
use super::{
    Aggregate, State,
    canonical::weight_of,
    filter::{filtered, nothing, same},
};
use crate::value::{Type, Value};

pub(super) const ALL: &[Aggregate] = &[
    Aggregate {
        name: "take_any",
        aliases: &["any"],
        least: 1,
        most: usize::MAX,
        result: <[Type]>::to_vec,
        start,
    },
    Aggregate {
        name: "take_anyif",
        aliases: &["anyif"],
        least: 2,
        most: 2,
        result: same,
        start: |types, constants| filtered(1, start, types, constants),
    },
];

struct Any {
    types: Vec<Type>,
    row: Option<Vec<Value>>,
}

fn start(types: &[Type], _: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    Ok(Box::new(Any { types: types.to_vec(), row: None }))
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Str(s) => s.is_empty(),
        _ => false,
    }
}

impl State for Any {
    fn add(&mut self, row: &[Value]) {
        let wanted = match self.row.as_deref() {
            None => true,
            Some([value]) => empty(value) && row.first().is_some_and(|value| !empty(value)),
            Some(_) => false,
        };
        if wanted {
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
