//! One request through the real rendering: contexts as the server provides them, the document as a browser gets it.
use crate::memory::Memory;
use app::{context::PageContext, shell};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use backend::SharedBackend;
use http_body_util::BodyExt;
use leptos::{config::LeptosOptions, prelude::provide_context};
use model::{Caller, Micros, Origin, Role};
use std::sync::Arc;

/// The moment of every test request.
pub const NOW: Micros = Micros(1_795_255_200_000_000);

pub fn caller(role: Role) -> Caller {
    Caller {
        tenant: "t".into(),
        user_id: 1,
        email: "ana@example.org".into(),
        name: "Ana Ruiz".into(),
        role,
        must_change_password: false,
        session: "s".into(),
        origin: Origin::default(),
    }
}

pub struct Page {
    pub status: StatusCode,
    pub html: String,
}

impl Page {
    /// What stands between the end of the first occurrence of `from` and the next of `to`.
    pub fn between(&self, from: &str, to: &str) -> &str {
        let rest =
            self.html.split_once(from).unwrap_or_else(|| panic!("no {from:?} in {}", self.html)).1;
        rest.split_once(to).unwrap_or_else(|| panic!("no {to:?} after {from:?}")).0
    }

    pub fn has(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}

/// Asking for the routes, as the server does when it starts, also tells the reactive system who runs its futures.
pub fn executor() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| drop(leptos_axum::generate_route_list(app::App)));
}

pub async fn get(memory: &Arc<Memory>, who: Option<Caller>, path: &str, cookies: &str) -> Page {
    executor();
    let backend: SharedBackend = memory.clone();
    let options = LeptosOptions::builder().output_name("eventsec").build();
    let context = PageContext::from_request(cookies, "", who.as_ref(), NOW, path);
    let handler = leptos_axum::render_app_async_with_context(
        move || {
            provide_context(backend.clone());
            provide_context(who.clone());
            provide_context(context.clone());
        },
        move || shell(options.clone()),
    );
    let response = handler(Request::get(path).body(Body::empty()).unwrap()).await;
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    // marks for hydration between the nodes: nobody sees them, and how many there are is the framework's affair
    let html = String::from_utf8(bytes.to_vec()).unwrap().replace("<!>", "");
    Page { status, html }
}

/// As an analyst, in English.
pub async fn page(memory: &Arc<Memory>, path: &str) -> Page {
    get(memory, Some(caller(Role::Analyst)), path, "lang=en").await
}
