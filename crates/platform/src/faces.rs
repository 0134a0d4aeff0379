//! One address, two faces: `GET /alerts` is the page for a browser and the contract's JSON for everyone else.
use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, header};
use std::{convert::Infallible, sync::Arc};
use tower::{ServiceExt, service_fn};

/// Whether the caller prefers a page: `Accept` names `text/html` (as browsers do when they navigate). `*/*` means JSON.
pub fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .any(|part| {
            let mut pieces = part.split(';').map(str::trim);
            let kind = pieces.next().unwrap_or_default();
            let refused = pieces.any(
                |p| matches!(p.split_once('='), Some(("q", q)) if q.parse::<f32>() == Ok(0.0)),
            );
            !refused
                && (kind.eq_ignore_ascii_case("text/html")
                    || kind.eq_ignore_ascii_case("application/xhtml+xml"))
        })
}

/// The paths of the pages, matched segment by segment: `{id}` or `:id` matches one segment, `{*rest}` all that follow.
#[derive(Clone, Debug, Default)]
pub struct Paths(Vec<Vec<String>>);

impl Paths {
    pub fn new<S: AsRef<str>>(paths: impl IntoIterator<Item = S>) -> Self {
        Self(paths.into_iter().map(|p| split(p.as_ref()).map(str::to_owned).collect()).collect())
    }

    pub fn contains(&self, path: &str) -> bool {
        let asked: Vec<&str> = split(path).collect();
        self.0.iter().any(|pattern| {
            for (i, piece) in pattern.iter().enumerate() {
                if piece.starts_with("{*") || piece.starts_with('*') {
                    return true;
                }
                let any = piece.starts_with(['{', ':']);
                match asked.get(i) {
                    Some(a) if any || a == piece => {}
                    _ => return false,
                }
            }
            pattern.len() == asked.len()
        })
    }
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/').filter(|s| !s.is_empty())
}

/// Joins the JSON API and the pages. A browser's GET of a page's path goes to `pages`; everything else to `api`, and what
/// `api` does not know (server functions, files, 404) to `pages`, which must therefore have a fallback.
/// Answers on pages' paths say `Vary: Accept`.
pub fn join(api: Router, pages: Router, paths: Paths) -> Router {
    let api = api.fallback_service(pages.clone());
    let paths = Arc::new(paths);
    Router::new().fallback_service(service_fn(move |request: Request<Body>| {
        let (api, pages, paths) = (api.clone(), pages.clone(), paths.clone());
        async move {
            let shared = paths.contains(request.uri().path());
            let reading = matches!(*request.method(), Method::GET | Method::HEAD);
            let html = shared && reading && wants_html(request.headers());
            let answer: Result<Response, Infallible> =
                if html { pages.oneshot(request).await } else { api.oneshot(request).await };
            let mut response = answer.into_response();
            if shared {
                response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
            }
            Ok::<_, Infallible>(response)
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::{get, post};
    use http::StatusCode;

    fn accept(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))])
    }

    #[test]
    fn browsers_get_pages_and_programs_json() {
        assert!(wants_html(&accept(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        )));
        for json in ["*/*", "application/json", "text/html;q=0", "text/plain"] {
            assert!(!wants_html(&accept(json)), "{json}");
        }
        assert!(!wants_html(&HeaderMap::new()));
    }

    #[test]
    fn paths_match_by_segment() {
        let p = Paths::new(["/", "/alerts", "/alerts/{id}", "/rules/:id/edit", "/docs/{*rest}"]);
        for yes in ["/", "/alerts", "/alerts/", "/alerts/7", "/rules/7/edit", "/docs/a/b"] {
            assert!(p.contains(yes), "{yes}");
        }
        for no in ["/alert", "/alerts/7/history", "/rules/7", "/healthz"] {
            assert!(!p.contains(no), "{no}");
        }
    }

    #[tokio::test]
    async fn the_two_faces_of_an_address() {
        let api = Router::new()
            .route("/alerts", get(|| async { "json" }).post(|| async { "made" }))
            .route("/metrics", get(|| async { "numbers" }));
        let pages = Router::new()
            .route("/alerts", get(|| async { "page" }))
            .route("/api/fn", post(|| async { "server function" }))
            .fallback(|| async { (StatusCode::NOT_FOUND, "nothing") });
        let app = join(api, pages, Paths::new(["/alerts"]));
        let ask = async |method: &str, path: &str, accept: &str| {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("accept", accept)
                .body(Body::empty())
                .unwrap();
            let r = app.clone().oneshot(request).await.unwrap();
            let vary = r.headers().get("vary").is_some();
            let body = axum::body::to_bytes(r.into_body(), 100).await.unwrap();
            (String::from_utf8(body.to_vec()).unwrap(), vary)
        };
        assert_eq!(ask("GET", "/alerts", "text/html").await, ("page".into(), true));
        assert_eq!(ask("GET", "/alerts", "*/*").await, ("json".into(), true));
        assert_eq!(ask("POST", "/alerts", "text/html").await, ("made".into(), true));
        assert_eq!(ask("GET", "/metrics", "text/html").await, ("numbers".into(), false));
        assert_eq!(ask("POST", "/api/fn", "text/html").await, ("server function".into(), false));
        assert_eq!(ask("GET", "/else", "*/*").await, ("nothing".into(), false));
    }
}
