//! The push stream: small notes from the server, over server-sent events.
use leptos::prelude::*;
use model::live::Note;
use std::time::Duration;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// Where the server pushes: each message is one `Note` as JSON.
pub const STREAM: &str = "/stream";

/// After a refused connection (the browser retries broken ones by itself).
const RETRY: Duration = Duration::from_secs(5);

type Listener = (u64, Callback<Note>);

#[derive(Clone, Copy)]
pub struct Live {
    listeners: StoredValue<Vec<Listener>>,
    next: StoredValue<u64>,
    opened: StoredValue<bool>,
    pub connected: RwSignal<bool>,
}

impl Live {
    /// Called once by `App`; connects in the browser when somebody is signed in.
    pub fn provide(signed_in: bool) -> Self {
        let live = Self {
            listeners: StoredValue::new(Vec::new()),
            next: StoredValue::new(0),
            opened: StoredValue::new(false),
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
                for (_, f) in self.listeners.get_value() {
                    f.run(note.clone());
                }
            }
        });
        let on_open = Closure::<dyn Fn()>::new(move || {
            // after a gap: whatever was missed is asked for again
            if self.opened.get_value() {
                for (_, f) in self.listeners.get_value() {
                    f.run(Note::Lagged);
                }
            }
            self.opened.set_value(true);
            self.connected.set(true);
        });
        let broken = source.clone();
        let on_error = Closure::<dyn Fn()>::new(move || {
            self.connected.set(false);
            if broken.ready_state() == EventSource::CLOSED {
                set_timeout(move || self.connect(), RETRY);
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
