//! `/api/openapi.json` from the ledger, and Swagger UI to read it with.
use axum::{Json, response::Html};
use http::{HeaderValue, header};
use platform::{Entry, Ledger, ledger::openapi};
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// Registers both addresses. Call it last: the document holds the routes that the ledger knows then, and these.
pub fn routes<S: Clone + Send + Sync + 'static>(ledger: Ledger<S>) -> Ledger<S> {
    let document: Arc<OnceLock<Value>> = Arc::default();
    let text = {
        let document = document.clone();
        move || {
            let document = document.clone();
            async move { Json(document.get().cloned().unwrap_or_default()) }
        }
    };
    let ledger = ledger
        .route(Entry::get("/api/openapi.json", "This API as OpenAPI 3.1").public().tag("docs"), text.clone())
        // the contract's address of the same document
        .route(Entry::get("/openapi.json", "This API as OpenAPI 3.1").public().tag("docs"), text)
        .route(
            Entry::get("/api/docs/ui", "This API in a browser").public().tag("docs").replies_text("text/html"),
            async || ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE)),
        );
    // nobody has asked yet, so this is the first write
    let _ = document.set(openapi::document(ledger.entries(), env!("CARGO_PKG_VERSION")));
    ledger
}

/// Everything the page runs is a file of ours. Swagger UI's icons are data: images.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'",
);

/// The files come from the npm package swagger-ui-dist; the initializer is `public/api-docs/initializer.js`.
const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>EventSec API</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/api-docs/swagger-ui.css">
<script src="/api-docs/swagger-ui-bundle.js" defer></script>
<script src="/api-docs/initializer.js" defer></script>
</head>
<body><main id="swagger-ui"></main></body>
</html>
"#;
