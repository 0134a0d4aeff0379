//! The test that asks every route as every kind of caller, and compares with what the ledger says.
use super::{Entry, Kind, Principal};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use std::{fmt, future::Future, sync::Arc};

/// An answer that the ledger did not foresee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub route: String,
    pub caller: Principal,
    pub expected: &'static str,
    pub got: u16,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} as {}: expected {}, got {}",
            self.route,
            self.caller.as_str(),
            self.expected,
            self.got
        )
    }
}

/// How much was asked, and what was wrong.
#[derive(Debug, Default)]
pub struct Report {
    pub routes: usize,
    pub asked: usize,
    pub wrong: Vec<Mismatch>,
}

/// Asks each route as each kind of caller. `credentials` gives the headers of a caller, fresh for every request, since
/// some routes end a session. `send` sends a request whose address is a path, and answers the status.
pub async fn run<C, CF, D, DF>(entries: &[Arc<Entry>], credentials: C, send: D) -> Report
where
    C: Fn(Principal) -> CF,
    CF: Future<Output = HeaderMap>,
    D: Fn(Request<Bytes>) -> DF,
    DF: Future<Output = u16>,
{
    let mut report = Report { routes: entries.len(), ..Report::default() };
    for entry in entries {
        for caller in Principal::ALL {
            let got = send(request(entry, credentials(caller).await)).await;
            report.asked += 1;
            if let Some(expected) = judge(entry, caller, got) {
                let route = format!("{} {}", entry.method, entry.path);
                report.wrong.push(Mismatch { route, caller, expected, got });
            }
        }
    }
    report
}

/// What should have come; `None` when the status is right.
fn judge(entry: &Entry, caller: Principal, got: u16) -> Option<&'static str> {
    let allowed = entry.principals.contains(caller);
    match entry.kind {
        // pages send those they do not know to sign in, and tell the others with a page
        Kind::Page if allowed => (got >= 400 && got != 404).then_some("the page"),
        Kind::Page if caller.role().is_some() => {
            (!matches!(got, 403 | 404 | 302 | 303)).then_some("403, 404 or a redirection")
        }
        Kind::Page => (!matches!(got, 302 | 303 | 307 | 401)).then_some("a redirection to sign in"),
        _ if allowed && got == entry.success => None,
        _ if allowed => (matches!(got, 401 | 403 | 405) || got >= 500)
            .then_some("neither 401, 403, 405 nor 5xx"),
        _ if caller.role().is_some() => (!matches!(got, 403 | 404)).then_some("403 or 404"),
        // production refuses the shared token with 403
        _ if caller == Principal::SharedToken => {
            (!matches!(got, 401 | 403)).then_some("401 or 403")
        }
        _ => (got != 401).then_some("401"),
    }
}

/// A request that is well formed and finds nothing: ids that do not exist, an empty object.
pub fn request(entry: &Entry, credentials: HeaderMap) -> Request<Bytes> {
    let path = entry.path.split('/').map(|piece| match piece.strip_prefix('{') {
        Some("id}") => "999999999",
        Some(name) if name.ends_with("_id}") => "999999999",
        Some(_) => "none",
        None => piece,
    });
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = entry.method.clone();
    // made of pieces of a path that the router accepted
    *request.uri_mut() = path.collect::<Vec<_>>().join("/").parse().unwrap_or_default();
    let headers = request.headers_mut();
    let accept = if entry.kind == Kind::Page { "text/html" } else { "application/json" };
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
    headers.extend(credentials);
    if !matches!(entry.method, Method::GET | Method::HEAD) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Bytes::from_static(b"{}");
    }
    request
}
