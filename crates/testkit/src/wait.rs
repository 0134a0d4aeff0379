//! Waiting for a condition, never for a time.
use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

/// How often the condition is asked.
const STEP: Duration = Duration::from_millis(20);

/// Asks `condition` until it answers `Ok`; `Err` is the present state.
///
/// # Panics
/// When `limit` passes first; the message holds `what` and the last state.
pub async fn wait_for<T, S: Debug>(
    what: &str,
    limit: Duration,
    mut condition: impl AsyncFnMut() -> Result<T, S>,
) -> T {
    let start = Instant::now();
    loop {
        match condition().await {
            Ok(value) => return value,
            Err(state) if start.elapsed() >= limit => {
                panic!("waited {limit:?} for {what}; last state: {state:?}")
            }
            Err(_) => tokio::time::sleep(STEP).await,
        }
    }
}

/// Waits until a backlog is worked off: as long as what is left of it gets less, and `patience` longer. How long a backlog takes is the
/// machine's affair, and only standing still is a fault. Answers what is left then.
pub async fn worked_off(patience: Duration, mut left: impl AsyncFnMut() -> u64) -> u64 {
    let (mut least, mut since) = (u64::MAX, Instant::now());
    loop {
        let now = left().await;
        if now == 0 {
            return 0;
        }
        if now < least {
            (least, since) = (now, Instant::now());
        } else if since.elapsed() >= patience {
            return now;
        }
        tokio::time::sleep(STEP).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_returns_as_soon_as_the_condition_holds() {
        let mut asked = 0;
        let got = wait_for("the third try", Duration::from_secs(5), async || {
            asked += 1;
            if asked == 3 { Ok("there") } else { Err(asked) }
        })
        .await;
        assert_eq!((got, asked), ("there", 3));
    }

    #[tokio::test]
    #[should_panic(expected = "for the moon; last state: \"still below\"")]
    async fn it_says_the_last_state() {
        wait_for("the moon", Duration::ZERO, async || Err::<(), _>("still below")).await;
    }

    #[tokio::test]
    async fn a_backlog_may_take_any_time_as_long_as_it_gets_less() {
        let mut left = 10_u64;
        let rest = worked_off(STEP, async || {
            left -= 1;
            left
        })
        .await;
        assert_eq!(rest, 0, "ten times as long as its patience");
        assert_eq!(worked_off(STEP, async || 3).await, 3, "it stands still");
    }
}
