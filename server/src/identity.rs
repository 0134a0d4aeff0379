//! Who asks? Looked up once for every request, before any handler, in the contract's order: bearer token, `X-Auth-Token`, the
//! cookies, then the agent's headers.
use crate::state::AppState;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, header};
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

/// Routes that agents use: their refusal says what could be sent.
fn for_agents(request: &Request) -> bool {
    let path = request.uri().path();
    *request.method() == http::Method::POST && (path == "/events" || path.starts_with("/ingest/"))
}

async fn who(
    s: &AppState,
    headers: &HeaderMap,
    agents: bool,
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
    if !agents && agent.key.is_none() && agent.shared.is_none() {
        return Err(Problem::unauthenticated("Invalid authentication credentials"));
    }
    s.soc.sender(None, &agent, origin).await
}

/// Notes `Identity` and `Origin` on the request.
pub async fn identify(State(s): State<AppState>, mut request: Request, next: Next) -> Response {
    let origin = platform::layers::origin(request.extensions(), request.headers());
    let identity = Identity(who(&s, request.headers(), for_agents(&request), &origin).await);
    request.extensions_mut().insert(identity);
    request.extensions_mut().insert(origin);
    next.run(request).await
}
