//! A blocked bloom filter over 64-bit hashes: one cache line per question.
//!
//! Filters are built from what a row group holds: the terms of every text, tagged with the field; addresses also whole. False
//! positives cost time, false negatives would lose events: whatever changes here needs new files, so the kind is in the footer.
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Bits set per entry, and bits of the filter per entry.
const PROBES: u32 = 6;
const BITS: usize = 9;
const LINE: usize = 64;

/// The seed of a field's hashes.
pub fn tag(field: &str) -> u64 {
    xxh3_64_with_seed(field.as_bytes(), 1)
}

pub fn hash(tag: u64, term: &str) -> u64 {
    xxh3_64_with_seed(term.as_bytes(), tag)
}

/// Bytes of a filter over distinct hashes.
pub fn build(hashes: &[u64]) -> Vec<u8> {
    let lines = (hashes.len() * BITS).div_ceil(LINE * 8).max(1);
    let mut bytes = vec![0; lines * LINE];
    for h in hashes {
        for (byte, bit) in places(*h, lines) {
            bytes[byte] |= bit;
        }
    }
    bytes
}

/// Whether the hash may have been put in. An empty or odd filter says yes.
pub fn may_have(filter: &[u8], hash: u64) -> bool {
    let lines = filter.len() / LINE;
    lines == 0 || places(hash, lines).all(|(byte, bit)| filter[byte] & bit != 0)
}

fn places(hash: u64, lines: usize) -> impl Iterator<Item = (usize, u8)> {
    // the upper half chooses the line, the lower half the bits within it
    let line = ((hash >> 32) as usize * lines) >> 32;
    let (a, b) = (hash as u32, ((hash >> 16) as u32) | 1);
    (0..PROBES).map(move |i| {
        let bit = (a.wrapping_add(i.wrapping_mul(b)).wrapping_mul(0x9e37_79b1) >> 23) as usize;
        (line * LINE + bit / 8, 1 << (bit % 8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_little_is_invented() {
        let of = |i: u32| hash(tag("message"), &format!("term{i}"));
        let filter = build(&(0..20_000).map(of).collect::<Vec<_>>());
        assert!((0..20_000).all(|i| may_have(&filter, of(i))));
        let wrong = (20_000..120_000).filter(|i| may_have(&filter, of(*i))).count();
        assert!(wrong < 4_000, "{wrong} of 100,000 invented");
        assert!(may_have(&[], 1));
    }
}
