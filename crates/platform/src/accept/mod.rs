//! The accept loop: hyper with every clock it needs, so that no client can hold a connection for nothing.
//!
//! A connection is closed when its first byte, a request's headers, a body's bytes or the taking of a response are too slow,
//! when it is idle for too long, or when there are too many. On stop: no new connections, idle ones close, running
//! requests get `drain`, event streams end at once.
mod body;
mod io;
mod state;

pub use body::BodyTooSlow;

use crate::{config::Limits, error::ApiError, tasks::Tasks};
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Request, Version, header};
use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use io::Watched;
use parking_lot::Mutex;
use state::{ConnState, Expired};
use std::{
    collections::HashMap,
    convert::Infallible,
    future::Future,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// In the extensions of every request: cancelled when the server begins to stop. WebSocket handlers watch it;
/// `text/event-stream` responses are ended by the server itself.
#[derive(Clone, Debug)]
pub struct Draining(pub CancellationToken);

/// How stopping went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that did not end in time and were cut off.
    pub cut_off: usize,
}

/// Connections refused at once beside the open ones: each gets its 503 and a second to read it.
const REFUSALS: usize = 64;
/// Time an idle connection that was asked to close may take.
const LINGER: Duration = Duration::from_secs(5);

/// Serves `app` until `stop` resolves, then drains. `app` sees `ConnectInfo<SocketAddr>` and `Draining` on every request.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: &Limits,
    stop: impl Future<Output = ()>,
) -> Drained {
    let shared = Arc::new(Shared::new(app, limits.clone()));
    let connections = Tasks::new();
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(e) => {
                    // out of descriptors or a client that left already: the next try may do, a busy loop would not
                    tracing::warn!(error = %e, "accept failed");
                    sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
        };
        match shared.admit(peer.ip()) {
            Some(slot) => connections.spawn_quiet(connection(shared.clone(), stream, peer, slot)),
            None => {
                metrics::counter!("eventsec_connections_refused_total").increment(1);
                if let Ok(permit) = refusals.clone().try_acquire_owned() {
                    connections.spawn_quiet(async move {
                        refuse(stream).await;
                        drop(permit);
                    });
                }
            }
        }
    }
    drop(listener);
    shared.drain.cancel();
    connections.stop(limits.drain).await;
    Drained { cut_off: connections.running() }
}

/// What all connections share.
struct Shared {
    app: Router,
    limits: Limits,
    http: Builder<TokioExecutor>,
    drain: CancellationToken,
    slots: Arc<Slots>,
}

impl Shared {
    fn new(app: Router, limits: Limits) -> Self {
        let mut http = Builder::new(TokioExecutor::new());
        // the header clock is ours (`state`): hyper's would also end idle connections
        http.http1()
            .timer(TokioTimer::new())
            .header_read_timeout(None)
            .max_headers(limits.header_count as usize)
            .max_buf_size(limits.header_bytes.get().max(8 << 10));
        http.http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.http2_streams)
            .max_header_list_size(u32::try_from(limits.header_bytes.0).unwrap_or(u32::MAX))
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10));
        Self { app, limits, http, drain: CancellationToken::new(), slots: Arc::default() }
    }

    fn admit(&self, ip: IpAddr) -> Option<Slot> {
        let mut open = self.slots.0.lock();
        let of_ip = open.by_ip.get(&ip).copied().unwrap_or(0);
        if open.all >= self.limits.connections || of_ip >= self.limits.connections_per_ip {
            return None;
        }
        open.all += 1;
        open.by_ip.insert(ip, of_ip + 1);
        metrics::gauge!("eventsec_connections").set(f64::from(open.all));
        drop(open);
        Some(Slot { slots: self.slots.clone(), ip })
    }
}

#[derive(Default)]
struct Slots(Mutex<Open>);

#[derive(Default)]
struct Open {
    all: u32,
    by_ip: HashMap<IpAddr, u32>,
}

