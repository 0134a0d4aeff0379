//! The ledger: gate, matrix, documents.
use crate::support::config;
use axum::{Json, Router, body::Body, extract::Request, middleware};
use futures::FutureExt;
use http::{HeaderMap, HeaderValue, StatusCode};
use model::{Caller, Permission as P, Problem, Role, caller::Sender};
use platform::{
    Entry, Identity, Ledger, Principal,
    health::{self, DbHealth, HealthProbe, SearchHealth},
    layers,
    ledger::{markdown, matrix, openapi},
    metrics::Metrics,
};
use std::sync::Arc;
use tower::ServiceExt;
use utoipa::ToSchema;

#[derive(serde::Serialize, ToSchema)]
struct Thing {
    id: i64,
    name: String,
    inner: Inner,
}

#[derive(serde::Serialize, ToSchema)]
struct Inner {
    tags: Vec<String>,
}

struct Probe;

impl HealthProbe for Probe {
    fn db(&self) -> futures::future::BoxFuture<'_, DbHealth> {
        async { DbHealth::Missing(vec!["users".into()]) }.boxed()
    }
    fn search(&self) -> futures::future::BoxFuture<'_, SearchHealth> {
        async {
            SearchHealth {
                enabled: false,
                required: false,
                url_set: false,
                connected: Ok(()),
                drift: Vec::new(),
            }
        }
        .boxed()
    }
}

fn ledger() -> Ledger {
    let limits = config(&[]).limits;
    let ledger = Ledger::new(&limits).gated();
    health::routes(ledger, Arc::new(Probe), Metrics::install().unwrap())
        .route(
            Entry::get("/things", "All things")
                .needs(P::ReadAlerts)
                .query("limit", "integer", "at most")
                .replies_list::<Thing>(),
            || async { Json(Vec::<Thing>::new()) },
        )
        .route(
            Entry::get("/things/{id}", "One thing").needs(P::ReadAlerts).replies::<Thing>(),
            || async { StatusCode::NOT_FOUND },
        )
        .route(
            Entry::post("/things", "A new thing")
                .needs(P::ManageRules)
                .takes::<Thing>()
                .replies::<Thing>()
                .status(201),
            || async { StatusCode::CREATED },
        )
        .route(Entry::delete("/things/{id}", "Remove a thing").needs(P::ManageUsers), || async {
            StatusCode::NO_CONTENT
        })
        .route(
            Entry::post("/send", "Send events")
                .needs(P::SendEvents)
                .also(&[Principal::AgentKey, Principal::SharedToken])
                .events(),
            || async { "ok" },
        )
}

/// Who asks stands in a header: signing in belongs to others.
async fn identify(mut request: Request, next: middleware::Next) -> axum::response::Response {
    let said = request.headers().get("x-who").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let identity = match said {
        "agent key" => {
            Ok(Sender::Agent { tenant: "default".into(), agent_id: 1, name: "a".into() })
        }
        "shared token" => Ok(Sender::SharedToken { tenant: "default".into() }),
        role => Role::parse(role).map_or_else(
            || Err(Problem::unauthenticated("Invalid authentication credentials")),
            |role| {
                Ok(Sender::User(Caller {
                    tenant: "default".into(),
                    user_id: 1,
                    email: String::new(),
                    name: String::new(),
                    role,
                    must_change_password: false,
                    session: String::new(),
                    origin: Default::default(),
                }))
            },
        ),
    };
    request.extensions_mut().insert(Identity(identity));
    next.run(request).await
}

fn app(router: Router) -> Router {
    layers::apply(router.layer(middleware::from_fn(identify)), &config(&[]))
}

async fn run(entries: &[Arc<Entry>], app: Router) -> matrix::Report {
    let credentials = async |who: Principal| {
        HeaderMap::from_iter([("x-who".parse().unwrap(), HeaderValue::from_static(who.as_str()))])
    };
    let send = |request: http::Request<bytes::Bytes>| {
        let app = app.clone();
        async move { app.oneshot(request.map(Body::from)).await.unwrap().status().as_u16() }
    };
    matrix::run(entries, credentials, send).await
}

