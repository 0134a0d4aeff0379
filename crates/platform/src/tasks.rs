//! The only place that spawns tasks, so that stopping the program can end and await every one of them.
//!
//! A task that panics is logged and counted by its owner; it never takes the process down silently.
use futures::FutureExt;
use std::{future::Future, panic::AssertUnwindSafe, time::Duration};
use tokio::task::JoinHandle;
use tokio_util::{
    sync::{CancellationToken, WaitForCancellationFutureOwned},
    task::TaskTracker,
};

/// The running background work and the token that tells it to end. Clones share both.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a task under a name for the log. It must watch `stopping()` when it may run for long. A panic is logged.
    pub fn spawn<F>(&self, name: &'static str, work: F) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(async move {
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                tracing::error!(task = name, "a background task panicked");
            }
        })
    }

    /// Like `spawn`, for many short tasks such as connections, which have no name.
    pub(crate) fn spawn_quiet(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(work);
    }

    /// Runs `work` each `every` until the program stops; the first run is after one `every`.
    pub fn repeat<F, Fut>(&self, name: &'static str, every: Duration, mut work: F) -> JoinHandle<()>
    where
        F: FnMut() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop.clone();
        self.spawn(name, async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(every) => work().await,
                }
            }
        })
    }

    pub fn token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Ends when the program begins to stop.
    pub fn stopping(&self) -> WaitForCancellationFutureOwned {
        self.stop.clone().cancelled_owned()
    }

    /// Number of tasks that have not ended.
    pub fn running(&self) -> usize {
        self.tracker.len()
    }

    /// Asks all tasks to end and waits for them, at most `limit`. True when all ended.
    pub async fn stop(&self, limit: Duration) -> bool {
        self.stop.cancel();
        self.tracker.close();
        tokio::time::timeout(limit, self.tracker.wait()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    #[tokio::test(start_paused = true)]
    async fn stop_ends_repeating_work_and_waits_for_it() {
        let tasks = Tasks::new();
        let count = Arc::new(AtomicU32::new(0));
        let seen = count.clone();
        tasks.repeat("tick", Duration::from_secs(1), move || {
            let seen = seen.clone();
            async move {
                seen.fetch_add(1, Ordering::Relaxed);
            }
        });
        tokio::time::sleep(Duration::from_millis(3500)).await;
        assert_eq!(count.load(Ordering::Relaxed), 3);
        assert!(tasks.stop(Duration::from_secs(1)).await);
        assert_eq!(tasks.running(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_end_is_reported_and_a_panic_is_survived() {
        let tasks = Tasks::new();
        tasks.spawn("bad", async { panic!("on purpose") });
        tasks.spawn("deaf", std::future::pending());
        assert!(!tasks.stop(Duration::from_secs(1)).await);
    }
}
