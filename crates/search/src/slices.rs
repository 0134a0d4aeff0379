//! Slices of time, as engines answer them.
use crate::engine::SearchError;
use model::Micros;
use model::explore::Bucket;
use std::ops::RangeInclusive;

/// Slices of one histogram at most: more cannot be drawn.
const MOST: i64 = 20_000;

/// # Errors
/// `Refused` when the slices from `first` to `last` are more than can be drawn.
pub fn check(first: i64, last: i64) -> Result<(), SearchError> {
    if last.saturating_sub(first) < MOST {
        return Ok(());
    }
    Err(SearchError::Refused(format!(
        "this would be more than {MOST} slices; ask for wider ones or a shorter time"
    )))
}

/// One for each of the slices, which are `interval` microseconds wide; `counts` answers what is in one, by severity.
pub fn buckets(
    interval: i64,
    slices: RangeInclusive<i64>,
    counts: impl Fn(i64) -> Option<[i64; 5]>,
) -> Vec<Bucket> {
    let bucket = |slice: i64| Bucket {
        start: Micros(slice.saturating_mul(interval)),
        counts: counts(slice).unwrap_or_default(),
    };
    slices.map(bucket).collect()
}
