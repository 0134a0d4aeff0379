//! What one query may cost, and whether anybody still waits for it.
use crate::config::Limits;
use crate::error::LakeError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Shared by the threads of one query.
pub struct Budget {
    rows: AtomicU64,
    until: Instant,
    abandoned: AtomicBool,
}

/// Ends the query's work when the one who asked goes away.
pub struct Guard(Arc<Budget>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.abandoned.store(true, Ordering::Relaxed);
    }
}

impl Budget {
    /// A bound on work is no reading of the time of day: the monotonic clock is right here.
    #[allow(clippy::disallowed_methods)]
    pub fn new(limits: &Limits) -> (Arc<Self>, Guard) {
        let budget = Arc::new(Self {
            rows: AtomicU64::new(limits.query_rows),
            until: Instant::now() + Duration::from_millis(limits.query_ms),
            abandoned: AtomicBool::new(false),
        });
        (budget.clone(), Guard(budget))
    }

    /// Before looking at `rows` values.
    #[allow(clippy::disallowed_methods)]
    pub fn spend(&self, rows: usize) -> Result<(), LakeError> {
        let rows = rows as u64;
        let left = self
            .rows
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(rows));
        if left.is_err() || self.abandoned.load(Ordering::Relaxed) || Instant::now() >= self.until {
            return Err(LakeError::TooExpensive);
        }
        Ok(())
    }
}
