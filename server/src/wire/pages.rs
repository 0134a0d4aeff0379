//! The console: pages rendered here, server functions, and the built files.
use crate::{ledger::pages::permission, state::AppState};
use app::{App, context::PageContext, shell};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
};
use backend::SharedBackend;
use http::{Method, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use model::{Caller, Problem, caller::Sender};
use platform::{Identity, faces::wants_html, layers::CspNonce};
use std::path::PathBuf;

fn is_html(kind: &header::HeaderValue) -> bool {
    kind.as_bytes().starts_with(b"text/html")
}

fn caller_of(identity: Option<&Identity>) -> Option<Caller> {
    match identity {
        Some(Identity(Ok(Sender::User(caller)))) => Some(caller.clone()),
        _ => None,
    }
}

/// Without a built site the API works and pages come without styles and scripts: fine for tests, said in the log.
pub fn router(
    site: Option<PathBuf>,
    backend: SharedBackend,
    state: AppState,
) -> Result<Router, Problem> {
    if site.is_none() {
        tracing::warn!(
            "no built site was found: pages have no styles and scripts (build it, or set site_root)"
        );
    }
    let root = site.unwrap_or_else(|| PathBuf::from("target/site"));
    let options = LeptosOptions::builder()
        .output_name("eventsec")
        .site_root(root.display().to_string())
        .site_pkg_dir("pkg")
        .build();
    let clock = state.soc.clock.clone();
    let context = move || {
        provide_context(backend.clone());
        let Some(parts) = use_context::<Parts>() else { return };
        let caller = caller_of(parts.extensions.get::<Identity>());
        let text = |name: header::HeaderName| {
            parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
        };
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
        let page = PageContext::from_request(
            text(header::COOKIE),
            text(header::ACCEPT_LANGUAGE),
            caller.as_ref(),
            clock(),
            path,
        );
        provide_context(page);
        provide_context(caller);
        if let Some(nonce) = parts.extensions.get::<CspNonce>() {
            provide_context(leptos::nonce::Nonce::from_value(nonce.0.clone()));
        }
    };
    let html = options.clone();
    Ok(Router::new()
        .leptos_routes_with_context(
            &options,
            generate_route_list(App),
            context.clone(),
            move || shell(html.clone()),
        )
        .fallback(file_and_error_handler_with_context(context, shell))
        .layer(middleware::from_fn_with_state(state, doorkeeper))
        .with_state(options))
}

const CHANGE_PASSWORD: &str = "/app/server_fns/password/change_password";

/// A plain form leads back to its page, which says what was wrong. When nothing was, the page of the forced change would ask once
/// more; it leads to the console instead, as its button does where scripts run.
fn lead_on(response: &mut Response) {
    let back = response.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
    // what went wrong would stand in the query, which is left empty otherwise
    let done = back.is_some_and(|to| to.trim_end_matches('?').ends_with("/change-password"));
    if response.status().is_redirection() && done {
        response.headers_mut().insert(header::LOCATION, header::HeaderValue::from_static("/"));
    }
}

/// Pages of people who are not signed in lead to the sign-in page; those who must change their password, to that page.
async fn doorkeeper(State(_): State<AppState>, request: Request, next: Next) -> Response {
    let reading =
        matches!(*request.method(), Method::GET | Method::HEAD) && wants_html(request.headers());
    if !reading {
        let changes_password = request.uri().path() == CHANGE_PASSWORD;
        let mut response = next.run(request).await;
        if changes_password {
            lead_on(&mut response);
        }
        // programs get a problem, not the page that says so to people
        let lost = response.status() == StatusCode::NOT_FOUND
            && response.headers().get(header::CONTENT_TYPE).is_some_and(is_html);
        return if lost { StatusCode::NOT_FOUND.into_response() } else { response };
    }
    let path = request.uri().path();
    let caller = caller_of(request.extensions().get::<Identity>());
    let to = match &caller {
        None if path != "/login" => {
            let wanted = request.uri().path_and_query().map_or("/", |p| p.as_str());
            let next: String = wanted
                .bytes()
                .map(|b| {
                    if b.is_ascii_alphanumeric() || b"/-._".contains(&b) {
                        (b as char).to_string()
                    } else {
                        format!("%{b:02X}")
                    }
                })
                .collect();
            Some(if wanted == "/" { "/login".to_owned() } else { format!("/login?next={next}") })
        }
        Some(c) if c.must_change_password && path != "/change-password" => {
            Some("/change-password".to_owned())
        }
        Some(c) if !c.must_change_password && path == "/login" => Some("/".to_owned()),
        _ => None,
    };
    let forbidden = caller.is_some_and(|c| permission(path).is_some_and(|p| !c.role.may(p)));
    match to {
        Some(to) => Redirect::to(&to).into_response(),
        None => {
            let mut response = next.run(request).await;
            // the page says it in words, the status to programs
            if forbidden && response.status() == StatusCode::OK {
                *response.status_mut() = StatusCode::FORBIDDEN;
            }
            response
        }
    }
}
