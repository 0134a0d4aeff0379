//! Who asks? Looked up once for every request, before any handler, in the contract's order: bearer token, `X-Auth-Token`, the
//! cookies, then the agent's headers.
use crate::state::AppState;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Method, header};
use model::{Origin, Problem, caller::Sender};
use platform::{Identity, cookie, cookie::Cookies};
use soc::auth::{AgentCredentials, Credential};

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim).filter(|v| !v.is_empty())
}

/// Everything the request carries that could say who it is, strongest first.
pub fn credentials(headers: &HeaderMap, cookies: &Cookies) -> Vec<Credential> {
    let bearer = text(headers, header::AUTHORIZATION.as_str()).and_then(|v| {
        let (scheme, rest) = v.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim().to_owned())
    });
    if let Some(token) = bearer.or_else(|| text(headers, "x-auth-token").map(str::to_owned)) {
        // an explicit token that is wrong is not saved by a cookie
        return vec![Credential::Token(token)];
    }
    let session = cookie::get(headers, cookies.session).map(|v| Credential::Session(v.to_owned()));
    let token = cookie::get(headers, &cookies.token).map(|v| Credential::Token(v.to_owned()));
    // a browser has both; its session first, so that what keeps "this session" keeps the browser's own
    session.into_iter().chain(token).collect()
}

/// Whom a route is for, and so in which words it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Takes telemetry: the refusal says what could be sent.
    Telemetry,
    /// `POST /alerts`, which the shared token may use too.
    Alerts,
    /// A wrong header of an agent is answered there like a wrong token.
    People,
}

impl Door {
    fn of(method: &Method, path: &str) -> Self {
        match path {
            _ if *method != Method::POST => Self::People,
            "/alerts" => Self::Alerts,
            _ if path == "/events" || path.starts_with("/ingest/") => Self::Telemetry,
            _ => Self::People,
        }
    }

    /// The contract's text at this door for what was wrong with an agent's headers.
    fn refusal(self, problem: Problem) -> Problem {
        match (self, problem.status) {
            // that production takes no shared token is said only where it could be used
            (Self::Alerts, 401) | (Self::People, 401 | 403) => {
                Problem::unauthenticated("Invalid authentication credentials")
            }
            _ => problem,
        }
    }
}

async fn who(
    s: &AppState,
    headers: &HeaderMap,
    door: Door,
    origin: &Origin,
) -> Result<Sender, Problem> {
    let mut person = None;
    let carried = credentials(headers, &s.cookies);
    for credential in &carried {
        person = s.soc.authenticate(credential, origin.clone()).await?;
        if person.is_some() {
            break;
        }
    }
    let agent = AgentCredentials {
        key: text(headers, "x-agent-key").map(str::to_owned),
        shared: text(headers, "x-agent-token").map(str::to_owned),
    };
    if let Some(caller) = person {
        return Ok(Sender::User(caller));
    }
    s.soc.sender(None, &agent, origin).await.map_err(|p| door.refusal(p))
}

/// Notes `Identity` and `Origin` on the request.
pub async fn identify(State(s): State<AppState>, mut request: Request, next: Next) -> Response {
    let origin = platform::layers::origin(request.extensions(), request.headers());
    let door = Door::of(request.method(), request.uri().path());
    let identity = Identity(who(&s, request.headers(), door, &origin).await);
    request.extensions_mut().insert(identity);
    request.extensions_mut().insert(origin);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_door_refuses_in_its_own_words() {
        let long =
            Problem::unauthenticated("Provide user JWT, X-Agent-Token, or X-Agent-Key header.");
        let shared = Problem::forbidden("disabled in production.");
        let said = |method: Method, path: &str, p: &Problem| {
            let p = Door::of(&method, path).refusal(p.clone());
            (p.status, p.detail)
        };
        let short = (401, "Invalid authentication credentials".to_owned());
        for path in ["/events", "/ingest/network/bulk"] {
            assert_eq!(said(Method::POST, path, &long), (401, long.detail.clone()), "{path}");
            assert_eq!(said(Method::POST, path, &shared), (403, shared.detail.clone()), "{path}");
            assert_eq!(said(Method::GET, path, &long), short, "{path}");
            assert_eq!(said(Method::GET, path, &shared), short, "{path}");
        }
        assert_eq!(said(Method::POST, "/alerts", &long), short);
        assert_eq!(said(Method::POST, "/alerts", &shared), (403, shared.detail.clone()));
        assert_eq!(said(Method::POST, "/alerts/bulk", &shared), short);
        let busy = Problem::unavailable("the database does not answer");
        assert_eq!(said(Method::GET, "/alerts", &busy), (503, busy.detail.clone()));
    }
}
