//! `/api/openapi.json` from the ledger, Swagger UI to read it with, and what each kind of problem means.
use axum::{Json, response::Html};
use http::{HeaderValue, header};
use model::problem::PROBLEMS;
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
        .route(
            Entry::get("/api/openapi.json", "This API as OpenAPI 3.1").public().tag("docs"),
            text.clone(),
        )
        // the contract's address of the same document
        .route(Entry::get("/openapi.json", "This API as OpenAPI 3.1").public().tag("docs"), text)
        .route(
            Entry::get("/api/docs/ui", "This API in a browser")
                .public()
                .tag("docs")
                .replies_text("text/html"),
            async || ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(PAGE)),
        )
        .route(
            Entry::get(
                "/docs/problems",
                "Every kind of problem; the `type` of an error points here",
            )
            .public()
            .tag("docs")
            .replies_text("text/html"),
            async || ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(problems())),
        );
    // nobody has asked yet, so this is the first write
    let _ = document.set(openapi::document(ledger.entries(), env!("CARGO_PKG_VERSION")));
    ledger
}

fn problems() -> String {
    let rows: String = PROBLEMS
        .iter()
        .map(|(code, status, title)| format!("<tr id=\"{code}\"><td><code>{code}</code></td><td>{status}</td><td>{title}</td></tr>\n"))
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>EventSec: problems</title>\n<link rel=\"icon\" \
         href=\"/favicon.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"/pkg/eventsec.css\">\n</head>\n<body class=\"pad\"><main>\n\
         <h1>Problems</h1>\n<p>The body of an error is RFC 9457 problem+json: <code>code</code> is one of these words, <code>detail</code> says \
         what happened, <code>errors</code> names the fields that are wrong.</p>\n<table class=\"tbl\">\n<thead><tr><th>Code</th><th>Status</th>\
         <th>Meaning</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</main></body>\n</html>\n"
    )
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
