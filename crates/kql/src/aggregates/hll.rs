//! `hll`, `hll_merge`: sketches of sets as dynamic values, and the scalar functions on them.
//!
//! Written as `[[1, precision], hashes]` while there are few, then `[[1, precision], registers]` with a character per register.
use super::{
    Aggregate, State,
    filter::{dynamic, filtered},
    registers::{DEFAULT_PRECISION, Members, Sketch, precision},
};
use crate::value::{Dyn, Type, Value};

pub(super) const ALL: &[Aggregate] = &[
    Aggregate { name: "hll", aliases: &[], least: 1, most: 2, result: dynamic, start: hll },
    Aggregate {
        name: "hll_if",
        aliases: &[],
        least: 2,
        most: 3,
        result: dynamic,
        start: |types, constants| filtered(1, hll, types, constants),
    },
    Aggregate {
        name: "hll_merge",
        aliases: &[],
        least: 1,
        most: 1,
        result: dynamic,
        start: |_, _| Ok(Box::new(Merge(None))),
    },
];

const VERSION: i64 = 1;
/// So many hashes are written as they are.
const WRITTEN: usize = 2_048;
/// The character of an untouched register.
const ZERO: u8 = b'0';

struct Hll(Sketch);

fn hll(types: &[Type], constants: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    Ok(Box::new(Hll(Sketch::new(precision(types, constants)?))))
}

impl State for Hll {
    fn add(&mut self, row: &[Value]) {
        if let Some(value) = row.first() {
            self.0.add(value);
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        // of nothing there is no sketch
        vec![if self.0.estimate() == 0 { Value::Null } else { write(self.0) }]
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}

struct Merge(Option<Sketch>);

impl State for Merge {
    fn add(&mut self, row: &[Value]) {
        if let Some(sketch) = row.first().and_then(read) {
            match &mut self.0 {
                Some(merged) => merged.merge(sketch),
                None => self.0 = Some(sketch),
            }
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![self.0.map_or(Value::Null, write)]
    }

    fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, Sketch::bytes)
    }
}

fn write(mut sketch: Sketch) -> Value {
    if matches!(&sketch.members, Members::Hashes(hashes) if hashes.len() > WRITTEN) {
        sketch.spill();
    }
    let members = match sketch.members {
        Members::Hashes(hashes) => {
            let mut hashes: Vec<_> = hashes.into_iter().map(u64::cast_signed).collect();
            hashes.sort_unstable();
            Dyn::Array(hashes.into_iter().map(Dyn::Long).collect())
        }
        Members::Registers(registers) => Dyn::str(
            registers.iter().map(|run| char::from(ZERO + run.min(&70))).collect::<String>(),
        ),
    };
    let head = Dyn::Array(vec![Dyn::Long(VERSION), Dyn::Long(sketch.precision.into())]);
    Value::dynamic(Dyn::Array(vec![head, members]))
}

fn read(value: &Value) -> Option<Sketch> {
    let Value::Dynamic(value) = value else { return None };
    let [head, members] = value.as_array()? else { return None };
    let [Dyn::Long(VERSION), Dyn::Long(bits)] = head.as_array()? else { return None };
    let precision = u32::try_from(*bits).ok().filter(|bits| Sketch::is_precision(*bits))?;
    let mut sketch = Sketch::new(precision);
    match members {
        Dyn::Array(hashes) => {
            for hash in hashes {
                let Dyn::Long(hash) = hash else { return None };
                sketch.add_hash(hash.cast_unsigned());
            }
        }
        Dyn::Str(text) if text.len() == 1 << precision => {
            let longest = u8::try_from(u64::BITS - precision + 1).ok()?;
            let run = |c: u8| c.checked_sub(ZERO).filter(|run| *run <= longest);
            sketch.members = Members::Registers(text.bytes().map(run).collect::<Option<_>>()?);
        }
        _ => return None,
    }
    Some(sketch)
}

/// The scalar function `dcount_hll`.
pub fn dcount_hll(sketch: &Value) -> Value {
    read(sketch).map_or(Value::Null, |sketch| Value::Long(sketch.estimate()))
}

/// The scalar function `hll_merge`: null where one of them is no sketch.
pub fn hll_merge(sketches: &[Value]) -> Value {
    let mut merged: Option<Sketch> = None;
    for sketch in sketches {
        match (read(sketch), &mut merged) {
            (None, _) => return Value::Null,
            (Some(sketch), Some(merged)) => merged.merge(sketch),
            (sketch, none) => *none = sketch,
        }
    }
    write(merged.unwrap_or_else(|| Sketch::new(DEFAULT_PRECISION)))
}

/// The scalar function `hll_isvalid`.
pub fn hll_isvalid(sketch: &Value) -> Value {
    Value::Bool(read(sketch).is_some())
}
