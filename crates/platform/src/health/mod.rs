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
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

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
    /// Indexes, aliases or templates that are not as they should be, a sentence each. Names of ours alone.
    pub drift: Vec<String>,
}

/// Answer of `/healthz`.
#[derive(Serialize, ToSchema)]
struct Alive {
    ok: bool,
}

/// Answer of `/readyz`.
#[derive(Serialize, ToSchema)]
struct Readiness {
    ok: bool,
    /// `ok` or `fail`.
    db: String,
    /// `ok` or `fail`; of the embedded engine where no other is set.
    opensearch: String,
    opensearch_ok: bool,
    opensearch_required: bool,
    /// What is wrong, such as `DBMissing:public.users`.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Answer of `/health/db`.
#[derive(Serialize, ToSchema)]
struct DatabaseAnswer {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_tables: Option<Vec<String>>,
}

/// Answer of `/health/opensearch`.
#[derive(Serialize, ToSchema)]
struct SearchAnswer {
    /// An external engine is in use, not the embedded one.
    enabled: bool,
    required: bool,
    url_set: bool,
    connected: bool,
    /// Indexes, aliases or templates that are not as they should be, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    drift: Vec<String>,
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
        .route(
            Entry::get("/healthz", "The program runs").public().tag("health").replies::<Alive>(),
            || async { Json(Alive { ok: true }) },
        )
        .route(
            Entry::get("/readyz", "The program can do its work")
                .public()
                .tag("health")
                .replies::<Readiness>()
                .answers::<Readiness>(503, "It cannot; `detail` says why"),
            move |draining: Option<Extension<Draining>>| {
                let probe = ready.clone();
                async move {
                    readyz(probe.as_ref(), draining.is_some_and(|d| d.0.0.is_cancelled())).await
                }
            },
        )
        .route(
            Entry::get("/health/db", "The database answers and is migrated")
                .public()
                .tag("health")
                .replies::<DatabaseAnswer>()
                .answers::<DatabaseAnswer>(503, "It does not, or tables are missing"),
            move || {
                let probe = db.clone();
                async move { health_db(&probe.db().await) }
            },
        )
        .route(
            Entry::get("/health/opensearch", "The search engine, as it is set and as it answers")
                .public()
                .tag("health")
                .replies::<SearchAnswer>(),
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
    let mut body = readiness(&db, &search);
    if stopping {
        body.ok = false;
        body.detail = Some("Stopping".into());
    }
    let status = if body.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

/// `{ok, db, opensearch, opensearch_ok, opensearch_required[, detail]}`.
fn readiness(db: &DbHealth, search: &SearchHealth) -> Readiness {
    let word = |ok: bool| if ok { "ok" } else { "fail" }.to_owned();
    let db_ok = *db == DbHealth::Ok;
    let search_ok = search.connected.is_ok();
    let detail = match (db, &search.connected) {
        (DbHealth::Missing(tables), _) => Some(missing(tables)),
        (DbHealth::Failed(why), _) => Some(format!("DBError:{why}")),
        (DbHealth::Ok, Err(_)) if search.required && !search.url_set => {
            Some("OpenSearchMissingURL".into())
        }
        (DbHealth::Ok, Err(why)) => Some(format!("OpenSearchError:{why}")),
        (DbHealth::Ok, Ok(())) => None,
    };
    Readiness {
        ok: db_ok && (search_ok || !search.required),
        db: word(db_ok),
        opensearch: word(search_ok),
        opensearch_ok: search_ok,
        opensearch_required: search.required,
        detail,
    }
}

fn missing(tables: &[String]) -> String {
    format!("DBMissing:{}", public(tables).join(","))
}

/// Tables under the contract's names.
fn public(tables: &[String]) -> Vec<String> {
    tables.iter().map(|t| format!("public.{t}")).collect()
}

fn health_db(db: &DbHealth) -> Response {
    let (detail, missing_tables) = match db {
        DbHealth::Ok => (None, None),
        DbHealth::Missing(tables) => (Some(missing(tables)), Some(public(tables))),
        DbHealth::Failed(why) => (Some(format!("Database connection failed: {why}")), None),
    };
    let ok = *db == DbHealth::Ok;
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(DatabaseAnswer { ok, detail, missing_tables })).into_response()
}

fn health_search(s: &SearchHealth) -> SearchAnswer {
    SearchAnswer {
        enabled: s.enabled,
        required: s.required,
        url_set: s.url_set,
        connected: s.connected.is_ok(),
        drift: s.drift.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn search(required: bool, connected: Result<(), &str>) -> SearchHealth {
        SearchHealth {
            enabled: true,
            required,
            url_set: true,
            connected: connected.map_err(Into::into),
            drift: Vec::new(),
        }
    }

    fn told(db: &DbHealth, search: &SearchHealth) -> Value {
        serde_json::to_value(readiness(db, search)).unwrap()
    }

    #[test]
    fn readiness_speaks_the_contract() {
        assert_eq!(
            told(&DbHealth::Ok, &search(false, Ok(()))),
            json!({ "ok": true, "db": "ok", "opensearch": "ok", "opensearch_ok": true, "opensearch_required": false })
        );
        let body = told(&DbHealth::Ok, &search(true, Err("URLError")));
        assert_eq!(
            (&body["ok"], &body["detail"], &body["opensearch"]),
            (&json!(false), &json!("OpenSearchError:URLError"), &json!("fail"))
        );
        let body = told(&DbHealth::Ok, &search(false, Err("URLError")));
        assert_eq!((&body["ok"], &body["opensearch_ok"]), (&json!(true), &json!(false)));
        let body = told(&DbHealth::Missing(vec!["users".into()]), &search(false, Ok(())));
        assert_eq!(
            (&body["ok"], &body["detail"]),
            (&json!(false), &json!("DBMissing:public.users"))
        );
    }
}
