//! `GET /` for programs; browsers get the dashboard.
use crate::state::AppState;
use axum::Json;
use platform::{Entry, Ledger};
use serde::Serialize;

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(Entry::get("/", "What answers here").public().replies::<Hello>(), hello)
}

/// What answers here.
#[derive(Serialize, utoipa::ToSchema)]
struct Hello {
    status: String,
    service: String,
}

async fn hello() -> Json<Hello> {
    Json(Hello { status: "ok".into(), service: "eventsec".into() })
}
