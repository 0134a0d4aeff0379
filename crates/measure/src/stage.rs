//! What each stage of an event's way costs: time and the bytes it hands on, added up. Divided by events they are the budget.
use metrics::counter;
use std::time::{Duration, Instant};

/// In the order of an event's way. The words are labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The body is cut into records.
    Receive,
    /// Records become events.
    Normalise,
    /// The journal's block is put together and packed.
    Pack,
    /// The journal's transaction, synced: time of waiting, not of work.
    Commit,
    /// Into the head's columns, or sent to OpenSearch.
    Index,
    /// Rules are matched.
    Detect,
    /// Alerts and cursor, one transaction: time of waiting, not of work.
    Raise,
    /// The head is written as parts.
    Flush,
    /// Parts are merged.
    Merge,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Normalise => "normalise",
            Self::Pack => "pack",
            Self::Commit => "commit",
            Self::Index => "index",
            Self::Detect => "detect",
            Self::Raise => "raise",
            Self::Flush => "flush",
            Self::Merge => "merge",
        }
    }
}

fn add(stage: Stage, took: Duration, bytes: u64) {
    let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
    counter!("eventsec_stage_nanoseconds_total", "stage" => stage.as_str()).increment(nanos);
    counter!("eventsec_stage_bytes_total", "stage" => stage.as_str()).increment(bytes);
}

/// CPU time of this thread: for work that awaits nothing. Other programs on the machine do not change it.
pub struct Work(Duration);

fn thread_time() -> Duration {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(t.tv_sec.unsigned_abs(), u32::try_from(t.tv_nsec).unwrap_or(0))
}

impl Work {
    pub fn begin() -> Self {
        Self(thread_time())
    }

    /// `bytes` are those handed on to the next stage.
    pub fn end(self, stage: Stage, bytes: u64) {
        add(stage, thread_time().saturating_sub(self.0), bytes);
    }
}

/// Time until an answer came, for stages that mostly wait.
pub struct Wait(Instant);

impl Wait {
    /// A span of waiting is no reading of the time of day: the monotonic clock is right here.
    #[expect(clippy::disallowed_methods, reason = "spans, not times")]
    pub fn begin() -> Self {
        Self(Instant::now())
    }

    pub fn end(self, stage: Stage, bytes: u64) {
        add(stage, self.0.elapsed(), bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_counts_what_this_thread_did() {
        let (work, mut n) = (Work::begin(), 0u64);
        while thread_time() == work.0 {
            n = n.wrapping_add(1);
        }
        assert!(thread_time() > work.0 && n < u64::MAX);
        work.end(Stage::Index, 7);
    }
}