/// One open connection's place; it lies beside the socket and is given back with it, upgraded or not.
struct Slot {
    slots: Arc<Slots>,
    ip: IpAddr,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.slots.0.lock();
        open.all -= 1;
        metrics::gauge!("eventsec_connections").set(f64::from(open.all));
        match open.by_ip.get_mut(&self.ip) {
            Some(n) if *n > 1 => *n -= 1,
            _ => drop(open.by_ip.remove(&self.ip)),
        }
    }
}

async fn connection(shared: Arc<Shared>, stream: TcpStream, peer: SocketAddr, slot: Slot) {
    let limits = &shared.limits;
    // small answers are not held back to be joined with later ones
    let _ = stream.set_nodelay(true);
    // the protocol is guessed from the first bytes, and hyper would wait for them for ever
    let first = async { stream.peek(&mut [0]).await };
    tokio::select! {
        () = shared.drain.cancelled() => return,
        seen = timeout(limits.first_byte, first) => match seen {
            Ok(Ok(n)) if n > 0 => {}
            Err(_) => return closed("first_byte"),
            _ => return,
        },
    }
    let state = Arc::new(ConnState::new(limits.headers, limits.idle));
    let io = TokioIo::new(Watched::new(stream, state.clone(), limits.write_stall, slot));
    let service = service_fn(|request: Request<hyper::body::Incoming>| {
        let shared = shared.clone();
        let running = ConnState::begin(&state, request.version());
        async move {
            if !names_one_host(&request) {
                return Ok(body::outgoing(no_host(), running, shared.drain.clone()));
            }
            let (mut parts, body) = request.into_parts();
            parts.extensions.insert(ConnectInfo(peer));
            parts.extensions.insert(Draining(shared.drain.clone()));
            let body = Body::new(body::Rated::new(
                body,
                shared.limits.body_rate.0,
                shared.limits.body_grace,
            ));
            let response = match shared.app.clone().oneshot(Request::from_parts(parts, body)).await
            {
                Ok(r) => r,
                Err(never) => match never {},
            };
            Ok::<_, Infallible>(body::outgoing(response, running, shared.drain.clone()))
        }
    });
    let mut serving = pin!(shared.http.serve_connection_with_upgrades(io, service));
    let mut asked_to_close = false;
    loop {
        tokio::select! {
            done = serving.as_mut() => {
                if let Err(e) = done {
                    tracing::debug!(%peer, error = %e, "connection ended");
                }
                return;
            }
            () = shared.drain.cancelled(), if !asked_to_close => {
                asked_to_close = true;
                serving.as_mut().graceful_shutdown();
            }
            () = sleep_until(state.deadline()) => match state.expired() {
                Some(Expired::Headers) => return closed("headers"),
                Some(Expired::Idle) if asked_to_close => return,
                Some(Expired::Idle) => {
                    asked_to_close = true;
                    serving.as_mut().graceful_shutdown();
                    state.linger(LINGER);
                }
                None => {}
            },
            () = state.changed() => {}
        }
    }
}

/// Without exactly one host, proxies before this server and the layers behind it may take a request for different ones.
fn names_one_host<B>(request: &Request<B>) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    hosts == 1 || hosts == 0 && request.version() != Version::HTTP_11
}

fn no_host() -> Response {
    let problem = model::Problem::bad_request("A request names exactly one host");
    let mut response = ApiError::from(problem).into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

fn closed(why: &'static str) {
    metrics::counter!("eventsec_connections_closed_total", "reason" => why).increment(1);
}

/// Says 503 to a connection that there is no room for, and waits a moment so that the answer is read.
async fn refuse(mut stream: TcpStream) {
    let body =
        serde_json::to_string(&model::Problem::unavailable("Too many connections").retry_after(1))
            .unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let talk = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // closing with unread bytes would reset the connection and lose the answer
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = timeout(Duration::from_secs(1), talk).await;
}

/// Resolves at SIGTERM or SIGINT.
pub async fn signals() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = term.recv() => tracing::info!("SIGTERM: stopping"),
        _ = int.recv() => tracing::info!("SIGINT: stopping"),
    }
    Ok(())
}
