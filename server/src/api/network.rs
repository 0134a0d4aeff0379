//! What network sensors saw: events, sensors, the last day in short.
use crate::{
    api::extract::{Params, Who},
    state::AppState,
};
use axum::{Json, extract::State};
use backend::{EventsBackend, OperateBackend};
use model::{
    Micros, Permission, Problem,
    explore::{EventQuery, EventRow, TopValues},
    sensor::NetworkSensor,
    time::DAY,
};
use platform::{ApiResult, Entry, Ledger};
use serde::Serialize;
use serde_json::Value;

/// Data sets of network sensors.
const DATASETS: [&str; 2] = ["suricata.*", "zeek.*"];
/// Rows that `offset` may skip at most: deeper pages use time bounds.
const MAX_OFFSET: i64 = 10_000;

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    let events = Entry::get("/network/events", "Events of network sensors, newest first")
        .needs(Permission::SearchEvents)
        .query("start_time", "string", "at or after this time")
        .query("end_time", "string", "before this time")
        .query("source", "string", "suricata or zeek")
        .query("event_type", "string", "such as alert or conn")
        .query("src_ip", "string", "source address")
        .query("dst_ip", "string", "destination address")
        .query("severity", "integer", "the sensor's own severity, 0 to 10")
        .query("src_port", "integer", "0 to 65535")
        .query("dst_port", "integer", "0 to 65535")
        .query("size", "integer", "rows, 1 to 500")
        .query("offset", "integer", "rows to skip, at most 10,000")
        .replies_list::<NetworkEvent>();
    l.route(events, list)
        .route(
            Entry::get("/network/sensors", "Sensors by name")
                .needs(Permission::ReadSensors)
                .replies_list::<NetworkSensor>(),
            sensors,
        )
        .route(
            Entry::get("/network/stats", "The last 24 hours of network events in short")
                .needs(Permission::SearchEvents)
                .replies::<NetworkStats>(),
            stats,
        )
}

/// The contract's flat network event.
#[derive(Serialize, utoipa::ToSchema)]
struct NetworkEvent {
    id: String,
    tenant_id: String,
    source: String,
    event_type: String,
    ts: Micros,
    src_ip: Option<String>,
    src_port: Option<i64>,
    dst_ip: Option<String>,
    dst_port: Option<i64>,
    proto: Option<String>,
    direction: Option<String>,
    /// Of a sensor that is known; events carry its name.
    sensor_id: Option<i64>,
    sensor_name: Option<String>,
    signature: Option<String>,
    category: Option<String>,
    severity: Option<i64>,
    flow_id: Option<String>,
    uid: Option<String>,
    community_id: Option<String>,
    http_host: Option<String>,
    http_url: Option<String>,
    http_method: Option<String>,
    http_status: Option<i64>,
    dns_query: Option<String>,
    dns_type: Option<String>,
    dns_rcode: Option<String>,
    tls_sni: Option<String>,
    tls_ja3: Option<String>,
    tls_version: Option<String>,
    tags: Vec<String>,
    #[schema(value_type = Object)]
    raw: Value,
    created_at: Micros,
    updated_at: Micros,
}

impl NetworkEvent {
    fn of(e: EventRow, tenant: &str, sensors: &[NetworkSensor]) -> Self {
        // contract names resolve through the one field map
        let text = |name: &str| e.text(&model::fieldmap::canonical(name));
        let number = |name: &str| text(name).and_then(|t| t.parse().ok());
        let tags = match e.get("tags") {
            Some(Value::Array(items)) => {
                items.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
            }
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        };
        let sensor_name = text("observer.name");
        Self {
            id: e.id.to_string(),
            tenant_id: tenant.to_owned(),
            ts: e.time,
            src_ip: text("src_ip"),
            src_port: number("src_port"),
            dst_ip: text("dst_ip"),
            dst_port: number("dst_port"),
            proto: text("proto"),
            direction: text("network.direction"),
            sensor_id: sensor_name.as_deref().and_then(|name| sensor_id(sensors, &e.source, name)),
            sensor_name,
            signature: text("signature"),
            category: text("rule.category"),
            severity: number("event.severity"),
            flow_id: text("flow_id"),
            uid: text("uid"),
            community_id: text("community_id"),
            http_host: text("url.domain"),
            http_url: text("url.original"),
            http_method: text("http.request.method"),
            http_status: number("http.response.status_code"),
            dns_query: text("dns.question.name"),
            dns_type: text("dns.question.type"),
            dns_rcode: text("dns.response_code"),
            tls_sni: text("tls.client.server_name"),
            tls_ja3: text("tls.client.ja3"),
            tls_version: text("tls.version"),
            tags,
            raw: serde_json::from_str(&e.raw).unwrap_or_else(|_| Value::String(e.raw.clone())),
            created_at: e.received_at,
            updated_at: e.received_at,
            source: e.source,
            event_type: e.event_type,
        }
    }
}

