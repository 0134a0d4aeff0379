//! A plain form, sent as a browser does before the page is alive, through the real server functions.
use crate::{memory::Memory, render::executor};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
    response::IntoResponse,
};
use backend::SharedBackend;
use leptos::prelude::provide_context;
use model::Caller;
use std::sync::Arc;

/// Status, and the path and query that the browser is sent to.
pub async fn post(
    memory: &Arc<Memory>,
    who: Caller,
    path: &str,
    form: &str,
    from: &str,
) -> (StatusCode, String) {
    executor();
    let backend: SharedBackend = memory.clone();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html,application/xhtml+xml")
        .header(header::REFERER, format!("http://localhost{from}"))
        .body(Body::from(form.to_owned()))
        .unwrap();
    let context = move || {
        provide_context(backend.clone());
        provide_context(Some(who.clone()));
    };
    let response =
        leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    let to = response.headers().get(header::LOCATION).map(|l| {
        l.to_str().unwrap().trim_start_matches("http://localhost").trim_end_matches('?').to_owned()
    });
    (response.status(), to.unwrap_or_default())
}
