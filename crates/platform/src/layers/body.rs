//! A request's body, capped as sent and as unpacked (gzip, zstd, br), so that no request costs more memory than its route
//! allows. Unpacking happens while the handler reads: a caller refused before that costs nothing.
//!
//! Whatever the handler makes of a body that failed, the answer says what was wrong with it: 413 too large, 408 too slow,
//! 400 damaged; an encoding we do not know is 415.
use crate::{accept::BodyTooSlow, config::ByteSize, error::ApiError};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use bytes::Bytes;
use http::{HeaderValue, Version, header};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use model::{FieldError, Problem};
use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};
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
        .layer(RequestDecompressionLayer::new())
        .layer(MapRequestLayer::new(unpacked));
    route.layer(DefaultBodyLimit::disable()).layer(unpack)
}

/// The same around a whole router, such as the pages and their server functions.
pub fn guard_all(router: Router, caps: Caps) -> Router {
    let unpack = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(caps, sent))
        .layer(RequestDecompressionLayer::new())
        .layer(MapRequestLayer::new(unpacked));
    router.layer(DefaultBodyLimit::disable()).layer(unpack)
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    TooLarge(ByteSize, &'static str),
    TooSlow,
    Damaged,
}

impl Fault {
    fn problem(self) -> Problem {
        match self {
            Self::TooLarge(limit, how) => too_large(limit, how),
            Self::TooSlow => Problem::request_timeout("The request's body arrived too slowly"),
            Self::Damaged => Problem::bad_request("The body's encoding is damaged"),
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

/// The first fault of a request's body, and its second cap.
#[derive(Clone)]
struct Watch {
    fault: Arc<OnceLock<Fault>>,
    unpacked: ByteSize,
}

async fn sent(State(caps): State<Caps>, mut request: Request, next: Next) -> Response {
    let too_large = Fault::TooLarge(caps.sent, "as sent");
    let said = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let version = request.version();
    if said.is_some_and(|n| n > caps.sent.0) {
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
    let watch =
        Watch { fault: Arc::default(), unpacked: if encoded { caps.unpacked } else { caps.sent } };
    let fault = watch.fault.clone();
    request.extensions_mut().insert(watch);
    let request = request.map(|inner| {
        Body::new(Capped {
            inner,
            left: caps.sent.0,
            too_large,
            fault: fault.clone(),
            otherwise: None,
        })
    });
    let response = next.run(request).await;
    match fault.get() {
        Some(fault) if !response.status().is_success() => refused(*fault, version),
        _ => response,
    }
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
                match self.left.checked_sub(frame.data_ref().map_or(0, |d| d.len() as u64)) {
                    Some(left) => {
                        self.left = left;
                        Some(Ok(frame))
                    }
                    None => {
                        let _ = self.fault.set(self.too_large);
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
    fn too_large_keeps_the_contract_s_text_and_tells_the_limit() {
        let p = Fault::TooLarge(ByteSize(4096), "as sent").problem();
        assert_eq!((p.status, p.detail.as_str()), (413, "Payload too large"));
        let error = &p.errors[0];
        assert_eq!((error.pointer.as_str(), error.code.as_str()), ("", "too_large"));
        assert_eq!(error.message, "The body may have 4KiB as sent");
    }
}
