//! What every answer carries, and what every error looks like.
use crate::support::config;
use axum::{
    Json, Router,
    body::Body,
    extract::Request,
    response::Html,
    routing::{get, post},
};
use http::{HeaderMap, Response, StatusCode};
use model::Problem;
use platform::{
    ApiError, Config,
    layers::{self, CspNonce, RequestId},
};
use serde_json::Value;
use tower::ServiceExt;

fn app(config: &Config) -> Router {
    let fail =
        || async { ApiError::from(Problem::unavailable("The journal is busy").retry_after(3)) };
    let server_fn = || async {
        let body = serde_json::to_string(&Problem::forbidden("Not enough permissions")).unwrap();
        Response::builder()
            .status(500)
            .header("serverfnerror", "/api/x")
            .body(Body::from(body))
            .unwrap()
    };
    let router =
        Router::new()
            .route(
                "/ok",
                get(|| async { Json(serde_json::json!({ "ok": true })) }).post(|| async { "done" }),
            )
            .route(
                "/page",
                get(|r: Request| async move {
                    Html(format!(
                        "<script nonce=\"{}\">",
                        r.extensions().get::<CspNonce>().unwrap().0
                    ))
                }),
            )
            .route("/fail", get(fail))
            .route("/panic", get(|| async { panic!("secret text") as &str }))
            .route(
                "/inner",
                get(|| async { ApiError::from(Problem::internal("SELECT password FROM users")) }),
            )
            .route("/fn", post(server_fn))
            .route(
                "/id",
                get(|r: Request| async move {
                    r.extensions().get::<RequestId>().unwrap().0.to_string()
                }),
            )
            .route("/never", get(|| async { std::future::pending::<&str>().await }));
    layers::apply(router, config)
}

