//! A request's body, capped as sent and as unpacked (gzip, zstd, br), so that no request costs more memory than its route
//! allows, and that all of them together have a bound too. Unpacking happens while the handler reads: a caller refused before that costs nothing.
//!
//! Whatever the handler makes of a body that failed, the answer says what was wrong with it: 413 too large, 408 too slow,
//! 400 damaged, 503 when other requests hold all the room; an encoding we do not know is 415.
use crate::{accept::BodyTooSlow, config::ByteSize, error::ApiError};
use async_compression::tokio::bufread::GzipDecoder;
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use bytes::Bytes;
use futures::TryStreamExt;
use http::{HeaderValue, Version, header};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use model::{FieldError, Problem};
use parking_lot::Mutex;
use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Duration,
};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::io::{ReaderStream, StreamReader};
use tower::{ServiceBuilder, util::MapRequestLayer};
use tower_http::decompression::{DecompressionBody, RequestDecompressionLayer};

/// How large a body may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    pub sent: ByteSize,
    pub unpacked: ByteSize,
}

impl Caps {
    pub fn both(size: ByteSize) -> Self {
        Self { sent: size, unpacked: size }
    }
}

/// Puts the caps around one route.
pub fn guard<S>(route: MethodRouter<S>, caps: Caps) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    let unpack = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(caps, sent))
        .layer(MapRequestLayer::new(gunzip))
        .layer(RequestDecompressionLayer::new())
        .layer(MapRequestLayer::new(unpacked));
    route.layer(DefaultBodyLimit::disable()).layer(unpack)
}

/// The same around a whole router, such as the pages and their server functions.
pub fn guard_all(router: Router, caps: Caps) -> Router {
    let unpack = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(caps, sent))
        .layer(MapRequestLayer::new(gunzip))
        .layer(RequestDecompressionLayer::new())
        .layer(MapRequestLayer::new(unpacked));
    router.layer(DefaultBodyLimit::disable()).layer(unpack)
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    TooLarge(ByteSize, &'static str),
    TooSlow,
    Damaged,
    NoRoom,
}

impl Fault {
    fn problem(self) -> Problem {
        match self {
            Self::TooLarge(limit, how) => too_large(limit, how),
            Self::TooSlow => Problem::request_timeout("The request's body arrived too slowly"),
            Self::Damaged => Problem::bad_request("The body's encoding is damaged"),
            Self::NoRoom => {
                Problem::unavailable("Other requests hold all the memory for bodies").retry_after(1)
            }
        }
    }
}

/// The contract's text; how much would be taken is said in `errors`, about the body as a whole.
fn too_large(limit: ByteSize, how: &str) -> Problem {
    let error = FieldError {
        pointer: String::new(),
        code: "too_large".into(),
        message: format!("The body may have {limit} {how}"),
    };
    Problem { errors: vec![error], ..Problem::too_large("Payload too large") }
}

/// Bytes of all bodies, as read by their handlers, that are held at one time.
pub const ROOM: usize = 512 << 20;

/// Bytes of a body that are not counted: people sign in while senders fill the room.
const SMALL: usize = 64 << 10;

static FREE: Semaphore = Semaphore::const_new(ROOM);

/// The room that one request's body takes; given back when the answer is there.
struct Held {
    room: &'static Semaphore,
    /// Bytes so far, and the room they have.
    taken: Mutex<(usize, Option<SemaphorePermit<'static>>)>,
}

impl Held {
    fn of(room: &'static Semaphore) -> Self {
        Self { room, taken: Mutex::default() }
    }

    /// False when there is none left. Waiting would be no help: each request that waits holds what it has.
    fn take(&self, bytes: usize) -> bool {
        let mut taken = self.taken.lock();
        let before = taken.0.max(SMALL);
        taken.0 = taken.0.saturating_add(bytes);
        let Ok(counted) = u32::try_from(taken.0.saturating_sub(before)) else { return false };
        let Ok(more) = self.room.try_acquire_many(counted) else { return false };
        match taken.1.as_mut() {
            Some(held) => held.merge(more),
            None => taken.1 = Some(more),
        }
        true
    }
}

/// The first fault of a request's body, its second cap, and its room.
#[derive(Clone)]
struct Watch {
    fault: Arc<OnceLock<Fault>>,
    unpacked: ByteSize,
    held: Arc<Held>,
}

async fn sent(State(caps): State<Caps>, mut request: Request, next: Next) -> Response {
    let too_large = Fault::TooLarge(caps.sent, "as sent");
    let said = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let version = request.version();
    if said.is_some_and(|n| n > caps.sent.0) {
        linger(request).await;
        return refused(too_large, version);
    }
    let encoded = match request.headers().get(header::CONTENT_ENCODING) {
        None => false,
        Some(name) => {
            // names of encodings do not depend on case
            let lower = name.to_str().unwrap_or_default().trim().to_ascii_lowercase();
            let name = if lower == "x-gzip" { "gzip" } else { &lower };
            if let Ok(name) = HeaderValue::from_str(name) {
                request.headers_mut().insert(header::CONTENT_ENCODING, name);
            }
            lower != "identity"
        }
    };
    if !encoded && request.body().is_end_stream() {
        return next.run(request).await;
    }
    let watch = Watch {
        fault: Arc::default(),
        unpacked: if encoded { caps.unpacked } else { caps.sent },
        held: Arc::new(Held::of(&FREE)),
    };
    let (fault, _held) = (watch.fault.clone(), watch.held.clone());
    request.extensions_mut().insert(watch);
    let request = request.map(|inner| {
        Body::new(Capped {
            inner,
            left: caps.sent.0,
            too_large,
            fault: fault.clone(),
            otherwise: None,
            held: None,
        })
    });
    let response = next.run(request).await;
    match fault.get() {
        Some(fault) if !response.status().is_success() => refused(*fault, version),
        _ => response,
    }
}

/// Bytes of a refused body that are still read, and for how long.
const LINGER: (usize, Duration) = (32 << 20, Duration::from_secs(2));

/// Reads on for a while and keeps nothing: a sender that is cut off while it writes never sees the answer that says why. One that
/// waits to be asked for its body (`Expect`) sends none.
async fn linger(request: Request) {
    if request.version() >= Version::HTTP_2 || request.headers().contains_key(header::EXPECT) {
        return;
    }
    let (mut body, mut left) = (request.into_body(), LINGER.0);
    let rest = async {
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                return;
            }
        }
    };
    // whoever is slower than this is cut off as before
    let _ = tokio::time::timeout(LINGER.1, rest).await;
}

