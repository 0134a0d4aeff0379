//! Keeps the numbers of a page from growing old.
use crate::dom;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::Micros;
use std::time::Duration;

/// What changes without a note from the server, such as a sensor that falls silent, is asked for this often.
const EVERY: Duration = Duration::from_secs(60);

/// When a page asks again; made by `use_refresh`.
#[derive(Clone, Copy)]
pub struct Refresh {
    ask: Callback<()>,
    asked: StoredValue<Micros>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Refresh {
    pub fn now(self) {
        self.asked.try_set_value(dom::now());
        self.ask.run(());
    }

    /// After that time. What is told until then is answered by the same question.
    pub fn after(self, wait: Duration) {
        // `None`: the page is gone
        if self.timer.try_with_value(Option::is_some) != Some(false) {
            return;
        }
        let ask = move || {
            self.timer.try_set_value(None);
            // it asks anyway when somebody looks again
            if !dom::hidden() {
                self.now();
            }
        };
        self.timer.try_set_value(set_timeout_with_handle(ask, wait).ok());
    }

    /// As soon as that time has passed since it asked last.
    pub fn at_most_every(self, gap: Duration) {
        let since = self.asked.try_get_value().map_or(0, |at| dom::now().since(at));
        let passed = Duration::from_micros(u64::try_from(since).unwrap_or(0));
        self.after(gap.saturating_sub(passed));
    }
}

/// While the calling component lives and is seen: asks when somebody looks again, and every minute.
pub fn use_refresh(ask: impl Fn() + Send + Sync + 'static) -> Refresh {
    let refresh = Refresh {
        ask: Callback::new(move |()| ask()),
        asked: StoredValue::new(Micros(0)),
        timer: StoredValue::new(None),
    };
    Effect::new(move |_| {
        let if_seen = move || {
            if !dom::hidden() {
                refresh.now();
            }
        };
        let looks = window_event_listener(leptos::ev::visibilitychange, move |_| if_seen());
        let tick = set_interval_with_handle(if_seen, EVERY).ok();
        on_cleanup(move || {
            looks.remove();
            if let Some(tick) = tick {
                tick.clear();
            }
            if let Some(timer) = refresh.timer.try_get_value().flatten() {
                timer.clear();
            }
        });
    });
    refresh
}
