//! The push stream of browsers and scripts.
use crate::{api::extract::Who, state::AppState};
use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, stream};
use model::Permission;
use platform::{Entry, Ledger};
use std::{convert::Infallible, time::Duration};

/// A stream ends after so long and the browser opens the next one: with rights that are checked again.
const LIFE: Duration = Duration::from_secs(600);
/// A comment line so often keeps proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(
        Entry::get(
            "/stream",
            "Notes on new and changed alerts, events and rules, as server-sent events",
        )
        .needs(Permission::ReadAlerts)
        .replies_text("text/event-stream"),
        listen,
    )
}

async fn listen(
    State(s): State<AppState>,
    Who(who): Who,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let listener = s.soc.live.listen(&who.tenant);
    let end = Box::pin(tokio::time::sleep(LIFE));
    let notes = stream::unfold((listener, end), |(mut listener, mut end)| async move {
        let note = tokio::select! {
            note = listener.next() => note?,
            () = &mut end => return None,
        };
        // a note of numbers and texts always serialises
        let event = Event::default().json_data(&note).unwrap_or_default();
        Some((Ok(event), (listener, end)))
    });
    Sse::new(notes).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