/// The rest of the body is not read, so an HTTP/1 connection ends here. The client is told: it would send its next request into
/// the closing connection otherwise.
fn refused(fault: Fault, version: Version) -> Response {
    let mut response = ApiError::from(fault.problem()).into_response();
    if version < Version::HTTP_2 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Unpacks all members of a gzip: what was packed in pieces, and then put together. The layer that unpacks the rest reads the first
/// member alone, and may not notice that there are others.
fn gunzip(mut request: Request) -> Request {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    // where there is no body, none is damaged
    if encoding.is_none_or(|name| name.as_bytes() != b"gzip") || request.body().is_end_stream() {
        return request;
    }
    request.headers_mut().remove(header::CONTENT_ENCODING);
    request.headers_mut().remove(header::CONTENT_LENGTH);
    request.map(|body| {
        let packed = TryStreamExt::map_err(body.into_data_stream(), std::io::Error::other);
        let mut members = GzipDecoder::new(StreamReader::new(packed));
        members.multiple_members(true);
        Body::from_stream(ReaderStream::new(members))
    })
}

fn unpacked(request: Request<DecompressionBody<Body>>) -> Request {
    let Some(watch) = request.extensions().get::<Watch>().cloned() else {
        return request.map(Body::new);
    };
    let too_large = Fault::TooLarge(watch.unpacked, "once unpacked");
    request.map(|inner| {
        Body::new(Capped {
            inner: Body::new(inner),
            left: watch.unpacked.0,
            too_large,
            fault: watch.fault,
            otherwise: Some(Fault::Damaged),
            held: Some(watch.held),
        })
    })
}

struct Capped {
    inner: Body,
    left: u64,
    too_large: Fault,
    fault: Arc<OnceLock<Fault>>,
    /// What an error of the body means when nothing better is known.
    otherwise: Option<Fault>,
    /// Where what the handler gets is counted; `None` for what is still packed.
    held: Option<Arc<Held>>,
}

#[derive(Debug, thiserror::Error)]
#[error("the request's body is refused")]
struct Refused;

impl HttpBody for Capped {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(cx));
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                let fault = match self.left.checked_sub(bytes as u64) {
                    None => Some(self.too_large),
                    Some(_) if self.held.as_ref().is_some_and(|h| !h.take(bytes)) => {
                        Some(Fault::NoRoom)
                    }
                    Some(left) => {
                        self.left = left;
                        None
                    }
                };
                match fault {
                    None => Some(Ok(frame)),
                    Some(fault) => {
                        let _ = self.fault.set(fault); // the first one stays
                        Some(Err(Refused.into()))
                    }
                }
            }
            Some(Err(e)) => {
                let known = if is_too_slow(&e) { Some(Fault::TooSlow) } else { self.otherwise };
                if let Some(fault) = known {
                    let _ = self.fault.set(fault); // the first one stays
                }
                Some(Err(e.into()))
            }
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn is_too_slow(error: &axum::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(e) = next {
        if e.is::<BodyTooSlow>() {
            return true;
        }
        next = e.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_share_a_room_and_give_it_back() {
        let room: &'static Semaphore = Box::leak(Box::new(Semaphore::new(100)));
        let (one, two, small) = (Held::of(room), Held::of(room), Held::of(room));
        assert!(one.take(SMALL) && one.take(60) && two.take(SMALL + 35));
        assert!(!two.take(6) && !one.take(usize::MAX), "5 bytes are left");
        assert!(small.take(SMALL), "what is small is always taken");
        drop(one);
        assert_eq!(room.available_permits(), 65);
    }

    #[test]
    fn too_large_keeps_the_contract_s_text_and_tells_the_limit() {
        let p = Fault::TooLarge(ByteSize(4096), "as sent").problem();
        assert_eq!((p.status, p.detail.as_str()), (413, "Payload too large"));
        let error = &p.errors[0];
        assert_eq!((error.pointer.as_str(), error.code.as_str()), ("", "too_large"));
        assert_eq!(error.message, "The body may have 4KiB as sent");
    }
}
