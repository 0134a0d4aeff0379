//! The push stream: small notes from the server, over server-sent events.
use crate::{dom, server_fns::profile::fetch_me, url::Query};
use leptos::{prelude::*, task::spawn_local};
use model::live::Note;
use std::time::Duration;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// Where the server pushes: each message is one `Note` as JSON.
pub const STREAM: &str = "/stream";

/// After a refused connection (the browser retries broken ones by itself); after each further one twice as long.
const RETRY: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(60);

type Listener = (u64, Callback<Note>);

#[derive(Clone, Copy)]
pub struct Live {
    listeners: StoredValue<Vec<Listener>>,
    next: StoredValue<u64>,
    opened: StoredValue<bool>,
    /// Until the next try.
    pause: StoredValue<Duration>,
    pub connected: RwSignal<bool>,
}

impl Live {
    /// Called once by `App`; connects in the browser when somebody is signed in.
    pub fn provide(signed_in: bool) -> Self {
        let live = Self {
            listeners: StoredValue::new(Vec::new()),
            next: StoredValue::new(0),
            opened: StoredValue::new(false),
            pause: StoredValue::new(RETRY),
            connected: RwSignal::new(false),
        };
        provide_context(live);
        if signed_in {
            Effect::new(move |_| live.connect());
        }
        live
    }

    fn connect(self) {
        let Ok(source) = EventSource::new(STREAM) else { return };
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |ev: MessageEvent| {
            if let Some(note) =
                ev.data().as_string().and_then(|s| serde_json::from_str::<Note>(&s).ok())
            {
                self.tell(&note);
            }
        });
        let on_open = Closure::<dyn Fn()>::new(move || {
            // after a gap: whatever was missed is asked for again
            if self.opened.get_value() {
                self.tell(&Note::Lagged);
            }
            self.opened.set_value(true);
            self.pause.set_value(RETRY);
            self.connected.set(true);
        });
        let broken = source.clone();
        let on_error = Closure::<dyn Fn()>::new(move || {
            self.connected.set(false);
            if broken.ready_state() == EventSource::CLOSED {
                self.refused();
            }
        });
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // they live as long as the page
        on_message.forget();
        on_open.forget();
        on_error.forget();
    }

    fn tell(self, note: &Note) {
        for (_, f) in self.listeners.get_value() {
            // one of them may have taken the page of the next one away
            let _ = f.try_run(note.clone());
        }
    }

    /// The browser has given up: the session has ended, or the server is not itself. An event stream does not say which.
    fn refused(self) {
        spawn_local(async move {
            if fetch_me().await.is_err_and(|p| p.is("unauthenticated")) {
                dom::go(&sign_in(&dom::here()));
                return;
            }
            let pause = self.pause.get_value();
            self.pause.set_value((pause * 2).min(LONGEST));
            set_timeout(move || self.connect(), pause);
        });
    }
}

/// Where the session's end leads, and from there back here.
fn sign_in(here: &str) -> String {
    Query::new().with("error", "expired").with("next", here).href("/login")
}

/// Calls `f` for each note while the calling component lives.
pub fn use_live(f: impl Fn(Note) + Send + Sync + 'static) {
    let live = expect_context::<Live>();
    let id = live.next.get_value() + 1;
    live.next.set_value(id);
    live.listeners.update_value(|l| l.push((id, Callback::new(f))));
    on_cleanup(move || {
        live.listeners.try_update_value(|l| l.retain(|(i, _)| *i != id));
    });
}

#[cfg(test)]
mod tests {
    use super::sign_in;

    #[test]
    fn after_signing_in_again_one_is_where_one_was() {
        assert_eq!(
            sign_in("/alerts?status=any&selected=7"),
            "/login?error=expired&next=%2Falerts%3Fstatus%3Dany%26selected%3D7"
        );
    }
}
