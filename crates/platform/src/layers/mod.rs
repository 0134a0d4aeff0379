//! What every request passes, outermost first: id and log, security headers, compression, errors as problems, CORS, CSRF.
//!
//! The caps on bodies (`body::guard`) belong to the routes, since each has its own; `Ledger` puts them on.
pub mod access;
pub mod body;
pub mod csrf;
pub mod deadline;
pub mod errors;
pub mod headers;

pub use access::{ClientIp, RequestId, origin};
pub use headers::CspNonce;

use crate::config::Config;
use axum::{Router, middleware};
use http::{HeaderName, HeaderValue, Method, header};
use std::{sync::Arc, time::Duration};
use tower_http::{
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
};

/// Puts all layers around the whole application.
pub fn apply(app: Router, config: &Config) -> Router {
    let csrf = Arc::new(csrf::Trusted::new(config));
    let security = headers::Security { https: config.secure() };
    let access = Arc::new(access::Settings { proxies: config.trust.trusted_proxies.clone() });
    // `layer` wraps what is there: the last one is the outermost
    app.layer(middleware::from_fn_with_state(csrf, csrf::check))
        .layer(cors(config))
        .layer(middleware::from_fn_with_state(config.limits.request, deadline::enforce))
        .layer(middleware::from_fn(errors::complete))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
        .layer(middleware::from_fn_with_state(security, headers::secure))
        .layer(middleware::from_fn_with_state(access, access::log))
}

/// Configured origins only; the contract's methods and headers.
fn cors(config: &Config) -> CorsLayer {
    let origins: Vec<HeaderValue> =
        config.trust.cors_origins.0.iter().filter_map(|o| HeaderValue::from_str(o).ok()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            access::HEADER,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("x-auth-token"),
            HeaderName::from_static("x-debug-token"),
        ])
        .expose_headers([
            access::HEADER,
            header::RETRY_AFTER,
            HeaderName::from_static("x-total-count"),
            HeaderName::from_static("x-next-cursor"),
            HeaderName::from_static("idempotent-replay"),
        ])
        .max_age(Duration::from_secs(600))
}
