//! Stored events: search, one event, histogram, frequent values.
use crate::{
    api::{
        extract::{Params, Who},
        reply::list as listed,
    },
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use backend::EventsBackend;
use model::{
    Micros, Permission, Problem, Severity,
    explore::{EventQuery, EventRow, FieldInfo, Histogram, TopValues},
    page::MAX_PAGE,
};
use platform::{ApiResult, Entry, Ledger};
use serde::Serialize;
use serde_json::Value;

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(
        search_entry(Entry::get("/events", "Stored events, newest first"))
            .replies_list::<IndexedEvent>()
            .paged(),
        search,
    )
    .route(
        search_entry(Entry::get("/events/histogram", "Events per slice of time and severity"))
            .query("buckets", "integer", "slices, about; 1 to 500")
            .replies::<Histogram>(),
        histogram,
    )
    .route(
        search_entry(Entry::get("/events/top", "The most frequent values of a field"))
            .query_required("field", "string", "name of the field")
            .query("values", "integer", "how many, 1 to 100")
            .replies::<TopValues>(),
        top,
    )
    .route(
        Entry::get("/events/fields", "Fields that stored events have")
            .needs(Permission::SearchEvents)
            .replies_list::<FieldInfo>(),
        fields,
    )
    .route(
        Entry::get("/events/{id}", "One event with all fields and the record as sent")
            .needs(Permission::SearchEvents)
            .replies::<EventRow>(),
        show,
    )
}

fn search_entry(e: Entry) -> Entry {
    e.needs(Permission::SearchEvents)
        .query("query", "string", "Lucene syntax")
        .query("from", "string", "at or after this time")
        .query("to", "string", "before this time")
        .query("last", "string", "instead of from: a span such as 15m, 24h, 7d")
        .query("severity", "string", "info, low, medium, high, critical; several by comma")
        .query("dataset", "string", "data sets, `*` at the end allowed; several by comma")
        .query("size", "integer", "rows, 1 to 500")
        .query("cursor", "string", "X-Next-Cursor of the page before")
}

/// The contract's shape of a stored event; fields under their ECS names are in `fields`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct IndexedEvent {
    pub event_id: i64,
    pub agent_id: Option<i64>,
    pub event_type: String,
    pub severity: String,
    pub category: String,
    pub dataset: String,
    pub source: String,
    pub timestamp: Micros,
    pub received_time: Micros,
    pub message: String,
    #[schema(value_type = Object)]
    pub fields: Value,
    #[schema(value_type = Object)]
    pub details: Value,
    pub sample: bool,
}

/// What the contract calls `details`: those of its own shape, and the whole of any other record; always as sent.
pub fn details(raw: &str) -> Value {
    match serde_json::from_str(raw) {
        Ok(Value::Object(mut map))
            if map.contains_key("event_type")
                && map.get("details").is_some_and(Value::is_object) =>
        {
            map.remove("details").unwrap_or_default()
        }
        Ok(other) => other,
        Err(_) => Value::String(raw.into()),
    }
}

impl From<EventRow> for IndexedEvent {
    fn from(e: EventRow) -> Self {
        Self {
            event_id: e.id,
            agent_id: e.text("agent.id").and_then(|id| id.parse().ok()),
            event_type: e.event_type,
            severity: e.severity.to_string(),
            category: e.category,
            dataset: e.dataset,
            source: e.source,
            timestamp: e.time,
            received_time: e.received_at,
            message: e.message,
            fields: Value::Object(e.fields.into_iter().collect()),
            details: details(&e.raw),
            sample: e.sample,
        }
    }
}

pub fn query(p: &Params, now: Micros) -> Result<EventQuery, Problem> {
    Ok(EventQuery {
        query: p.text("query").filter(|q| q != "*").unwrap_or_default(),
        from: p.span("last")?.map(|l| now.plus(-l)).or(p.time("from")?),
        to: p.time("to")?,
        severity: p.words("severity", "info, low, medium, high or critical", Severity::parse)?,
        dataset: p.list("dataset"),
        limit: p.number("size", 1, MAX_PAGE)?.unwrap_or(0),
        cursor: p.text("cursor"),
    })
}

async fn search(State(s): State<AppState>, Who(who): Who, p: Params) -> ApiResult<Response> {
    faults::at("request.search");
    let page = s.soc.events(&who, query(&p, (s.soc.clock)())?).await?;
    let rows: Vec<IndexedEvent> = page.events.into_iter().map(Into::into).collect();
    Ok(listed(&rows, page.total, page.next.as_deref()))
}

async fn histogram(
    State(s): State<AppState>,
    Who(who): Who,
    p: Params,
) -> ApiResult<Json<Histogram>> {
    let buckets = p.number("buckets", 1, 500)?.unwrap_or(60);
    Ok(Json(s.soc.histogram(&who, query(&p, (s.soc.clock)())?, buckets as u32).await?))
}

async fn top(State(s): State<AppState>, Who(who): Who, p: Params) -> ApiResult<Json<TopValues>> {
    let field =
        p.text("field").ok_or_else(|| Problem::field("field", "required", "must name a field"))?;
    let size = p.number("values", 1, 100)?.unwrap_or(10);
    Ok(Json(s.soc.top_values(&who, query(&p, (s.soc.clock)())?, field, size as u32).await?))
}

async fn fields(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<Vec<FieldInfo>>> {
    Ok(Json(s.soc.fields(&who).await?))
}

async fn show(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<EventRow>> {
    Ok(Json(s.soc.event(&who, id).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_those_of_the_contract_or_the_whole_record() {
        use serde_json::json;
        assert_eq!(
            details(r#"{"event_type":"x","severity":"low","details":{"a":1}}"#),
            json!({"a": 1})
        );
        assert_eq!(
            details(r#"{"EventID":1,"details":{"a":1}}"#),
            json!({"EventID": 1, "details": {"a": 1}})
        );
        assert_eq!(
            details(r#"{"event_type":"x","severity":"low"}"#),
            json!({"event_type": "x", "severity": "low"})
        );
    }
}
