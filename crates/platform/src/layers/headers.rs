//! Security headers on every answer, errors and files included.
use crate::random;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::sync::Arc;

/// In every request's extensions: the nonce that this answer's inline scripts must carry. The page renderer gives it to
/// its framework (`Nonce::from_value`).
#[derive(Clone, Debug)]
pub struct CspNonce(pub Arc<str>);

#[derive(Clone, Copy, Debug)]
pub struct Security {
    /// Browsers reach us over https: tell them to stay there.
    pub https: bool,
}

const FIXED: [(HeaderName, HeaderValue); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // the no-JavaScript forms find their way back by Referer
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("x-permitted-cross-domain-policies"),
        HeaderValue::from_static("none"),
    ),
];

pub(super) async fn secure(
    State(security): State<Security>,
    mut request: Request,
    next: Next,
) -> Response {
    let nonce: Arc<str> = random::id().into();
    request.extensions_mut().insert(CspNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.extend(FIXED);
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&policy(is_html(headers), &nonce))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if security.https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        // files can be asked for again by date; data is kept nowhere
        let file = headers.contains_key(header::LAST_MODIFIED) && !is_html(headers);
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(if file { "no-cache" } else { "no-store" }),
        );
    }
    response
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"))
}

/// Pages may run our files and what carries the nonce; nothing inline, nothing from elsewhere. Data may do nothing.
fn policy(html: bool, nonce: &str) -> String {
    if !html {
        return "default-src 'none'; frame-ancestors 'none'".into();
    }
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
         form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_policy_allows_anything_inline() {
        for html in [true, false] {
            let p = policy(html, "abc");
            assert!(
                !p.contains("unsafe-inline") && !p.contains("'unsafe-eval'") && !p.contains('*'),
                "{p}"
            );
            assert!(p.contains("frame-ancestors 'none'") && p.starts_with("default-src 'none'"));
        }
        assert!(policy(true, "abc").contains("'nonce-abc'"));
    }
}
