//! Randomness that can be repeated.
use rand::{SeedableRng, rngs::StdRng};

/// Name of the variable that repeats a run.
pub const VARIABLE: &str = "EVENTSEC_TEST_SEED";

/// A seed from `EVENTSEC_TEST_SEED`, else a fresh one; printed either way.
pub fn seed(test: &str) -> u64 {
    let seed = std::env::var(VARIABLE)
        .ok()
        .and_then(|s| s.trim().parse().ok())
        .unwrap_or_else(|| rand::random::<u64>() >> 16);
    eprintln!("{test}: {VARIABLE}={seed}");
    seed
}

/// A generator with a printed seed.
pub fn rng(test: &str) -> StdRng {
    from(seed(test))
}

/// A generator for a known seed; `from(seed ^ n)` gives task `n` its own.
pub fn from(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn one_seed_gives_one_sequence() {
        let draw = |seed| from(seed).random_range(0..1_000_000_u32);
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
