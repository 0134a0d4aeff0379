//! `POST /events`: one object, an array, or one object a line.
use crate::{
    api::{events::details, extract::By},
    ingest::delivery,
    state::AppState,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::HeaderMap;
use model::{Micros, Permission, caller::Sender, event::Event};
use pipeline::Receipt;
use platform::{ApiResult, Entry, Ledger, Principal};
use serde::Serialize;
use serde_json::Value;
use soc::ingest::Taken;

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(
        Entry::post(
            "/events",
            "Takes one event, an array, or one event a line; answers once they are durable",
        )
        .needs(Permission::SendEvents)
        .also(&[Principal::AgentKey, Principal::SharedToken])
        .audited(false)
        .events()
        .replies::<SecurityEvent>(),
        take,
    )
}

/// The contract's answer to a single event.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SecurityEvent {
    id: i64,
    agent_id: Option<i64>,
    event_type: String,
    severity: String,
    category: String,
    #[schema(value_type = Object)]
    details: Value,
    created_at: Micros,
}

fn stored(e: &Event, sender: &Sender) -> SecurityEvent {
    SecurityEvent {
        id: e.id,
        agent_id: sender.agent_id(),
        event_type: e.event_type.to_string(),
        severity: e.severity.to_string(),
        category: e.category.to_string(),
        details: details(&e.raw),
        created_at: e.received_at,
    }
}

async fn take(
    State(s): State<AppState>,
    By(sender): By,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult<Response> {
    Ok(match s.soc.take_events(&sender, &body, delivery(&headers)).await? {
        Taken::One(e) => Json(stored(&e, &sender)).into_response(),
        Taken::Again(receipt) | Taken::Many(receipt) => Json::<Receipt>(receipt).into_response(),
    })
}
