//! The contract's two older views of the same events: SIEM and EDR.
use crate::{
    api::{
        events::details,
        extract::{Params, Who, span},
    },
    state::AppState,
};
use axum::{Json, extract::State};
use backend::EventsBackend;
use model::{
    Micros, Permission, Problem, Severity,
    explore::{EventQuery, EventRow},
};
use platform::{ApiError, ApiResult, Entry, Ledger};
use serde::Serialize;
use serde_json::Value;

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    let siem = Entry::get("/siem/events", "Stored events as the SIEM view shows them")
        .needs(Permission::SearchEvents)
        .query("q", "string", "Lucene syntax")
        .query("severity", "string", "info, low, medium, high or critical")
        .query("time_range", "string", "a span such as 15m, 24h, 7d; anything else counts as none")
        .query(
            "since_ms",
            "integer",
            "after this time in milliseconds since 1970; wins over time_range",
        )
        .query("size", "integer", "rows, 1 to 500")
        .replies_list::<SiemEvent>();
    let edr =
        Entry::get("/edr/events", "Events of category edr or of a type that begins with edr.")
            .needs(Permission::SearchEvents)
            .query("size", "integer", "rows, 1 to 500")
            .replies_list::<EdrEvent>();
    let never = |path, what| {
        Entry::delete(path, what).needs(Permission::SearchEvents).audited(false).status(405)
    };
    l.route(siem, siem_events)
        .route(never("/siem/events", "Refused: history is not deleted"), no_clear_siem)
        .route(edr, edr_events)
        .route(never("/edr/events", "Refused: history is not deleted"), no_clear_edr)
}

#[derive(Serialize, utoipa::ToSchema)]
struct SiemEvent {
    timestamp: Micros,
    host: String,
    source: String,
    category: String,
    severity: String,
    message: String,
    #[schema(value_type = Object)]
    raw: Value,
}

#[derive(Serialize, utoipa::ToSchema)]
struct EdrEvent {
    timestamp: Micros,
    hostname: String,
    username: String,
    event_type: String,
    process_name: String,
    action: String,
    severity: String,
    #[schema(value_type = Object)]
    details: Value,
}

fn raw(e: &EventRow) -> Value {
    serde_json::from_str(&e.raw).unwrap_or_else(|_| Value::String(e.raw.clone()))
}

fn first(e: &EventRow, names: &[&str]) -> String {
    names.iter().find_map(|n| e.text(n)).unwrap_or_else(|| "unknown".into())
}

async fn siem_events(
    State(s): State<AppState>,
    Who(who): Who,
    p: Params,
) -> ApiResult<Json<Vec<SiemEvent>>> {
    let now = (s.soc.clock)();
    // one that cannot be read counts as none, as in the contract
    let range = p.text("time_range").and_then(|t| span(&t));
    let since = p.number("since_ms", 1, i64::MAX / 1000)?.map(|ms| Micros(ms * 1000));
    let query = EventQuery {
        query: p.text("q").filter(|q| q != "*").unwrap_or_default(),
        from: since.or(range.map(|r| now.plus(-r))),
        severity: p.words("severity", "info, low, medium, high or critical", Severity::parse)?,
        limit: p.number("size", 1, 500)?.unwrap_or(200),
        ..Default::default()
    };
    let page = s.soc.events(&who, query).await?;
    let rows = page.events.into_iter().map(|e| SiemEvent {
        timestamp: e.time,
        host: first(&e, &["host.name", "observer.name", "agent.name"]),
        raw: raw(&e),
        severity: e.severity.to_string(),
        message: if e.message.is_empty() {
            format!("{} detected", e.event_type)
        } else {
            e.message
        },
        source: e.source,
        category: e.category,
    });
    Ok(Json(rows.collect()))
}

async fn edr_events(
    State(s): State<AppState>,
    Who(who): Who,
    p: Params,
) -> ApiResult<Json<Vec<EdrEvent>>> {
    let query = EventQuery {
        query: "event.type:edr.* OR event.category:edr".into(),
        limit: p.number("size", 1, 500)?.unwrap_or(200),
        ..Default::default()
    };
    let page = s.soc.events(&who, query).await?;
    let rows = page.events.into_iter().map(|e| EdrEvent {
        timestamp: e.time,
        hostname: first(&e, &["host.name"]),
        username: first(&e, &["user.name"]),
        process_name: first(&e, &["process.name", "process.executable"]),
        action: first(&e, &["event.action"]),
        severity: e.severity.to_string(),
        details: details(&e.raw),
        event_type: e.event_type,
    });
    Ok(Json(rows.collect()))
}

async fn no_clear_siem() -> ApiError {
    Problem::method_not_allowed("Clearing SIEM history is disabled; use Clear view in the UI.")
        .into()
}

async fn no_clear_edr() -> ApiError {
    Problem::method_not_allowed("Clearing EDR history is disabled; use Clear view in the UI.")
        .into()
}
