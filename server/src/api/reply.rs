//! How lists answer: an array as the contract says, with what is beside it in headers.
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue};
use serde::Serialize;

/// How many rows match in all.
pub const TOTAL: HeaderName = HeaderName::from_static("x-total-count");
/// What to send as `cursor` for the next page; absent on the last.
pub const NEXT: HeaderName = HeaderName::from_static("x-next-cursor");

pub fn list<T: Serialize>(items: &[T], total: Option<i64>, next: Option<&str>) -> Response {
    let mut response = Json(items).into_response();
    let headers = response.headers_mut();
    if let Some(total) = total {
        headers.insert(TOTAL, HeaderValue::from(total));
    }
    if let Some(next) = next.and_then(|n| HeaderValue::from_str(n).ok()) {
        headers.insert(NEXT, next);
    }
    response
}

/// The contract's `{"detail": "…"}`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Said {
    pub detail: String,
}

pub fn said(detail: impl Into<String>) -> Json<Said> {
    Json(Said { detail: detail.into() })
}
