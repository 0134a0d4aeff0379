//! Browsers are told that events arrived, once they can be found.
use super::{Parts, pause};
use model::live::Note;
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};

/// OpenSearch shows what was written after its next refresh, which is within a second.
const REFRESH: Duration = Duration::from_millis(1_100);

/// Events that nobody was told of yet, by tenant.
#[derive(Default)]
pub struct Told(Mutex<HashMap<Arc<str>, i64>>);

impl Told {
    pub(super) fn count(&self, tenant: &Arc<str>) {
        *self.0.lock().entry(tenant.clone()).or_default() += 1;
    }

    fn take(&self) -> HashMap<Arc<str>, i64> {
        std::mem::take(&mut *self.0.lock())
    }
}

pub(super) async fn run(mut parts: Parts) {
    let mut visible = HashMap::new();
    loop {
        let goes_on = pause(&mut parts.stop, REFRESH).await;
        for (tenant, count) in std::mem::replace(&mut visible, parts.told.take()) {
            // nobody listening is no error
            let _ = parts.live.send((tenant, Note::Events { count }));
        }
        if !goes_on {
            return;
        }
    }
}
