//! `tdigest` and the merging of digests.
use super::{
    Aggregate, State,
    digest::{COMPUTED, Digest},
    filter::dynamic,
};
use crate::value::{Type, Value};

pub(super) const ALL: &[Aggregate] = &[
    Aggregate { name: "tdigest", aliases: &[], least: 1, most: 2, result: dynamic, start: tdigest },
    Aggregate {
        name: "tdigest_merge",
        aliases: &["merge_tdigest", "merge_tdigests"],
        least: 1,
        most: 1,
        result: dynamic,
        start: |_, _| Ok(Box::new(Merge(Digest::new(COMPUTED)))),
    },
];

struct TDigest {
    weighted: bool,
    digest: Digest,
}

fn tdigest(types: &[Type], _: &[Option<Value>]) -> Result<Box<dyn State>, String> {
    Ok(Box::new(TDigest { weighted: types.len() > 1, digest: Digest::new(COMPUTED) }))
}

/// The weight of a row; none weighs nothing.
pub(super) fn weight(row: &[Value]) -> u64 {
    row.get(1).and_then(Value::as_long).and_then(|weight| u64::try_from(weight).ok()).unwrap_or(0)
}

impl State for TDigest {
    fn add(&mut self, row: &[Value]) {
        if let Some(value) = row.first() {
            self.digest.add(value, if self.weighted { weight(row) } else { 1 });
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![self.digest.write()]
    }

    fn bytes(&self) -> usize {
        self.digest.bytes()
    }
}

struct Merge(Digest);

impl State for Merge {
    fn add(&mut self, row: &[Value]) {
        if let Some(digest) = row.first().and_then(Digest::read) {
            self.0.merge(digest);
        }
    }

    fn finish(self: Box<Self>) -> Vec<Value> {
        vec![self.0.write()]
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }
}
