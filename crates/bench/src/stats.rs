//! Percentiles of what was measured.
use serde::Serialize;
use std::time::Duration;

/// Milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    pub n: usize,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
}

/// `None` when nothing was measured.
pub fn spread(mut times: Vec<Duration>) -> Option<Spread> {
    times.sort_unstable();
    let max = times.last()?;
    Some(Spread {
        n: times.len(),
        p50_ms: ms(at(&times, 0.5)),
        p99_ms: ms(at(&times, 0.99)),
        max_ms: ms(*max),
    })
}

/// The smallest time that at least this share of all times does not exceed. `times` is sorted and not empty.
fn at(times: &[Duration], share: f64) -> Duration {
    let rank = (times.len() as f64 * share).ceil() as usize;
    times[rank.clamp(1, times.len()) - 1]
}

/// With three decimals.
pub fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let s = spread((1..=200).rev().map(Duration::from_millis).collect()).unwrap();
        assert_eq!((s.n, s.p50_ms, s.p99_ms, s.max_ms), (200, 100.0, 198.0, 200.0));
        let one = spread(vec![Duration::from_micros(1500)]).unwrap();
        assert_eq!((one.p50_ms, one.p99_ms), (1.5, 1.5));
        assert_eq!(spread(Vec::new()), None);
    }
}
