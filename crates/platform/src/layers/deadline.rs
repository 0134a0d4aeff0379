//! A request must be answered in time. The clock starts anew with every piece of its body, so a long upload is no fault.
use crate::error::ApiError;
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use model::Problem;
use parking_lot::Mutex;
use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

pub(super) async fn enforce(
    State(limit): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    let last = Arc::new(Mutex::new(Instant::now()));
    let request = if request.body().is_end_stream() {
        request
    } else {
        request.map(|inner| Body::new(Touching { inner, last: last.clone() }))
    };
    let mut answer = pin!(next.run(request));
    loop {
        let due = *last.lock() + limit;
        tokio::select! {
            response = &mut answer => return response,
            () = sleep_until(due) => if Instant::now() >= *last.lock() + limit {
                let problem = Problem::unavailable("The request took too long to answer").retry_after(5);
                return ApiError::from(problem).into_response();
            }
        }
    }
}

/// A body that notes when its last piece came.
struct Touching {
    inner: Body,
    last: Arc<Mutex<Instant>>,
}

impl HttpBody for Touching {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(cx);
        if frame.is_ready() {
            *self.last.lock() = Instant::now();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
