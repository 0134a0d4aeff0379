//! Requests that change something must come from our own pages, whenever the browser would add a cookie by itself.
//!
//! `Sec-Fetch-Site` decides where there is one; else `Origin` must be the host asked for, our public address or a configured
//! origin; a request with cookies that says nothing of the kind is refused, unless it carries `Authorization`, `X-Auth-Token` or an
//! agent's header (those come before cookies, and no page of another site can add them), or is a program's sign-in or sign-out.
use crate::{
    config::{Config, values::Origins},
    error::ApiError,
};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};
use model::Problem;
use std::sync::Arc;

/// Origins beside the host itself that may send requests with cookies.
#[derive(Clone, Debug, Default)]
pub struct Trusted {
    origins: Origins,
    public: Option<String>,
}

impl Trusted {
    pub fn new(config: &Config) -> Self {
        Self {
            origins: config.trust.cors_origins.clone(),
            public: config.serve.public_url.as_ref().map(|u| u.origin().to_owned()),
        }
    }

    /// Whether a request to `path` that changes something, or opens a WebSocket, may go on.
    pub fn allows(&self, path: &str, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("unreadable"));
        let origin = text("origin");
        let known =
            origin.is_some_and(|o| self.origins.allow(o) || self.public.as_deref() == Some(o));
        match (text("sec-fetch-site"), origin) {
            (Some("same-origin" | "none"), _) => true,
            (Some(_), _) => known,
            (None, Some(origin)) => known || same_host(origin, headers),
            (None, None) => {
                !headers.contains_key(header::COOKIE) || named(headers) || PROGRAMS.contains(&path)
            }
        }
    }
}

/// Where programs sign in and out, many of them with the cookies of last time in a jar. Browsers say `Origin` with every POST to
/// another site, so a request that says nothing comes from none.
const PROGRAMS: [&str; 2] = ["/auth/login", "/auth/logout"];

/// The headers that name a caller.
const NAMING: [&str; 4] = ["authorization", "x-auth-token", "x-agent-key", "x-agent-token"];

/// The caller is named by a header that no other site's page can add without our leave, so cookies decide nothing.
fn named(headers: &HeaderMap) -> bool {
    NAMING.iter().any(|name| headers.contains_key(*name))
}

/// `Origin: https://host:port` against `Host: host:port`. The scheme is not compared: a proxy may end TLS before us.
fn same_host(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let said = origin.split_once("://").map(|(_, host)| host);
    matches!((said, host), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b))
}

fn changes(request: &Request) -> bool {
    let reading =
        matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    !reading || request.headers().contains_key(header::UPGRADE)
}

pub(super) async fn check(
    State(trusted): State<Arc<Trusted>>,
    mut request: Request,
    next: Next,
) -> Response {
    // HTTP/2 has the host in the address
    if !request.headers().contains_key(header::HOST)
        && let Some(host) = request.uri().authority().and_then(|a| a.as_str().parse().ok())
    {
        request.headers_mut().insert(header::HOST, host);
    }
    if changes(&request) && !trusted.allows(request.uri().path(), request.headers()) {
        return ApiError::from(Problem::cross_site("The request came from another site"))
            .into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn allowed(headers: &[(&'static str, &'static str)]) -> bool {
        allowed_at("/alerts", headers)
    }

    fn allowed_at(path: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let map = headers
            .iter()
            .map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v)))
            .collect();
        let trusted = Trusted {
            origins: Origins(vec!["https://friend.test".into()]),
            public: Some("https://soc.test".into()),
        };
        trusted.allows(path, &map)
    }

    #[test]
    fn a_browser_s_own_word_decides() {
        assert!(allowed(&[("cookie", "a=1"), ("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[("cookie", "a=1"), ("sec-fetch-site", "none")]));
        assert!(!allowed(&[
            ("cookie", "a=1"),
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.test")
        ]));
        // a neighbour under the same domain is not us
        assert!(!allowed(&[
            ("cookie", "a=1"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://x.soc.test")
        ]));
        // signing somebody in from elsewhere needs no cookie
        assert!(!allowed(&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")]));
        assert!(allowed(&[("sec-fetch-site", "cross-site"), ("origin", "https://friend.test")]));
    }

    #[test]
    fn without_it_origin_must_be_the_host() {
        assert!(allowed(&[
            ("cookie", "a=1"),
            ("origin", "http://127.0.0.1:8080"),
            ("host", "127.0.0.1:8080")
        ]));
        assert!(allowed(&[
            ("cookie", "a=1"),
            ("origin", "https://soc.test"),
            ("host", "inner:80")
        ]));
        for bad in ["http://127.0.0.1:8081", "null", "http://evil.test", "127.0.0.1:8080"] {
            let h = [("cookie", "a=1"), ("origin", bad), ("host", "127.0.0.1:8080")];
            assert!(!allowed(&h), "{bad}");
        }
    }

    #[test]
    fn without_either_only_requests_without_cookies_pass() {
        assert!(!allowed(&[("cookie", "access_token=x")]));
        assert!(allowed(&[("authorization", "Bearer x")]));
        assert!(allowed(&[("x-agent-key", "x")]));
        // a client that keeps cookies between its calls, as most HTTP libraries do
        assert!(allowed(&[("authorization", "Bearer x"), ("cookie", "a=1")]));
        assert!(allowed(&[("x-agent-key", "x"), ("cookie", "a=1")]));
        assert!(allowed(&[("x-auth-token", "x"), ("cookie", "a=1")]));
        assert!(!allowed(&[
            ("authorization", "Bearer x"),
            ("cookie", "a=1"),
            ("origin", "https://evil.test")
        ]));
    }

    #[test]
    fn a_program_with_a_cookie_jar_signs_in_again_and_out() {
        for path in ["/auth/login", "/auth/logout"] {
            assert!(allowed_at(path, &[("cookie", "access_token=x")]), "{path}");
            // a browser says where the request comes from, and then that decides
            for said in [("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")] {
                assert!(
                    !allowed_at(path, &[("cookie", "access_token=x"), said]),
                    "{path} {said:?}"
                );
            }
        }
        for path in ["/login", "/logout", "/auth/login/", "/me/password"] {
            assert!(!allowed_at(path, &[("cookie", "access_token=x")]), "{path}");
        }
    }
}
