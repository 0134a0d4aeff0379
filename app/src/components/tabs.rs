use crate::i18n::num;
use leptos::prelude::*;

#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    pub label: String,
    pub href: String,
    pub selected: bool,
    pub count: Option<i64>,
}

/// Tabs as links: each part has its own address.
#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            {tabs
                .into_iter()
                .map(|tab| {
                    view! {
                        <a href=tab.href aria-current=tab.selected.then_some("page")>
                            {tab.label}
                            {tab.count.map(|n| view! { <span class="cnt">{num(n)}</span> })}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}
