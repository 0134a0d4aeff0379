//! The only place that reads the clocks. Everything else is given a time, so that tests decide what time it is.
use model::{Micros, time::Clock};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The present moment by the wall clock.
#[allow(clippy::disallowed_methods)]
pub fn now() -> Micros {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// The wall clock as what use cases are given.
pub fn system() -> Clock {
    Arc::new(now)
}

/// A stopwatch by the monotonic clock: for durations, never for times.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    #[allow(clippy::disallowed_methods)]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// Milliseconds with a fraction, as logs and histograms want them.
    pub fn millis(self) -> f64 {
        self.elapsed().as_secs_f64() * 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_clock_is_in_this_century_and_the_stopwatch_never_runs_backwards() {
        assert!(now() > Micros::parse("2020-01-01T00:00:00Z").unwrap());
        let s = Stopwatch::start();
        let first = s.elapsed();
        assert!(s.elapsed() >= first && s.millis() >= 0.0);
    }
}
