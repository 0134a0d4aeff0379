//! The toolbar of a list: a search box and choices that become the page's query. A plain GET form before the page is alive.
use super::Icon;
use crate::i18n::t;
use leptos::prelude::*;
use leptos_router::{
    components::Form,
    hooks::{use_location, use_query_map},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlFormElement;

/// Sends the form of a choice as soon as something is chosen.
fn submit_on_choice(ev: web_sys::Event) {
    let select = ev.target().and_then(|t| t.dyn_into::<web_sys::HtmlSelectElement>().ok());
    let form = select
        .and_then(|s| s.closest("form").ok().flatten())
        .and_then(|f| f.dyn_into::<HtmlFormElement>().ok());
    if let Some(form) = form {
        let _ = form.request_submit();
    }
}

/// Children: `SearchBox`, `ChoiceFilter`, hidden inputs. The form leads to the page's own path, so an open panel stays.
#[component]
pub fn FilterBar(#[prop(into)] label: String, children: Children) -> impl IntoView {
    let path = use_location().pathname;
    view! {
        <div class="tools" role="search" aria-label=label on:change=submit_on_choice>
            <Form method="GET" action=move || path.get()>
                {children()}
                <button class="sr" tabindex="-1">{t("filter_bar.apply")}</button>
            </Form>
        </div>
    }
}

/// Words to look for, kept in the query under `name`.
#[component]
pub fn SearchBox(name: &'static str, #[prop(into)] label: String) -> impl IntoView {
    let query = use_query_map();
    let value = move || query.with(|q| q.get(name)).unwrap_or_default();
    view! {
        <span class="searchbox">
            <Icon name="search" small=true/>
            <input
                type="search"
                name=name
                value=query.with_untracked(|q| q.get(name)).unwrap_or_default()
                prop:value=value
                placeholder=label.clone()
                aria-label=label
                autocomplete="off"
            />
        </span>
    }
}

/// One of a few values, or any, kept in the query under `name`. `options`: value and text.
#[component]
pub fn ChoiceFilter(
    name: &'static str,
    #[prop(into)] label: String,
    /// What stands for no choice, such as "Any role".
    #[prop(into)]
    any: String,
    options: Vec<(String, String)>,
) -> impl IntoView {
    let query = use_query_map();
    let now = query.with_untracked(|q| q.get(name)).unwrap_or_default();
    // a value from the address that is not among the known ones is still what the list is filtered by
    let unlisted = (!now.is_empty() && options.iter().all(|(v, _)| *v != now))
        .then(|| (now.clone(), now.clone()));
    let value = move || query.with(|q| q.get(name)).unwrap_or_default();
    view! {
        <select class="select choice" name=name aria-label=label prop:value=value>
            <option value="">{any}</option>
            {unlisted
                .into_iter()
                .chain(options)
                .map(|(v, text)| {
                    let selected = v == now;
                    view! { <option value=v selected=selected>{text}</option> }
                })
                .collect_view()}
        </select>
    }
}
