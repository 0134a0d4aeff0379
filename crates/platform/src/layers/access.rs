//! The request's id and client address, and one line in the log for each request.
use crate::{clock::Stopwatch, config::values::Proxies, ledger::Matched, metrics, random};
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tracing::Instrument;

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// In every request's extensions: the id that log, answer and audit trail share.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// In every request's extensions: where it came from, behind trusted proxies too.
#[derive(Clone, Copy, Debug)]
pub struct ClientIp(pub Option<IpAddr>);

/// How the addresses of clients are found.
#[derive(Debug, Default)]
pub struct Settings {
    pub proxies: Proxies,
}

/// What the audit trail keeps of a request.
pub fn origin(extensions: &Extensions, headers: &HeaderMap) -> model::Origin {
    let agent = headers.get(header::USER_AGENT).map(|v| String::from_utf8_lossy(v.as_bytes()));
    model::Origin {
        ip: extensions
            .get::<ClientIp>()
            .and_then(|c| c.0)
            .map(|ip| ip.to_string())
            .unwrap_or_default(),
        user_agent: agent
            .map(|a| a.chars().filter(|c| !c.is_control()).take(300).collect())
            .unwrap_or_default(),
        request_id: extensions.get::<RequestId>().map(|r| r.0.to_string()).unwrap_or_default(),
    }
}

pub(super) async fn log(
    State(settings): State<Arc<Settings>>,
    mut request: Request,
    next: Next,
) -> Response {
    let clock = Stopwatch::start();
    let id: Arc<str> = accepted(request.headers()).map_or_else(|| random::id().into(), Into::into);
    let ip = client_ip(&request, &settings.proxies);
    request.extensions_mut().insert(RequestId(id.clone()));
    request.extensions_mut().insert(ClientIp(ip));
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let span = tracing::info_span!("request", request_id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    let matched = response.extensions().get::<Matched>().map_or("other", |m| m.0);
    let status = response.status();
    metrics::http_request(&method, matched, status, clock.elapsed());
    let (status, duration_ms) = (status.as_u16(), (clock.millis() * 1e3).round() / 1e3);
    let ip = ip.map(|i| i.to_string()).unwrap_or_default();
    let _entered = span.enter();
    match status {
        500.. => tracing::error!(%method, path, status, duration_ms, ip, "request"),
        _ if path.starts_with("/pkg/") || path.ends_with("z") || path == "/metrics" => {
            tracing::debug!(%method, path, status, duration_ms, ip, "request");
        }
        _ => tracing::info!(%method, path, status, duration_ms, ip, "request"),
    }
    response
}

/// The caller's own id when it is short and harmless: it goes into logs, headers and the audit trail.
fn accepted(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(HEADER)?.to_str().ok()?;
    let fine = (8..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    fine.then_some(text)
}

/// The peer; behind trusted proxies the last address of `X-Forwarded-For` that is none of theirs.
pub fn client_ip(request: &Request, proxies: &Proxies) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    if !proxies.0.contains(&peer) {
        return Some(peer);
    }
    let said: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .map(str::trim)
        .collect();
    for text in said.iter().rev() {
        match text.parse::<IpAddr>() {
            Ok(ip) if proxies.0.contains(&ip.to_canonical()) => {}
            Ok(ip) => return Some(ip.to_canonical()),
            // what stands left of nonsense was written by nobody we trust
            Err(_) => break,
        }
    }
    Some(peer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(peer: &str, forwarded: &str) -> Request {
        let mut r =
            Request::builder().header("x-forwarded-for", forwarded).body(Body::empty()).unwrap();
        r.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        r
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_never_past_themselves() {
        let proxies = Proxies(vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()]);
        let ip =
            |peer, forwarded| client_ip(&request(peer, forwarded), &proxies).unwrap().to_string();
        assert_eq!(ip("192.0.2.7", "203.0.113.9"), "192.0.2.7");
        assert_eq!(ip("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2"), "203.0.113.9");
        assert_eq!(ip("10.0.0.1", "6.6.6.6, rubbish"), "10.0.0.1");
        assert_eq!(ip("::ffff:10.0.0.1", "203.0.113.9"), "203.0.113.9");
    }

    #[test]
    fn ids_that_could_forge_log_lines_are_replaced() {
        let of = |v: &'static str| {
            accepted(&HeaderMap::from_iter([(HEADER, HeaderValue::from_static(v))]))
                .map(str::to_owned)
        };
        assert_eq!(of("abcd-1234.X_y"), Some("abcd-1234.X_y".into()));
        assert_eq!(
            (of("short"), of("has blanks in it"), of("{\"a\":\"bcdefgh\"}")),
            (None, None, None)
        );
    }
}
