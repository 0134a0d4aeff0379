//! `GET /` for programs; browsers get the dashboard.
use crate::state::AppState;
use axum::Json;
use platform::{Entry, Ledger};
use serde_json::{Value, json};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(Entry::get("/", "What answers here").public(), hello)
}

async fn hello() -> Json<Value> {
    Json(json!({"status": "ok", "service": "eventsec"}))
}