/// Sensors of the two kinds may share a name.
fn sensor_id(sensors: &[NetworkSensor], kind: &str, name: &str) -> Option<i64> {
    sensors.iter().find(|s| s.kind == kind && s.name == name).map(|s| s.id)
}

/// A value as a quoted phrase of the query language.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

async fn list(
    State(s): State<AppState>,
    Who(who): Who,
    p: Params,
) -> ApiResult<Json<Vec<NetworkEvent>>> {
    let mut terms = Vec::new();
    let texts = [
        ("source", "event.module"),
        ("event_type", "event.type"),
        ("src_ip", "source.ip"),
        ("dst_ip", "destination.ip"),
    ];
    for (name, field) in texts {
        if let Some(v) = p.text(name) {
            terms.push(format!("{field}:{}", quoted(&v)));
        }
    }
    let numbers = [
        ("severity", "event.severity", 10),
        ("src_port", "source.port", 65535),
        ("dst_port", "destination.port", 65535),
    ];
    for (name, field, high) in numbers {
        if let Some(n) = p.number(name, 0, high)? {
            terms.push(format!("{field}:{n}"));
        }
    }
    let size = p.number("size", 1, 500)?.unwrap_or(100);
    let mut skip = p.number("offset", 0, MAX_OFFSET)?.unwrap_or(0);
    let mut query = EventQuery {
        query: terms.join(" AND "),
        from: p.time("start_time")?,
        to: p.time("end_time")?,
        dataset: DATASETS.map(str::to_owned).to_vec(),
        ..Default::default()
    };
    while skip > 0 {
        query.limit = skip.min(500);
        let page = s.soc.events(&who, query.clone()).await?;
        skip -= page.events.len() as i64;
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return Ok(Json(Vec::new())),
        }
    }
    query.limit = size;
    let page = s.soc.events(&who, query).await?;
    let sensors = s.soc.sensors(&who).await?;
    let shown = page.events.into_iter().map(|e| NetworkEvent::of(e, &who.tenant, &sensors));
    Ok(Json(shown.collect()))
}

async fn sensors(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<Vec<NetworkSensor>>> {
    Ok(Json(s.soc.sensors(&who).await?))
}

#[derive(Serialize, utoipa::ToSchema)]
struct Count {
    key: String,
    doc_count: i64,
}

#[derive(Serialize, utoipa::ToSchema)]
struct NetworkStats {
    total_events: i64,
    events_last_24h: i64,
    top_signatures: Vec<Count>,
    top_destinations: Vec<Count>,
    top_severities: Vec<Count>,
}

fn counts(top: TopValues) -> Vec<Count> {
    top.values.into_iter().map(|(key, doc_count)| Count { key, doc_count }).collect()
}

async fn stats(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<NetworkStats>> {
    let all = EventQuery {
        dataset: DATASETS.map(str::to_owned).to_vec(),
        limit: 1,
        ..Default::default()
    };
    let day = EventQuery { from: Some((s.soc.clock)().plus(-DAY)), ..all.clone() };
    let total = |page: model::explore::EventPage| {
        page.total.ok_or_else(|| Problem::internal("events were not counted"))
    };
    let top =
        async |field: &str| s.soc.top_values(&who, day.clone(), field.into(), 5).await.map(counts);
    Ok(Json(NetworkStats {
        total_events: total(s.soc.events(&who, all).await?)?,
        events_last_24h: total(s.soc.events(&who, day.clone()).await?)?,
        top_signatures: top("rule.name").await?,
        top_destinations: top("destination.ip").await?,
        top_severities: top("event.severity").await?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_quotes() {
        assert_eq!(quoted(r#"a" OR "b\"#), r#""a\" OR \"b\\""#);
    }
}
