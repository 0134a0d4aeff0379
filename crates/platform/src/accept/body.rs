//! Bodies on their way in (at a minimum rate) and out (counted until their end; event streams end when the server stops).
use super::state::Running;
use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::header;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// The client sent its body slower than allowed: 408.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the request's body arrived too slowly")]
pub struct BodyTooSlow;

/// A body that must bring `rate` bytes a second over each span of `grace` spent waiting for it. Time that the reader
/// spends on other things does not count.
pub struct Rated<B> {
    inner: B,
    rate: u64,
    grace: Duration,
    waited: Duration,
    waiting_since: Option<Instant>,
    received: u64,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<B> Rated<B> {
    pub fn new(inner: B, rate: u64, grace: Duration) -> Self {
        Self {
            inner,
            rate,
            grace,
            waited: Duration::ZERO,
            waiting_since: None,
            received: 0,
            alarm: None,
        }
    }

    fn span_is_over(&mut self) -> Result<(), BodyTooSlow> {
        let due = u128::from(self.rate) * self.grace.as_millis() / 1000;
        let enough = u128::from(self.received) >= due;
        (self.waited, self.received) = (Duration::ZERO, 0);
        if enough { Ok(()) } else { Err(BodyTooSlow) }
    }
}

impl<B> HttpBody for Rated<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        let present = Instant::now();
        if let Some(since) = this.waiting_since.take() {
            this.waited += present - since;
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) {
            this.alarm = None;
            if let Some(Ok(data)) = frame.as_ref().map(|f| f.as_ref().map(Frame::data_ref)) {
                this.received += data.map_or(0, |d| d.len() as u64);
            }
            if frame.is_some() && this.waited >= this.grace {
                this.span_is_over()?;
            }
            return Poll::Ready(frame.map(|f| f.map_err(Into::into)));
        }
        if this.waited >= this.grace {
            this.span_is_over()?;
            this.alarm = None;
        }
        this.waiting_since = Some(present);
        let rest = this.grace - this.waited;
        let alarm = this.alarm.get_or_insert_with(|| Box::pin(sleep(rest)));
        if alarm.as_mut().poll(cx).is_ready() {
            this.waited = Duration::ZERO;
            this.span_is_over()?;
            this.alarm = Some(Box::pin(sleep(this.grace)));
            // registers the new alarm; it cannot be over already
            let _ = this.alarm.as_mut().map(|a| a.as_mut().poll(cx));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Ties the response to its connection: the request runs until its body ends.
pub fn outgoing(response: Response, running: Running, drain: CancellationToken) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let endless = kind.is_some_and(|k| k.starts_with("text/event-stream"));
    let until = endless.then(|| Box::pin(drain.cancelled_owned()));
    response.map(|inner| Body::new(Outgoing { inner, until, _running: running }))
}

struct Outgoing {
    inner: Body,
    until: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    _running: Running,
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(until) = &mut self.until
            && until.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use http_body_util::{BodyExt, StreamBody};

    /// A body of `count` pieces of `size` bytes, `every` apart.
    fn pieces(
        count: u32,
        size: usize,
        every: Duration,
    ) -> impl HttpBody<Data = Bytes, Error = axum::BoxError> + Unpin {
        let frames = stream::unfold(0, move |i| async move {
            if i == count {
                return None;
            }
            sleep(every).await;
            Some((Ok(Frame::data(Bytes::from(vec![b'x'; size]))), i + 1))
        });
        StreamBody::new(Box::pin(frames))
    }

    async fn read(count: u32, size: usize, every_ms: u64) -> Result<usize, String> {
        let rated = Rated::new(
            pieces(count, size, Duration::from_millis(every_ms)),
            1000,
            Duration::from_secs(10),
        );
        rated.collect().await.map(|b| b.to_bytes().len()).map_err(|e| e.to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn slow_but_sufficient_passes_and_dribble_does_not() {
        assert_eq!(read(100, 600, 500).await, Ok(60_000)); // 1200 B/s over 50 s
        assert!(read(100, 100, 500).await.unwrap_err().contains("too slowly")); // 200 B/s
        assert_eq!(read(9, 1, 1000).await, Ok(9)); // tiny, but over before the first span is
        assert!(read(2, 1_000_000, 11_000).await.unwrap_err().contains("too slowly")); // 11 s of silence
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_takes_its_time_is_not_the_client_s_fault() {
        let mut rated =
            Rated::new(pieces(5, 100, Duration::from_millis(1)), 1000, Duration::from_secs(10));
        let mut total = 0;
        while let Some(frame) = rated.frame().await {
            total += frame.unwrap().into_data().unwrap().len();
            sleep(Duration::from_secs(60)).await;
        }
        assert_eq!(total, 500);
    }
}
