//! The document around the application: what the browser needs before anything runs.
//!
//! No inline style, and the one inline script is Leptos's own, with the request's nonce. Theme, density and language are
//! attributes that the server sets from cookies, so the first paint is right.
use crate::{
    App,
    context::{Density, page_context},
};
use leptos::{hydration::HydrationScripts, prelude::*};
use leptos_meta::MetaTags;

/// Called by the server for each page; expects `context::PageContext` in the context.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let context = page_context();
    let json = serde_json::to_string(&context).unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html
            lang=context.lang.as_str()
            data-theme=context.theme.map(|t| t.as_str())
            data-density=(context.density != Density::Cozy).then(|| context.density.as_str())
            data-context=json
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="preload" href="/fonts/inter-latin-wght-normal.woff2" r#as="font" type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href="/pkg/eventsec.css"/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
