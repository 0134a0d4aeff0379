use crate::{
    context::page_context,
    dom,
    i18n::{absolute, clock, lang, relative, short},
};
use leptos::prelude::*;
use model::Micros;
use std::time::Duration;

/// One clock for all times of the page: what "now" is, and in which zone times are written.
#[derive(Clone, Copy)]
pub struct Clock {
    pub now: RwSignal<Micros>,
    pub local: RwSignal<bool>,
    /// The browser has taken over: its zone is known.
    alive: RwSignal<bool>,
}

impl Clock {
    /// Called once by `App`. Starts in UTC at the request's time, as the server rendered, and then follows the browser.
    pub fn provide() -> Self {
        let context = page_context();
        let clock = Self {
            now: RwSignal::new(context.now),
            local: RwSignal::new(false),
            alive: RwSignal::new(false),
        };
        provide_context(clock);
        Effect::new(move |_| {
            clock.alive.set(true);
            clock.local.set(context.local_time);
            clock.now.set(dom::now());
            if let Ok(handle) =
                set_interval_with_handle(move || clock.now.set(dom::now()), Duration::from_secs(15))
            {
                on_cleanup(move || handle.clear());
            }
        });
        clock
    }

    pub fn toggle(self) {
        self.local.update(|l| *l = !*l);
        dom::set_cookie("clock", if self.local.get_untracked() { "local" } else { "utc" });
    }

    /// Minutes east of UTC in which times are shown now.
    pub fn offset(self, at: Micros) -> i64 {
        if self.local.get() { dom::offset_minutes(at) } else { 0 }
    }

    /// The time in UTC and, once the page is alive, in the browser's zone too.
    pub fn title(self, at: Micros) -> String {
        let utc = absolute(at, 0);
        match self.alive.get().then(|| dom::offset_minutes(at)) {
            None | Some(0) => utc,
            Some(offset) => format!("{utc}\n{}", absolute(at, offset)),
        }
    }
}

/// How `TimeText` writes a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeStyle {
    /// `9 min ago`
    #[default]
    Relative,
    /// `21 Nov 10:02`
    Short,
    /// `10:02:07.998`
    Clock,
    /// `2026-11-21 10:02:07 UTC`
    Absolute,
}

/// A time; its title always has UTC and, once the page is alive, local time.
#[component]
pub fn TimeText(at: Micros, #[prop(optional)] style: TimeStyle) -> impl IntoView {
    let watch = expect_context::<Clock>();
    let lang = lang();
    let text = move || {
        // the effect runs where no owner may be: the language was read above
        provide_context(lang);
        match style {
            TimeStyle::Relative => relative(at, watch.now.get()),
            TimeStyle::Short => short(at, watch.offset(at), watch.now.get()),
            TimeStyle::Clock => clock(at, watch.offset(at)),
            TimeStyle::Absolute => absolute(at, watch.offset(at)),
        }
    };
    view! {
        <time datetime=at.rfc3339() title=move || watch.title(at)>
            {text}
        </time>
    }
}
