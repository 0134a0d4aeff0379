//! Where telemetry arrives: events of agents and people, batches of network collectors, enrolment of agents.
mod enroll;
mod events;
mod network;
mod shapes;

use crate::state::AppState;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue};
use model::{Permission, Problem};
use platform::{Entry, Ledger, Principal};
use serde::Serialize;
use soc::ingest::Delivery;

/// The client's own name for a batch: sent again under it, the batch is stored once.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// `1` labels the events as sample data.
pub const SAMPLE: HeaderName = HeaderName::from_static("x-eventsec-sample");
/// `true` on the answer to what was stored before: nothing was stored again.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replay");

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    enroll::routes(network::routes(events::routes(l)))
}

/// What routes for telemetry have in common: who may send, how much, and the headers that they read and send.
fn delivered(e: Entry) -> Entry {
    let e = e
        .needs(Permission::SendEvents)
        .also(&[Principal::AgentKey, Principal::SharedToken])
        .audited(false)
        .events();
    e.header(
        "Idempotency-Key",
        "your own name for the batch, 1 to 200 characters: sent again under it, it is stored once",
    )
    .header("X-EventSec-Sample", "`1` labels events, and the alerts they raise, as sample data")
    .sends("Idempotent-Replay", "boolean", "`true` when it was stored before and not again")
}

/// How a batch came. A key that cannot be read would protect from nothing, so it is refused.
fn delivery(headers: &HeaderMap) -> Result<Delivery, Problem> {
    let key = match headers.get(IDEMPOTENCY_KEY).map(HeaderValue::to_str) {
        None => None,
        Some(Ok(text)) => Some(text.trim().to_owned()),
        Some(Err(_)) => {
            return Err(Problem::bad_request(format!(
                "Idempotency-Key must have 1 to {} printable characters of ASCII",
                pipeline::key::MAX_KEY
            )));
        }
    };
    let sample = headers.get(SAMPLE).is_some_and(|v| v.as_bytes().trim_ascii() == b"1");
    Ok(Delivery { key, sample })
}

/// An answer, and whether it is about what was stored before.
fn answer(body: impl Serialize, repeated: bool) -> Response {
    let mut response = Json(body).into_response();
    if repeated {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(key: &'static [u8]) -> Result<Delivery, Problem> {
        let value = HeaderValue::from_bytes(key).unwrap();
        delivery(&HeaderMap::from_iter([(IDEMPOTENCY_KEY, value)]))
    }

    #[test]
    fn a_key_that_cannot_be_read_is_refused_and_not_forgotten() {
        assert_eq!(delivery(&HeaderMap::new()).unwrap().key, None);
        assert_eq!(read(b" batch-1 ").unwrap().key.as_deref(), Some("batch-1"));
        for bad in ["lote-ñ".as_bytes(), b"\xff"] {
            assert_eq!(read(bad).unwrap_err().status, 400, "{bad:?}");
        }
    }

    #[test]
    fn only_one_labels_as_sample() {
        for (text, sample) in [("1", true), ("0", false), ("true", false)] {
            let headers = HeaderMap::from_iter([(SAMPLE, HeaderValue::from_static(text))]);
            assert_eq!(delivery(&headers).unwrap().sample, sample, "{text}");
        }
    }
}
