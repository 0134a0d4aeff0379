use leptos::prelude::*;
use std::time::Duration;

/// How long a burst is gathered.
const PAUSE: Duration = Duration::from_millis(300);

/// Ids that come one by one, and are dealt with together.
#[derive(Clone, Copy)]
pub struct Burst(StoredValue<Vec<i64>>);

impl Burst {
    pub fn new() -> Self {
        Self(StoredValue::new(Vec::new()))
    }

    /// The first ids of a burst start the clock; when it rings, `then` gets all that came meanwhile, unless the page is gone.
    pub fn add(self, ids: Vec<i64>, then: impl FnOnce(Vec<i64>) + 'static) {
        let runs = self.0.try_update_value(|waiting| {
            let runs = !waiting.is_empty();
            waiting.extend(ids);
            runs
        });
        if runs == Some(false) {
            set_timeout(move || self.ring(then), PAUSE);
        }
    }

    fn ring(self, then: impl FnOnce(Vec<i64>)) {
        if let Some(ids) = self.0.try_update_value(std::mem::take)
            && !ids.is_empty()
        {
            then(ids);
        }
    }
}
