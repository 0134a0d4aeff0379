//! The events that match, newest first. Choosing a row fills the panel; the list stays as it is.
use super::{
    state::{Explore, Range, Search},
    when::When,
};
use crate::{
    components::{EmptyState, Pager, ProblemView, SeverityMark, Skeleton, Value},
    i18n::t,
    server_fns::events::{EventLine, EventLines, Pair},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{Problem, explore::Histogram};
use wasm_bindgen::JsCast;

/// Id of an event's row.
pub fn row_id(id: i64) -> String {
    format!("event-{id}")
}

#[component]
pub fn List(
    explore: Memo<Explore>,
    lines: Resource<Result<EventLines, Problem>>,
    counts: Resource<Result<Histogram, Problem>>,
) -> impl IntoView {
    let selected = Memo::new(move |_| explore.with(|e| e.event));
    let body = move || {
        lines.get().map(|found| match found {
            Err(p) if p.is("bad_query") => ().into_any(),
            Err(problem) => {
                let retry = Callback::new(move |()| lines.refetch());
                view! { <ProblemView problem retry/> }.into_any()
            }
            Ok(found) if found.lines.is_empty() => {
                view! { <Nothing search=explore.get_untracked().search/> }.into_any()
            }
            Ok(found) => view! { <Rows explore selected found counts/> }.into_any(),
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=12/> }>{body}</Transition> }
}

/// Nothing matches: what would.
#[component]
fn Nothing(search: Search) -> impl IntoView {
    if search.is_everything() {
        return view! {
            <EmptyState title=t("events.none_yet")>
                <p>{t("events.none_yet_text")}</p>
                <p>
                    <a href="/api/docs/ui" rel="external">{t("events.how_to_send")}</a>
                </p>
            </EmptyState>
        }
        .into_any();
    }
    let wider = (search.range != Range::ALL).then(|| search.clone().with_range(Range::ALL).href());
    let filtered = !search.severity.is_empty() || !search.dataset.is_empty();
    let unfiltered = filtered
        .then(|| Search { severity: Vec::new(), dataset: Vec::new(), ..search.clone() }.href());
    let unasked =
        (!search.query.is_empty()).then(|| Search { query: String::new(), ..search }.href());
    let link = |href: Option<String>, text: String| {
        href.map(|href| {
            view! {
                <p>
                    <a href=href>{text}</a>
                </p>
            }
        })
    };
    view! {
        <EmptyState title=t("events.no_match")>
            {link(wider, t("events.search_all_time"))}
            {link(unfiltered, t("events.without_filters"))}
            {link(unasked, t("events.without_query"))}
        </EmptyState>
    }
    .into_any()
}

#[component]
fn Rows(
    explore: Memo<Explore>,
    selected: Memo<Option<i64>>,
    found: EventLines,
    counts: Resource<Result<Histogram, Problem>>,
) -> impl IntoView {
    let shown = i64::try_from(found.lines.len()).unwrap_or(i64::MAX);
    let (counted, next) = (found.total, found.next);
    let first_id = found.lines.first().map(|l| l.id);
    let rows = found
        .lines
        .into_iter()
        .map(|line| view! { <Row line explore selected first_id/> })
        .collect_view();
    let pager = move || {
        let e = explore.get();
        // later pages are not counted: the histogram counts all of them
        let total = counted.or_else(|| Some(counts.get()?.ok()?.total)).unwrap_or(shown).max(shown);
        let first = e.cursor.is_some().then(|| e.clone().at(None).href());
        let next = next.clone().map(|c| e.at(Some(c)).href());
        view! { <Pager shown total first next/> }
    };
    view! {
        <div class="scroll body" tabindex="0" role="region" aria-label=t("events.title")>
            <table class="tbl fit tight" id="evt">
                <colgroup>
                    <col class="when"/>
                    <col class="mark"/>
                    <col/>
                    <col class="host"/>
                    <col class="user"/>
                    <col class="dataset"/>
                </colgroup>
                <thead>
                    <tr>
                        <th aria-sort="descending">{t("common.time")}</th>
                        <th><span class="sr">{t("events.severity")}</span></th>
                        <th>{t("events.what")}</th>
                        <th>{t("events.host")}</th>
                        <th>{t("events.user")}</th>
                        <th>{t("events.dataset")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Transition>{pager}</Transition>
    }
}

#[component]
fn PairValue(pair: Option<Pair>) -> impl IntoView {
    pair.map(|(field, value)| view! { <Value field value/> })
}

#[component]
fn Row(
    line: EventLine,
    explore: Memo<Explore>,
    selected: Memo<Option<i64>>,
    first_id: Option<i64>,
) -> impl IntoView {
    let navigate = use_navigate();
    let EventLine { id, time, severity, dataset, message, host, user, keys } = line;
    let href = move || explore.get().with_event(Some(id)).href();
    let current = move || (selected.get() == Some(id)).then_some("true");
    // one tab stop: the row that is open, else the first
    let stop = move || if selected.get().or(first_id) == Some(id) { "0" } else { "-1" };
    let keys = keys
        .into_iter()
        .map(|(field, value)| {
            view! {
                <span class="key">
                    <span class="k">{field.clone()}</span>
                    <Value field value/>
                </span>
            }
        })
        .collect_view();
    let title = message.clone();
    view! {
        <tr
            id=row_id(id)
            aria-current=current
            on:click=move |ev| {
                let target = ev.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
                let on_link = target.is_some_and(|e| e.closest("a, button").ok().flatten().is_some());
                if !on_link {
                    let options = NavigateOptions { scroll: false, ..Default::default() };
                    navigate(&explore.get_untracked().with_event(Some(id)).href(), options);
                }
            }
        >
            <td class="mono"><When at=time/></td>
            <td><SeverityMark severity bare=true/></td>
            <td class="cut">
                <a class="msg" href=href tabindex=stop title=title>{message}</a>
                {keys}
            </td>
            <td class="cut"><PairValue pair=host/></td>
            <td class="cut"><PairValue pair=user/></td>
            <td class="cut faint"><Value field=model::fieldmap::DATASET value=dataset/></td>
        </tr>
    }
}
