//! `Problem` as an HTTP response: `application/problem+json` with status, `Retry-After` and `WWW-Authenticate`.
//!
//! The request id is filled in by `layers::errors`, which every response passes.
use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use model::Problem;

pub const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What a handler answers when it cannot do what was asked: `async fn list(…) -> ApiResult<Json<…>>`, with `?` on `Problem`.
#[derive(Debug)]
pub struct ApiError {
    pub problem: Problem,
    /// Whether 401 says `WWW-Authenticate: Bearer`. The contract's agent routes do not.
    challenge: bool,
}

pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// A 401 without `WWW-Authenticate`: what agents get.
    pub fn unchallenged(problem: Problem) -> Self {
        Self { problem, challenge: false }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self { problem, challenge: true }
    }
}

/// Marks a response as made from a `Problem`, so that the layer can complete it.
#[derive(Clone)]
pub(crate) struct Shown(pub Problem);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(body(&self.problem));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
        if let Some(seconds) = self.problem.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED && self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Shown(self.problem));
        response
    }
}

pub(crate) fn body(problem: &Problem) -> Body {
    // a struct of texts and numbers always serialises
    Body::from(serde_json::to_vec(problem).unwrap_or_default())
}

/// The problem for a bare status, with the contract's texts where it has some.
pub fn for_status(status: StatusCode, detail: &str) -> Problem {
    let or = |text: &str| if detail.is_empty() { text.to_owned() } else { detail.to_owned() };
    match status.as_u16() {
        401 => Problem::unauthenticated(or("Invalid authentication credentials")),
        403 => Problem::forbidden(or("Forbidden")),
        404 => Problem::not_found("Not Found"),
        405 => Problem::method_not_allowed("Method Not Allowed"),
        408 => Problem::request_timeout(or("The request took too long to arrive")),
        409 => Problem::conflict(or("Conflict")),
        413 => Problem::too_large(or("The request is larger than allowed here")),
        415 => Problem::unsupported_media_type(or("Unsupported content type or encoding")),
        422 => Problem::invalid_input(or("Some fields are wrong")),
        429 => Problem::too_many_requests(or("Too many requests")),
        503 => Problem::unavailable(or("Not available now")),
        507 => Problem::insufficient_storage(or("No room to store this")),
        400..=499 => Problem {
            status: status.as_u16(),
            ..Problem::bad_request(or("The request cannot be read"))
        },
        _ => Problem { status: status.as_u16(), ..Problem::internal("Something went wrong here") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_follow_the_problem() {
        let r = ApiError::from(Problem::unavailable("later").retry_after(7)).into_response();
        assert_eq!(
            (r.status(), &r.headers()[header::RETRY_AFTER]),
            (StatusCode::SERVICE_UNAVAILABLE, &HeaderValue::from(7))
        );
        assert_eq!(r.headers()[header::CONTENT_TYPE], "application/problem+json");
        let r = ApiError::from(Problem::unauthenticated("who?")).into_response();
        assert_eq!(r.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let r = ApiError::unchallenged(Problem::unauthenticated("who?")).into_response();
        assert!(!r.headers().contains_key(header::WWW_AUTHENTICATE));
    }

    #[test]
    fn inner_texts_of_500_are_not_shown_and_the_contract_s_texts_are() {
        assert_eq!(for_status(StatusCode::NOT_FOUND, "").detail, "Not Found");
        assert_eq!(for_status(StatusCode::METHOD_NOT_ALLOWED, "x").detail, "Method Not Allowed");
        assert!(
            !for_status(StatusCode::INTERNAL_SERVER_ERROR, "password=1")
                .detail
                .contains("password")
        );
        assert_eq!(for_status(StatusCode::EXPECTATION_FAILED, "x").status, 417);
    }
}
