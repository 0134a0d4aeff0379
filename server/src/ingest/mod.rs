//! Where telemetry arrives: events of agents and people, batches of network collectors, enrolment of agents.
mod enroll;
mod events;
mod network;

use crate::state::AppState;
use http::{HeaderMap, HeaderName};
use platform::Ledger;
use soc::ingest::Delivery;

/// The client's own name for a batch: sent again under it, the batch is stored once.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// `1` labels the events as sample data.
pub const SAMPLE: HeaderName = HeaderName::from_static("x-eventsec-sample");

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    enroll::routes(network::routes(events::routes(l)))
}

fn delivery(headers: &HeaderMap) -> Delivery {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    Delivery { key: text(IDEMPOTENCY_KEY).map(str::to_owned), sample: text(SAMPLE) == Some("1") }
}
