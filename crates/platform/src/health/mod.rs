//! The health addresses, as the contract writes them, from a small trait.
use crate::{
    accept::Draining,
    ledger::{Entry, Ledger},
    metrics::Metrics,
};
use axum::{
    Extension, Json,
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;

/// What the database says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbHealth {
    Ok,
    /// These tables are not there: migrations have not run.
    Missing(Vec<String>),
    /// It does not answer. A word such as `PoolTimedOut`, never an address.
    Failed(String),
}

/// What the search engine says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHealth {
    /// An external engine is in use, not the embedded one.
    pub enabled: bool,
    /// The program cannot work without it.
    pub required: bool,
    pub url_set: bool,
    /// `Err` is a word such as `URLError`, never an address.
    pub connected: Result<(), String>,
}

/// What the health addresses ask. Each answer must come within about two seconds.
pub trait HealthProbe: Send + Sync {
    fn db(&self) -> BoxFuture<'_, DbHealth>;
    fn search(&self) -> BoxFuture<'_, SearchHealth>;
}

/// Registers `/healthz`, `/readyz`, `/health/db`, `/health/opensearch` and `/metrics`, all public.
pub fn routes<S: Clone + Send + Sync + 'static>(
    ledger: Ledger<S>,
    probe: Arc<dyn HealthProbe>,
    metrics: Metrics,
) -> Ledger<S> {
    let (ready, db, search) = (probe.clone(), probe.clone(), probe);
    ledger
        .route(Entry::get("/healthz", "The program runs").public().tag("health"), || async {
            Json(json!({ "ok": true }))
        })
        .route(
            Entry::get("/readyz", "The program can do its work").public().tag("health"),
            move |draining: Option<Extension<Draining>>| {
                let probe = ready.clone();
                async move {
                    readyz(probe.as_ref(), draining.is_some_and(|d| d.0.0.is_cancelled())).await
                }
            },
        )
        .route(
            Entry::get("/health/db", "The database answers and is migrated").public().tag("health"),
            move || {
                let probe = db.clone();
                async move { health_db(&probe.db().await) }
            },
        )
        .route(
            Entry::get("/health/opensearch", "The search engine, as it is set and as it answers")
                .public()
                .tag("health"),
            move || {
                let probe = search.clone();
                async move { Json(health_search(&probe.search().await)) }
            },
        )
        .route(
            Entry::get("/metrics", "Prometheus metrics")
                .public()
                .tag("health")
                .replies_text("text/plain"),
            move || {
                let metrics = metrics.clone();
                async move {
                    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
                    ([(header::CONTENT_TYPE, kind)], metrics.render())
                }
            },
        )
}

async fn readyz(probe: &dyn HealthProbe, stopping: bool) -> Response {
    let (db, search) = tokio::join!(probe.db(), probe.search());
    let (ok, mut body) = readiness(&db, &search);
    if stopping {
        body["ok"] = false.into();
        body["detail"] = "Stopping".into();
    }
    let status = if ok && !stopping { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

/// `{ok, db, opensearch, opensearch_ok, opensearch_required[, detail]}`.
fn readiness(db: &DbHealth, search: &SearchHealth) -> (bool, Value) {
    let word = |ok: bool| if ok { "ok" } else { "fail" };
    let db_ok = *db == DbHealth::Ok;
    let search_ok = search.connected.is_ok();
    let ok = db_ok && (search_ok || !search.required);
    let mut body = json!({
        "ok": ok,
        "db": word(db_ok),
        "opensearch": word(search_ok),
        "opensearch_ok": search_ok,
        "opensearch_required": search.required,
    });
    let detail = match (db, &search.connected) {
        (DbHealth::Missing(tables), _) => Some(missing(tables)),
        (DbHealth::Failed(why), _) => Some(format!("DBError:{why}")),
        (DbHealth::Ok, Err(_)) if search.required && !search.url_set => {
            Some("OpenSearchMissingURL".into())
        }
        (DbHealth::Ok, Err(why)) => Some(format!("OpenSearchError:{why}")),
        (DbHealth::Ok, Ok(())) => None,
    };
    if let Some(detail) = detail {
        body["detail"] = detail.into();
    }
    (ok, body)
}

fn missing(tables: &[String]) -> String {
    format!(
        "DBMissing:{}",
        tables.iter().map(|t| format!("public.{t}")).collect::<Vec<_>>().join(",")
    )
}

fn health_db(db: &DbHealth) -> Response {
    let (status, body) = match db {
        DbHealth::Ok => (StatusCode::OK, json!({ "ok": true })),
        DbHealth::Missing(tables) => {
            let names: Vec<String> = tables.iter().map(|t| format!("public.{t}")).collect();
            (
                StatusCode::SERVICE_UNAVAILABLE,
                json!({ "ok": false, "detail": missing(tables), "missing_tables": names }),
            )
        }
        DbHealth::Failed(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({ "ok": false, "detail": format!("Database connection failed: {why}") }),
        ),
    };
    (status, Json(body)).into_response()
}

fn health_search(s: &SearchHealth) -> Value {
    json!({ "enabled": s.enabled, "required": s.required, "url_set": s.url_set, "connected": s.connected.is_ok() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(required: bool, connected: Result<(), &str>) -> SearchHealth {
        SearchHealth {
            enabled: true,
            required,
            url_set: true,
            connected: connected.map_err(Into::into),
        }
    }

    #[test]
    fn readiness_speaks_the_contract() {
        assert_eq!(
            readiness(&DbHealth::Ok, &search(false, Ok(()))),
            (
                true,
                json!({ "ok": true, "db": "ok", "opensearch": "ok", "opensearch_ok": true, "opensearch_required": false })
            )
        );
        let (ok, body) = readiness(&DbHealth::Ok, &search(true, Err("URLError")));
        assert_eq!(
            (ok, &body["detail"], &body["opensearch"]),
            (false, &json!("OpenSearchError:URLError"), &json!("fail"))
        );
        let (ok, body) = readiness(&DbHealth::Ok, &search(false, Err("URLError")));
        assert!(ok && body["opensearch_ok"] == json!(false));
        let (ok, body) =
            readiness(&DbHealth::Missing(vec!["users".into()]), &search(false, Ok(())));
        assert_eq!((ok, &body["detail"]), (false, &json!("DBMissing:public.users")));
    }
}
