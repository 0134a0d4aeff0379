//! What one connection is doing, and when it has taken too long about it.
use http::Version;
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, futures::Notified},
    time::Instant,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expired {
    Headers,
    Idle,
}

pub struct ConnState {
    headers: Duration,
    now: Mutex<Now>,
    changed: Notify,
}

struct Now {
    running: u32,
    /// HTTP/2 sends frames of its own while it is idle: they are no beginning of a request.
    http2: bool,
    /// First byte of a request whose headers are not complete.
    started: Option<Instant>,
    /// Since when nothing runs.
    idle_since: Instant,
    idle: Duration,
}

impl ConnState {
    /// A connection whose first byte has come.
    pub fn new(headers: Duration, idle: Duration) -> Self {
        let now = Instant::now();
        let now = Now { running: 0, http2: false, started: Some(now), idle_since: now, idle };
        Self { headers, now: Mutex::new(now), changed: Notify::new() }
    }

    /// Bytes came in.
    pub fn received(&self) {
        let mut now = self.now.lock();
        if now.running == 0 && !now.http2 && now.started.is_none() {
            now.started = Some(Instant::now());
            drop(now);
            self.changed.notify_one();
        }
    }

    /// A request's headers are complete. It runs until the guard is dropped.
    pub fn begin(this: &Arc<Self>, version: Version) -> Running {
        let mut now = this.now.lock();
        now.running += 1;
        now.http2 = version == Version::HTTP_2;
        now.started = None;
        drop(now);
        Running(this.clone())
    }

    /// When to look again.
    pub fn deadline(&self) -> Instant {
        let now = self.now.lock();
        match (now.running, now.started) {
            (0, Some(started)) => started + self.headers,
            (0, None) => now.idle_since + now.idle,
            // nothing of ours runs out meanwhile; `changed` wakes the connection
            _ => Instant::now() + Duration::from_secs(3600),
        }
    }

    pub fn expired(&self) -> Option<Expired> {
        let now = self.now.lock();
        let present = Instant::now();
        match (now.running, now.started) {
            (0, Some(started)) if present >= started + self.headers => Some(Expired::Headers),
            (0, None) if present >= now.idle_since + now.idle => Some(Expired::Idle),
            _ => None,
        }
    }

    /// The connection was asked to close: it expires again after `more`.
    pub fn linger(&self, more: Duration) {
        let mut now = self.now.lock();
        now.idle_since = Instant::now();
        now.idle = more;
    }

    pub fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }
}

/// A running request, from its headers to the end of its response's body.
pub struct Running(Arc<ConnState>);

impl Drop for Running {
    fn drop(&mut self) {
        let mut now = self.0.now.lock();
        now.running -= 1;
        now.idle_since = Instant::now();
        drop(now);
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    const S: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn headers_then_idle_and_nothing_while_a_request_runs() {
        let state = Arc::new(ConnState::new(S * 5, S * 60));
        advance(S * 4).await;
        assert_eq!(state.expired(), None);
        let running = ConnState::begin(&state, Version::HTTP_11);
        advance(S * 1000).await;
        state.received();
        assert_eq!(state.expired(), None);
        drop(running);
        advance(S * 59).await;
        assert_eq!(state.expired(), None);
        advance(S).await;
        assert_eq!(state.expired(), Some(Expired::Idle));
        state.received(); // the next request begins
        assert_eq!(state.expired(), None);
        advance(S * 5).await;
        assert_eq!(state.expired(), Some(Expired::Headers));
    }

    #[tokio::test(start_paused = true)]
    async fn frames_of_an_idle_http2_connection_begin_no_request() {
        let state = Arc::new(ConnState::new(S * 5, S * 60));
        drop(ConnState::begin(&state, Version::HTTP_2));
        state.received();
        advance(S * 30).await;
        assert_eq!(state.expired(), None);
        advance(S * 30).await;
        assert_eq!(state.expired(), Some(Expired::Idle));
    }
}
