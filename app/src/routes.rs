//! The root: contexts that every page has, and which address shows which page.
use crate::{
    components::{Clock, Live, Shell, Toasts, ValueMenu},
    context::provide_page_context,
    pages,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// Pages are sent whole (`Async`): without scripts there is nobody to put late parts in their place.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let context = provide_page_context();
    Toasts::provide();
    ValueMenu::provide();
    Clock::provide();
    Live::provide(context.person.as_ref().is_some_and(|p| !p.must_change_password));
    // the framework writes the title into the page as it is, and alerts are titled by whoever sends events
    let server = leptos::leptos_dom::helpers::is_server();
    let whole = move |title: String| {
        let title = if server { html_text(&title) } else { title };
        if title.is_empty() { "EventSec".into() } else { format!("{title} · EventSec") }
    };
    view! {
        <Title formatter=whole/>
        <Router>
            <Routes fallback=pages::NotFound>
                <Route path=path!("/login") view=pages::SignIn ssr=SsrMode::Async/>
                <Route path=path!("/change-password") view=pages::ChangePassword ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=Shell>
                    <Route path=path!("/") view=pages::Dashboard ssr=SsrMode::Async/>
                    <Route path=path!("/alerts") view=pages::Alerts ssr=SsrMode::Async/>
                    <Route path=path!("/alerts/:id") view=pages::AlertDetail ssr=SsrMode::Async/>
                    <Route path=path!("/events") view=pages::Events ssr=SsrMode::Async/>
                    <Route path=path!("/events/:id") view=pages::EventDetail ssr=SsrMode::Async/>
                    <Route path=path!("/rules") view=pages::Rules ssr=SsrMode::Async/>
                    <Route path=path!("/rules/new") view=pages::NewRule ssr=SsrMode::Async/>
                    <Route path=path!("/rules/:id") view=pages::RuleDetail ssr=SsrMode::Async/>
                    <Route path=path!("/dead-letters") view=pages::DeadLetters ssr=SsrMode::Async/>
                    <Route path=path!("/sensors") view=pages::Sensors ssr=SsrMode::Async/>
                    <Route path=path!("/pipeline") view=pages::Pipeline ssr=SsrMode::Async/>
                    <Route path=path!("/users/:id?") view=pages::Users ssr=SsrMode::Async/>
                    <Route path=path!("/audit") view=pages::Audit ssr=SsrMode::Async/>
                    <Route path=path!("/admin/retention") view=pages::Retention ssr=SsrMode::Async/>
                    <Route path=path!("/profile") view=pages::Profile ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// As the text of an element.
fn html_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
