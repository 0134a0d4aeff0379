//! A sketch of a set of values: their hashes as long as there are few, then the registers of HyperLogLog. Its size has a bound.
use super::canonical::feed;
use crate::value::{Type, Value};
use std::{collections::HashSet, hash::Hasher};
use xxhash_rust::xxh3::Xxh3;

/// Up to so many values a count is exact.
const EXACT: usize = 16_384;
const HASH_BITS: u32 = 64;
/// The precisions of the accuracies 0 to 4: the bits of a hash that choose a register.
const PRECISIONS: [u32; 5] = [12, 14, 16, 17, 18];
pub(super) const DEFAULT_PRECISION: u32 = PRECISIONS[1];

/// From the second argument, the accuracy, if there is one.
pub(super) fn precision(types: &[Type], constants: &[Option<Value>]) -> Result<u32, String> {
    if types.len() < 2 {
        return Ok(DEFAULT_PRECISION);
    }
    let accuracy = constants.get(1).and_then(Option::as_ref).and_then(Value::as_long);
    accuracy
        .and_then(|accuracy| usize::try_from(accuracy).ok())
        .and_then(|accuracy| PRECISIONS.get(accuracy).copied())
        .ok_or_else(|| "the accuracy must be a constant from 0 to 4".to_owned())
}

pub(super) enum Members {
    Hashes(HashSet<u64>),
    /// For each register the longest run of zeros seen, and one.
    Registers(Vec<u8>),
}

pub(super) struct Sketch {
    pub precision: u32,
    pub members: Members,
}

impl Sketch {
    pub fn new(precision: u32) -> Self {
        Self { precision, members: Members::Hashes(HashSet::new()) }
    }

    pub fn is_precision(bits: u32) -> bool {
        PRECISIONS.contains(&bits)
    }

    pub fn add(&mut self, value: &Value) {
        if !value.is_null() {
            // the same in every process: sketches are stored and merged later
            let mut hasher = Xxh3::new();
            feed(value, &mut hasher);
            self.add_hash(hasher.finish());
        }
    }

    pub fn add_hash(&mut self, hash: u64) {
        match &mut self.members {
            Members::Hashes(hashes) => {
                hashes.insert(hash);
                if hashes.len() > EXACT {
                    self.spill();
                }
            }
            Members::Registers(registers) => raise(registers, self.precision, hash),
        }
    }

    /// From hashes to registers.
    pub fn spill(&mut self) {
        if let Members::Hashes(hashes) = &self.members {
            let mut registers = vec![0; 1 << self.precision];
            for hash in hashes {
                raise(&mut registers, self.precision, *hash);
            }
            self.members = Members::Registers(registers);
        }
    }

    /// With the other's members too; the coarser precision wins.
    pub fn merge(&mut self, mut other: Self) {
        let precision = self.precision.min(other.precision);
        self.coarsen(precision);
        other.coarsen(precision);
        match other.members {
            Members::Hashes(hashes) => hashes.into_iter().for_each(|hash| self.add_hash(hash)),
            Members::Registers(theirs) => {
                self.spill();
                if let Members::Registers(ours) = &mut self.members {
                    for (ours, theirs) in ours.iter_mut().zip(theirs) {
                        *ours = (*ours).max(theirs);
                    }
                }
            }
        }
    }

    fn coarsen(&mut self, precision: u32) {
        let fewer = self.precision.saturating_sub(precision);
        if let Members::Registers(registers) = &mut self.members
            && fewer > 0
        {
            let mut coarse = vec![0; 1 << precision];
            for (at, run) in registers.iter().enumerate().filter(|(_, run)| **run > 0) {
                // the bits that chose the register beyond the coarse one belong to the run now
                let rest = at & ((1 << fewer) - 1);
                let longer = if rest == 0 { u32::from(*run) + fewer } else { fewer - rest.ilog2() };
                let longest = &mut coarse[at >> fewer];
                *longest = u8::try_from(longer).unwrap_or(u8::MAX).max(*longest);
            }
            *registers = coarse;
        }
        self.precision = precision;
    }

    pub fn estimate(&self) -> i64 {
        match &self.members {
            Members::Hashes(hashes) => i64::try_from(hashes.len()).unwrap_or(i64::MAX),
            Members::Registers(registers) => estimate(registers, self.precision),
        }
    }

    pub fn bytes(&self) -> usize {
        match &self.members {
            Members::Hashes(hashes) => hashes.capacity() * size_of::<u64>(),
            Members::Registers(registers) => registers.len(),
        }
    }
}

fn raise(registers: &mut [u8], precision: u32, hash: u64) {
    let at = usize::try_from(hash >> (HASH_BITS - precision)).unwrap_or(0);
    let run = (hash << precision).leading_zeros().min(HASH_BITS - precision) + 1;
    if let Some(longest) = registers.get_mut(at) {
        *longest = u8::try_from(run).unwrap_or(u8::MAX).max(*longest);
    }
}

/// Ertl's estimator ("New cardinality estimation algorithms for HyperLogLog sketches", 2017): no bias and no tables.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts of registers; the cast of the result saturates"
)]
fn estimate(registers: &[u8], precision: u32) -> i64 {
    let longest = (HASH_BITS - precision) as usize + 1;
    let mut counts = vec![0u32; longest + 1];
    for run in registers {
        counts[usize::from(*run).min(longest)] += 1;
    }
    let m = registers.len() as f64;
    let mut z = m * tau(1.0 - f64::from(counts[longest]) / m);
    for count in counts[1..longest].iter().rev() {
        z = 0.5 * (z + f64::from(*count));
    }
    z += m * sigma(f64::from(counts[0]) / m);
    (m * m / (2.0 * std::f64::consts::LN_2 * z)).round() as i64
}

fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z <= before {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x) * (1.0 - x) * y;
        if z >= before {
            return z / 3.0;
        }
    }
}
