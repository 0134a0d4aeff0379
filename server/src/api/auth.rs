//! Sign-in and sign-out of programs and, as plain forms, of browsers.
use crate::{
    api::{
        extract::{Sent, Via, Who},
        reply::{Said, said},
    },
    identity::credentials,
    state::AppState,
};
use axum::{
    Form, Json,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, header};
use model::{
    Problem,
    user::{Credentials, LoginResponse},
};
use platform::{ApiError, ApiResult, Entry, Ledger};
use serde::Deserialize;
use soc::auth::{Credential, SessionKind};
use std::time::Duration;

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(
        Entry::post("/auth/login", "Opens a session: a bearer token, also as cookie")
            .public()
            .audited(true)
            .takes::<Credentials>()
            .replies::<LoginResponse>()
            .sends("Set-Cookie", "string", "the token as a cookie")
            .throttled(),
        login,
    )
    .route(
        Entry::post("/auth/logout", "Ends the session that carried the request, if there is one")
            .public()
            .audited(true)
            .replies::<Said>()
            .sends("Set-Cookie", "string", "removes the cookies"),
        logout,
    )
    .route(
        Entry::post("/login", "Sign-in form: fields email, password, next")
            .public()
            .audited(true)
            .takes_form::<SignIn>()
            .status(303),
        login_form,
    )
    .route(
        Entry::post("/logout", "Sign-out button").public().audited(true).status(303),
        logout_form,
    )
}

async fn login(
    State(s): State<AppState>,
    Via(origin): Via,
    Sent(c): Sent<Credentials>,
) -> ApiResult<Response> {
    let (user, secrets) = s.soc.sign_in(c, &origin, &[SessionKind::Token]).await?;
    let token = secrets.into_iter().next().unwrap_or_default();
    let cookie = s.cookies.set_token(&token);
    let body = LoginResponse { access_token: token, token_type: "bearer".into(), user };
    Ok(with_cookies(Json(body).into_response(), [cookie]))
}

async fn logout(
    State(s): State<AppState>,
    who: Result<Who, ApiError>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    end(&s, who, &headers).await?;
    Ok(with_cookies(
        said("Logged out").into_response(),
        [s.cookies.clear_token(), s.cookies.clear_session()],
    ))
}

/// Fields of the sign-in form.
#[derive(Deserialize, utoipa::ToSchema)]
struct SignIn {
    email: String,
    password: String,
    /// Path to go to afterwards.
    #[serde(default)]
    next: String,
}

/// Always answers with a redirect, so that the form works without scripts; what went wrong is a word in the address.
async fn login_form(
    State(s): State<AppState>,
    Via(origin): Via,
    Form(f): Form<SignIn>,
) -> ApiResult<Response> {
    let next = local_path(&f.next);
    let given = Credentials { email: f.email, password: f.password };
    match s.soc.sign_in(given, &origin, &[SessionKind::Browser, SessionKind::Token]).await {
        Ok((user, secrets)) => {
            let [session, token] = <[String; 2]>::try_from(secrets)
                .map_err(|_| Problem::internal("two sessions were asked for"))?;
            let to = if user.must_change_password { "/change-password" } else { next };
            let life = Duration::from_micros(s.soc.policy.session_max.unsigned_abs());
            let cookies = [s.cookies.set_session(&session, life), s.cookies.set_token(&token)];
            Ok(with_cookies(Redirect::to(to).into_response(), cookies))
        }
        Err(p) => {
            let word = match p.status {
                401 => "refused",
                429 => "wait",
                _ => "unavailable",
            };
            let wait = p.retry_after.map(|w| format!("&wait={w}")).unwrap_or_default();
            Ok(Redirect::to(&format!("/login?error={word}{wait}&next={}", encode(next)))
                .into_response())
        }
    }
}

async fn logout_form(
    State(s): State<AppState>,
    who: Result<Who, ApiError>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    end(&s, who, &headers).await?;
    Ok(with_cookies(
        Redirect::to("/login").into_response(),
        [s.cookies.clear_token(), s.cookies.clear_session()],
    ))
}

/// Ends the session that carried the request. Who has none, or one that has ended already, is signed out as it is.
async fn end(s: &AppState, who: Result<Who, ApiError>, headers: &HeaderMap) -> ApiResult<()> {
    match who {
        Ok(Who(who)) => Ok(s.soc.sign_out(&who, &hashes(s, headers)).await?),
        Err(e) if e.problem.status < 500 => Ok(()),
        // nobody could look: the session may go on, and the caller must know
        Err(e) => Err(e),
    }
}

/// The sessions behind everything the request carries: a browser has two.
fn hashes(s: &AppState, headers: &HeaderMap) -> Vec<String> {
    let all: Vec<Credential> = credentials(headers, &s.cookies);
    all.iter().filter_map(|c| s.soc.session_hash(c)).collect()
}

/// Only paths of this site: `//evil.test` and `/\evil.test` are other sites to a browser.
fn local_path(next: &str) -> &str {
    let second = next.as_bytes().get(1);
    let fine = next.starts_with('/')
        && !matches!(second, Some(b'/' | b'\\'))
        && !next.contains(['\r', '\n', '\t']);
    if fine { next } else { "/" }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'/' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect()
}

fn with_cookies<const N: usize>(
    mut response: Response,
    cookies: [Option<HeaderValue>; N],
) -> Response {
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_leads_only_to_this_site() {
        for evil in [
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "javascript:alert(1)",
            "/a\r\nb",
            "",
        ] {
            assert_eq!(local_path(evil), "/", "{evil:?}");
        }
        assert_eq!(local_path("/alerts/7?tab=history"), "/alerts/7?tab=history");
    }
}
