use super::filter::{Assigned, FILTERS, Filter, sort_word};
use crate::{
    components::{Chip, Icon, Menu, menu},
    dom,
    i18n::{t, t_of, t_with},
    url::Query,
};
use leptos::prelude::*;
use leptos_router::components::Form;
use model::{
    Severity,
    alert::{AlertSort, AlertStatus},
};

/// The other parameters of the address, so that a form keeps them.
fn keep(base: &Query, drop: &[&str]) -> impl IntoView + use<> {
    base.pairs()
        .iter()
        .filter(|(n, _)| n != "cursor" && !drop.contains(&n.as_str()))
        .map(|(n, v)| view! { <input type="hidden" name=n.clone() value=v.clone()/> })
        .collect_view()
}

/// Chips of the active filters, the form that adds some, the search box.
#[component]
pub fn Toolbar(base: Memo<Query>, filter: Memo<Filter>) -> impl IntoView {
    let chips = move || {
        let f = filter.get();
        base.with(|q| f.chips(q))
            .into_iter()
            .map(|(label, value, rest)| view! { <Chip label value remove=rest.href("/alerts")/> })
            .collect_view()
    };
    view! {
        <div class="tools" role="toolbar" aria-label=t("alerts.filters")>
            <Search base filter/>
            {chips}
            {move || base.with(|q| view! { <FilterMenu base=q.clone() filter=filter.get()/> })}
        </div>
    }
}

/// Made once: whoever presses Enter in it goes on writing in it.
#[component]
fn Search(base: Memo<Query>, filter: Memo<Filter>) -> impl IntoView {
    let text = move || filter.with(|f| f.text.clone());
    view! {
        <Form action="/alerts">
            {move || base.with(|q| keep(q, &["text"]))}
            <label class="searchbox">
                <Icon name="search" small=true/>
                <span class="sr">{t("alerts.search")}</span>
                <input id="alert-search" type="search" name="text" value=filter.with_untracked(|f| f.text.clone()) prop:value=text placeholder=t("alerts.search") autocomplete="off"/>
                <kbd aria-hidden="true">"/"</kbd>
            </label>
        </Form>
    }
}

#[component]
fn FilterMenu(base: Query, filter: Filter) -> impl IntoView {
    let check = |name: &'static str, word: &'static str, text: String, on: bool| {
        view! {
            <label class="check">
                <input type="checkbox" name=name value=word checked=on/>
                {text}
            </label>
        }
    };
    let radio = |value: &'static str, text: String, on: bool| {
        view! {
            <label class="check">
                <input type="radio" name="assigned" value=value checked=on/>
                {text}
            </label>
        }
    };
    let statuses = AlertStatus::ALL
        .into_iter()
        .map(|s| {
            check(
                "status",
                s.as_str(),
                t_of("status", s.as_str()),
                filter.status.is_empty() || filter.status.contains(&s),
            )
        })
        .collect_view();
    let severities = Severity::ALL
        .into_iter()
        .rev()
        .filter(|s| *s != Severity::Info)
        .map(|s| {
            check(
                "severity",
                s.as_str(),
                t_of("severity", s.as_str()),
                filter.severity.contains(&s),
            )
        })
        .collect_view();
    let me = matches!(filter.assigned, Assigned::Me);
    let nobody = matches!(filter.assigned, Assigned::Nobody);
    view! {
        <Menu id="alert-filter" label=t("alerts.filter") kind="small" icon="filter" plain=true>
            <Form action="/alerts" attr:class="filtermenu">
                {keep(&base, &["status", "severity", "assigned"])}
                <fieldset>
                    <legend>{t("alerts.status")}</legend>
                    {statuses}
                </fieldset>
                <fieldset>
                    <legend>{t("alerts.severity")}</legend>
                    {severities}
                </fieldset>
                <fieldset>
                    <legend>{t("alerts.assigned")}</legend>
                    {radio("", t("alerts.assigned_anyone"), !me && !nobody)}
                    {radio("me", t("alerts.assigned_me"), me)}
                    {radio("none", t("alerts.assigned_none"), nobody)}
                </fieldset>
                <button class="btn primary" on:click=|_| {
                    if let Some(menu) = dom::element("alert-filter") {
                        dom::close_popover(&menu);
                    }
                }>{t("alerts.apply")}</button>
            </Form>
        </Menu>
    }
}

/// Id of the menu of orders.
const SORT: &str = "alert-sort";

/// The four orders, as links. Made once, so that its button keeps the focus.
#[component]
pub fn SortMenu(base: Memo<Query>, filter: Memo<Filter>) -> impl IntoView {
    let sort = Memo::new(move |_| filter.with(|f| f.sort));
    let label = move || {
        let order = t_of("alerts.sort", sort_word(sort.get()));
        t_with("alerts.sort_by", &[("order", &order)])
    };
    let entries = [AlertSort::Newest, AlertSort::Oldest, AlertSort::Severity, AlertSort::Updated]
        .into_iter()
        .map(|s| {
            let word = if s == AlertSort::Newest { "" } else { sort_word(s) };
            let href = move || base.get().without("cursor").set("sort", word).href("/alerts");
            let checked = move || if sort.get() == s { "true" } else { "false" };
            view! {
                <a role="menuitemradio" aria-checked=checked href=href on:click=move |_| menu::chosen(SORT)>
                    {t_of("alerts.sort", sort_word(s))}
                </a>
            }
        })
        .collect_view();
    view! {
        <Menu id=SORT label kind="quiet small">
            {entries}
        </Menu>
    }
}

/// Whether the address narrows the list beyond the default.
pub fn is_narrowed(base: &Query) -> bool {
    base.pairs().iter().any(|(n, v)| {
        FILTERS.contains(&n.as_str()) && !v.is_empty() && !(n == "status" && v == "any")
    })
}