#[tokio::test]
async fn every_route_answers_every_caller_as_the_ledger_says() {
    let (router, entries) = ledger().finish();
    let report = run(&entries, app(router)).await;
    // /readyz and /health/db truly say 503 here, since the probe says that tables are missing
    let wrong: Vec<_> = report.wrong.iter().filter(|m| m.got != 503).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(report.asked, entries.len() * 8);
}

#[tokio::test]
async fn the_matrix_finds_a_route_that_lets_too_many_in_or_too_few() {
    let limits = config(&[]).limits;
    let (router, entries) =
        Ledger::<()>::new(&limits) // not gated: the handlers answer everybody
            .route(Entry::get("/open", "should be closed").needs(P::ReadAudit), || async {
                "secret"
            })
            .route(Entry::get("/closed", "should be open").public(), || async {
                StatusCode::FORBIDDEN
            })
            .finish();
    let report = run(&entries, app(router)).await;
    let open = report.wrong.iter().filter(|m| m.route == "GET /open").count();
    let closed = report.wrong.iter().filter(|m| m.route == "GET /closed").count();
    assert_eq!((open, closed), (7, 8)); // all but the admin may not; all may and were refused
}

#[tokio::test]
async fn a_gated_route_without_an_identity_layer_is_closed() {
    let (router, _) = ledger().finish();
    let request = Request::builder().uri("/things").body(Body::empty()).unwrap();
    let answer = layers::apply(router, &config(&[])).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn health_answers_as_the_contract_says_and_metrics_are_there() {
    let (router, _) = ledger().finish();
    let app = app(router);
    let ask = async |path: &str| {
        let r = app
            .clone()
            .oneshot(Request::builder().uri(path).body(Body::empty()).unwrap())
            .await
            .unwrap();
        let status = r.status().as_u16();
        (
            status,
            String::from_utf8(axum::body::to_bytes(r.into_body(), 1 << 20).await.unwrap().to_vec())
                .unwrap(),
        )
    };
    assert_eq!(ask("/healthz").await, (200, r#"{"ok":true}"#.into()));
    let (status, body) = ask("/readyz").await;
    assert_eq!(status, 503);
    assert!(body.contains("DBMissing:public.users"), "{body}");
    let (status, body) = ask("/health/db").await;
    assert_eq!(status, 503);
    assert!(body.contains(r#""missing_tables":["public.users"]"#), "{body}");
    assert_eq!(
        ask("/health/opensearch").await,
        (200, r#"{"enabled":false,"required":false,"url_set":false,"connected":true}"#.into())
    );
    let (status, body) = ask("/metrics").await;
    assert_eq!(status, 200);
    assert!(
        body.contains(r#"http_requests_total{method="GET",path="/health/db",status="503"}"#),
        "{body}"
    );
}

#[test]
fn the_document_is_openapi_3_1_with_schemas_of_real_types() {
    let (_, entries) = ledger().finish();
    let doc = openapi::document(&entries, "1.2.3");
    assert_eq!(doc["openapi"], "3.1.0");
    let get = &doc["paths"]["/things/{id}"]["get"];
    assert_eq!(get["parameters"][0]["name"], "id");
    assert_eq!(
        get["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/Thing"
    );
    let post = &doc["paths"]["/things"]["post"];
    assert!(post["responses"]["201"].is_object() && post["requestBody"].is_object());
    assert_eq!(doc["paths"]["/healthz"]["get"]["security"], serde_json::json!([{}]));
    let all = doc["components"]["schemas"].as_object().unwrap();
    assert!(
        all.contains_key("Thing") && all.contains_key("Inner") && all.contains_key("Problem"),
        "{:?}",
        all.keys()
    );
    // every reference leads somewhere
    let text = doc.to_string();
    for name in
        text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap())
    {
        assert!(all.contains_key(name), "{name} is referred to and not there");
    }
}

#[test]
fn the_page_of_routes_names_every_route() {
    let (_, entries) = ledger().finish();
    let page = markdown::page(&entries);
    for e in &entries {
        assert!(
            page.contains(&format!("| {} | `{}` |", e.method, e.path)),
            "{} {}",
            e.method,
            e.path
        );
    }
    assert!(page.contains("| DELETE | `/things/{id}` | ····A··· | ManageUsers |"), "{page}");
}
