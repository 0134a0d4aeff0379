//! Every error is a problem: bare statuses of the framework, failed server functions and panics become
//! `application/problem+json` with the contract's `detail` and the request's id.
use crate::{
    error::{self, ApiError, PROBLEM_JSON, Shown},
    layers::RequestId,
};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http::{HeaderValue, StatusCode, header};
use model::Problem;
use std::panic::AssertUnwindSafe;

/// How server functions mark a failure; its body is the encoded error, its status always 500.
const SERVER_FN_ERROR: &str = "serverfnerror";
/// Longest text of the framework that becomes a `detail`, and longest encoded error of a server function.
const TEXT: usize = 4 << 10;
const ENCODED: usize = 256 << 10;

pub(super) async fn complete(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(|r| r.0.to_string());
    let response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let said = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            tracing::error!(panic = said, "a handler panicked");
            ApiError::from(error::for_status(StatusCode::INTERNAL_SERVER_ERROR, "")).into_response()
        }
    };
    if response.status().as_u16() < 400 {
        return response;
    }
    finish(response, id).await
}

async fn finish(mut response: Response, id: Option<String>) -> Response {
    if let Some(Shown(problem)) = response.extensions_mut().remove::<Shown>() {
        return rewrite(response, Problem { request_id: id, ..problem });
    }
    if response.headers().contains_key(SERVER_FN_ERROR) {
        let (mut parts, body) = response.into_parts();
        let bytes = to_bytes(body, ENCODED).await.unwrap_or_default();
        let problem = serde_json::from_slice::<Problem>(&bytes)
            .unwrap_or_else(|_| error::for_status(StatusCode::INTERNAL_SERVER_ERROR, ""));
        parts.status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return rewrite(
            Response::from_parts(parts, Body::empty()),
            Problem { request_id: id, ..problem },
        );
    }
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if !kind.is_empty() && !kind.starts_with("text/plain") {
        return response; // a page, or a JSON body that the contract prescribes
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, TEXT).await.unwrap_or_default();
    let detail = String::from_utf8_lossy(&text);
    let problem = error::for_status(parts.status, detail.trim());
    rewrite(Response::from_parts(parts, Body::empty()), Problem { request_id: id, ..problem })
}

/// The same answer with this problem as its body. 5xx are logged with their inner text, which 500 does not show.
fn rewrite(mut response: Response, problem: Problem) -> Response {
    let status = response.status();
    if status.is_server_error() {
        tracing::error!(
            code = problem.code,
            detail = problem.detail,
            status = status.as_u16(),
            "a request failed"
        );
    }
    let shown = if status == StatusCode::INTERNAL_SERVER_ERROR {
        // inner texts may hold paths, statements, addresses
        Problem { detail: "Something went wrong here".into(), ..problem }
    } else {
        problem
    };
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
    if let Some(seconds) = shown.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    *response.body_mut() = error::body(&shown);
    response
}
