//! How many rows a table has, and a sum over their content: the same for the same rows in any order, since databases sort text
//! differently.
use super::cell::Cell;
use sha2::{Digest, Sha256};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub rows: i64,
    sum: u128,
}

impl Tally {
    pub fn add(&mut self, row: &[Cell]) {
        let mut hash = Sha256::new();
        for cell in row {
            // a kind and a length in front: no two different rows have the same bytes
            match cell {
                Cell::Null => hash.update([0u8]),
                Cell::Int(n) => {
                    hash.update([1u8]);
                    hash.update(n.to_be_bytes());
                }
                Cell::Real(n) => {
                    hash.update([2u8]);
                    hash.update(n.to_bits().to_be_bytes());
                }
                Cell::Bool(b) => hash.update([3u8, u8::from(*b)]),
                Cell::Text(t) => {
                    hash.update([4u8]);
                    hash.update((t.len() as u64).to_be_bytes());
                    hash.update(t.as_bytes());
                }
                Cell::Bytes(b) => {
                    hash.update([5u8]);
                    hash.update((b.len() as u64).to_be_bytes());
                    hash.update(b);
                }
            }
        }
        let half = hash.finalize().iter().take(16).fold(0, |n: u128, b| n << 8 | u128::from(*b));
        // a sum and not XOR: two equal rows must not take each other away
        self.sum = self.sum.wrapping_add(half);
        self.rows += 1;
    }

    /// The content in 32 hexadecimal digits.
    pub fn content(&self) -> String {
        format!("{:032x}", self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[Cell]]) -> Tally {
        let mut tally = Tally::default();
        rows.iter().for_each(|r| tally.add(r));
        tally
    }

    #[test]
    fn order_does_not_matter_and_everything_else_does() {
        let text = |t: &str| Cell::Text(t.into());
        let (a, b) = ([Cell::Int(1), text("a")], [Cell::Int(2), text("b")]);
        assert_eq!(of(&[&a, &b]), of(&[&b, &a]));
        assert_ne!(of(&[&a, &b]), of(&[&a]));
        assert_ne!(of(&[&a, &a]).content(), of(&[&b, &b]).content());
        assert_ne!(of(&[&[text("ab"), text("c")]]), of(&[&[text("a"), text("bc")]]));
        assert_ne!(of(&[&[text("")]]), of(&[&[Cell::Null]]));
        assert_ne!(of(&[&[text("x")]]), of(&[&[Cell::Bytes(b"x".to_vec())]]));
    }
}