async fn ask(
    config: &Config,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> (StatusCode, HeaderMap, String) {
    let request = headers
        .iter()
        .fold(Request::builder().method(method).uri(path), |r, (k, v)| r.header(*k, *v));
    let response = app(config).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn problem(body: &str) -> Value {
    let v: Value = serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {body}"));
    assert!(
        v["detail"].is_string() && v["type"].is_string() && v["request_id"].is_string(),
        "{body}"
    );
    v
}

#[tokio::test]
async fn security_headers_are_on_every_answer() {
    let config = config(&[("public_url", "https://soc.test")]);
    for (method, path) in [
        ("GET", "/ok"),
        ("GET", "/page"),
        ("GET", "/nowhere"),
        ("DELETE", "/ok"),
        ("GET", "/panic"),
        ("GET", "/fail"),
    ] {
        let (_, h, _) = ask(&config, method, path, &[]).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(
                h.get(name).map(|v| v.to_str().unwrap()),
                Some(value),
                "{name} of {method} {path}"
            );
        }
        assert!(h.contains_key("permissions-policy") && h.contains_key("x-request-id"), "{path}");
        let csp = h["content-security-policy"].to_str().unwrap();
        assert!(
            csp.contains("frame-ancestors 'none'") && !csp.contains("unsafe-inline"),
            "{path}: {csp}"
        );
    }
    let (_, plain, _) = ask(&crate::support::config(&[]), "GET", "/ok", &[]).await;
    assert!(!plain.contains_key("strict-transport-security"), "http cannot promise https");
}

#[tokio::test]
async fn a_page_s_nonce_is_in_its_policy_and_new_each_time() {
    let config = config(&[]);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let (_, h, body) = ask(&config, "GET", "/page", &[]).await;
        let nonce = body.split('"').nth(1).unwrap().to_owned();
        assert!(nonce.len() >= 22, "{nonce}");
        assert!(
            h["content-security-policy"].to_str().unwrap().contains(&format!("'nonce-{nonce}'"))
        );
        seen.push(nonce);
    }
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn bare_statuses_become_problems_with_the_contract_s_texts() {
    let config = config(&[]);
    let (status, h, body) = ask(&config, "GET", "/nowhere", &[]).await;
    assert_eq!(
        (status, &h["content-type"]),
        (StatusCode::NOT_FOUND, &"application/problem+json".parse().unwrap())
    );
    assert_eq!(problem(&body)["detail"], "Not Found");
    let (status, h, body) = ask(&config, "DELETE", "/ok", &[]).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(h["allow"].to_str().unwrap().contains("GET"));
    assert_eq!(problem(&body)["detail"], "Method Not Allowed");
}

#[tokio::test]
async fn problems_keep_their_status_and_headers_and_get_the_request_s_id() {
    let (status, h, body) =
        ask(&config(&[]), "GET", "/fail", &[("x-request-id", "abc-12345678")]).await;
    assert_eq!(
        (status, &h["retry-after"], &h["x-request-id"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"3".parse().unwrap(), &"abc-12345678".parse().unwrap())
    );
    let p = problem(&body);
    assert_eq!(
        (&p["request_id"], &p["detail"]),
        (&"abc-12345678".into(), &"The journal is busy".into())
    );
}

#[tokio::test]
async fn inner_texts_and_panics_are_not_shown() {
    for path in ["/panic", "/inner"] {
        let (status, _, body) = ask(&config(&[]), "GET", path, &[]).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        problem(&body);
        assert!(!body.contains("secret") && !body.contains("SELECT"), "{body}");
    }
}

#[tokio::test]
async fn a_failed_server_function_has_its_problem_s_status() {
    let (status, h, body) = ask(&config(&[]), "POST", "/fn", &[]).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(h.contains_key("serverfnerror"), "the browser knows a failed call by it");
    assert_eq!(problem(&body)["code"], "forbidden");
    assert!(serde_json::from_str::<Problem>(&body).is_ok(), "the browser decodes it");
}

#[tokio::test]
async fn request_ids_are_made_or_accepted_but_never_dangerous() {
    let (_, h, made) = ask(&config(&[]), "GET", "/id", &[]).await;
    assert_eq!(h["x-request-id"], made);
    assert_eq!(made.len(), 32);
    let (_, _, kept) = ask(&config(&[]), "GET", "/id", &[("x-request-id", "client-id-0001")]).await;
    assert_eq!(kept, "client-id-0001");
    let (_, _, replaced) =
        ask(&config(&[]), "GET", "/id", &[("x-request-id", "<script>alert(1)</script>")]).await;
    assert_eq!(replaced.len(), 32);
}

#[tokio::test]
async fn another_site_cannot_use_our_cookies() {
    let config = config(&[]);
    let post = async |headers: &[(&str, &str)]| ask(&config, "POST", "/ok", headers).await;
    let cookie = ("cookie", "access_token=x");
    assert_eq!(post(&[cookie, ("sec-fetch-site", "same-origin")]).await.0, 200);
    assert_eq!(post(&[cookie, ("origin", "http://h:1"), ("host", "h:1")]).await.0, 200);
    assert_eq!(post(&[("authorization", "Bearer x")]).await.0, 200);
    for bad in [
        vec![cookie],
        vec![cookie, ("sec-fetch-site", "cross-site")],
        vec![cookie, ("origin", "http://evil.test"), ("host", "h:1")],
    ] {
        let (status, _, body) = post(&bad).await;
        assert_eq!(
            (status, &problem(&body)["code"]),
            (StatusCode::FORBIDDEN, &"cross_site".into()),
            "{bad:?}"
        );
    }
    assert_eq!(
        ask(&config, "GET", "/ok", &[cookie, ("sec-fetch-site", "cross-site")]).await.0,
        200
    );
}

#[tokio::test]
async fn cors_is_for_configured_origins_only() {
    let config = config(&[("cors_origins", "https://friend.test")]);
    let preflight = async |origin: &str| {
        let h = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "authorization"),
        ];
        ask(&config, "OPTIONS", "/ok", &h).await.1
    };
    let h = preflight("https://friend.test").await;
    assert_eq!(h["access-control-allow-origin"], "https://friend.test");
    assert_eq!(h["access-control-allow-credentials"], "true");
    assert!(h["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
    assert!(!h["access-control-allow-headers"].to_str().unwrap().contains("x-agent"));
    for evil in ["https://evil.vercel.app", "https://friend.test.evil.test", "null"] {
        assert!(!preflight(evil).await.contains_key("access-control-allow-origin"), "{evil}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_never_answers_is_503() {
    let (status, _, body) = ask(&config(&[]), "GET", "/never", &[]).await;
    assert_eq!(
        (status, &problem(&body)["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"unavailable".into())
    );
}
