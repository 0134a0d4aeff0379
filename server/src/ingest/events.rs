//! `POST /events`: one object, an array, or one object a line.
use crate::{
    api::{events::details, extract::By},
    ingest::{answer, delivered, delivery},
    state::AppState,
};
use axum::{extract::State, response::Response};
use bytes::Bytes;
use http::HeaderMap;
use model::{Micros, caller::Sender, dead_letter::Rejection};
use platform::{ApiResult, Entry, Ledger, ledger::openapi::Schemas};
use serde::Serialize;
use serde_json::{Value, json};
use soc::ingest::{Stored, Taken};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    let entry = Entry::post(
        "/events",
        "Takes one event, an array, or one event a line; answers once they are durable",
    )
    .takes_as("application/json", records)
    .takes_as("application/x-ndjson", lines)
    .replies_either::<SecurityEvent, Receipt>();
    l.route(delivered(entry), take)
}

/// One object or several. Any JSON object is an event when it says its type, time and severity in one of the forms that are known.
fn records(_: &mut Schemas) -> Value {
    let one = json!({
        "type": "object",
        "description": "An event of your own (these members), or a record of Windows, Suricata, Zeek or ECS as it is",
        "properties": {
            "event_type": { "type": "string" },
            "severity": { "type": "string", "enum": ["info", "low", "medium", "high", "critical"] },
            "category": { "type": "string" },
            "details": { "type": "object" },
            "timestamp": { "type": "string", "format": "date-time" },
        },
    });
    json!({ "oneOf": [one, { "type": "array", "items": one }] })
}

fn lines(_: &mut Schemas) -> Value {
    json!({ "type": "string", "description": "One object a line" })
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

impl SecurityEvent {
    fn of(e: Stored, sender: &Sender) -> Self {
        Self {
            id: e.id,
            agent_id: sender.agent_id(),
            event_type: e.event_type,
            severity: e.severity.to_string(),
            category: e.category,
            details: details(&e.raw),
            created_at: e.received_at,
        }
    }
}

/// The answer to an array or to lines.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Receipt {
    /// Id of the first stored event; the others follow without gaps. 0 when none was stored.
    first_id: i64,
    accepted: i64,
    rejected: i64,
    errors: Vec<Rejection>,
    /// The batch was stored before; nothing was stored again.
    repeated: bool,
}

impl From<pipeline::Receipt> for Receipt {
    fn from(r: pipeline::Receipt) -> Self {
        Self {
            first_id: r.first_id,
            accepted: r.accepted,
            rejected: r.rejected,
            errors: r.errors,
            repeated: r.repeated,
        }
    }
}

async fn take(
    State(s): State<AppState>,
    By(sender): By,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult<Response> {
    let taken = s.soc.take_events(&sender, &body, delivery(&headers)?).await?;
    Ok(match taken {
        Taken::One(e) => answer(SecurityEvent::of(e, &sender), false),
        Taken::Again(e) => answer(SecurityEvent::of(e, &sender), true),
        Taken::Many(receipt) => {
            let repeated = receipt.repeated;
            answer(Receipt::from(receipt), repeated)
        }
    })
}
