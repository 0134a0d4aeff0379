//! `POST /ingest/network/bulk`: batches of Suricata EVE or Zeek records.
use crate::{
    api::extract::By,
    ingest::{answer, delivered, delivery, shapes::NetworkBatch},
    state::AppState,
};
use axum::{extract::State, response::Response};
use bytes::Bytes;
use http::HeaderMap;
use model::dead_letter::Rejection;
use platform::{ApiResult, Entry, Ledger};
use serde::Serialize;

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    let entry = Entry::post(
        "/ingest/network/bulk",
        "Takes up to 1,000 records of one sensor; answers once they are durable",
    )
    .takes::<NetworkBatch>()
    .replies::<Answer>();
    l.route(delivered(entry), take)
}

#[derive(Serialize, utoipa::ToSchema)]
struct Answer {
    accepted: i64,
    rejected: i64,
    errors: Vec<Rejection>,
    created_sensor_id: Option<i64>,
    /// Id of the first stored event; the others follow without gaps.
    first_id: i64,
    /// The batch was stored before; nothing was stored again.
    repeated: bool,
}

async fn take(
    State(s): State<AppState>,
    By(sender): By,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult<Response> {
    let (r, created_sensor_id) = s.soc.take_network(&sender, &body, delivery(&headers)?).await?;
    let told = Answer {
        accepted: r.accepted,
        rejected: r.rejected,
        errors: r.errors,
        created_sensor_id,
        first_id: r.first_id,
        repeated: r.repeated,
    };
    Ok(answer(told, r.repeated))
}
