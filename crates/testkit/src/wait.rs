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
}
