//! Alerts: the list with its side panel, and one alert on its own page.
mod actions;
mod board;
mod bulk;
mod burst;
mod changes;
mod detail;
mod evidence;
mod fields;
mod filter;
mod focus;
mod history;
mod keys;
mod list;
mod news;
mod row;
mod toolbar;

pub use detail::AlertDetail;

use crate::{
    components::{PageHead, ProblemView, Skeleton},
    context::page_context,
    i18n::{t, tn},
    server_fns::alerts::fetch_alerts,
    url::Query,
};
use board::Board;
use filter::Filter;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn Alerts() -> impl IntoView {
    let me = page_context().person.map(|p| p.id);
    let params = use_query_map();
    let selected =
        Memo::new(move |_| params.read().get("selected").and_then(|s| s.parse::<i64>().ok()));
    // the address without the selection: moving through the list must not ask for the list again
    let base = Memo::new(move |_| Query::of(&params.read()).without("selected"));
    let filter = Memo::new(move |_| base.with(Filter::read));
    let asked = Memo::new(move |_| filter.with(|f| f.query(me)));
    let board = Board::new(asked.into());
    let page = Resource::new(
        move || (asked.get(), board.list_version.get()),
        |(query, _)| fetch_alerts(query),
    );
    let file = detail::file_of(selected.into(), board);
    Effect::new(move |_| {
        if let Some(Ok(p)) = page.get() {
            board.arrived(p.items);
        }
    });
    news::listen(board, selected);
    keys::listen(board, base, selected);
    let total = move || page.get().and_then(Result::ok).map(|p| tn("alerts.count", p.total));
    view! {
        <PageHead title=t("alerts.title") sub=move || view! { <Transition>{total}</Transition> }>
            <toolbar::SortMenu base filter/>
        </PageHead>
        <toolbar::Toolbar base filter/>
        <div
            class="split"
            data-view=move || selected.get().map(|_| "detail")
            data-panel=move || if selected.get().is_some() { "open" } else { "none" }
        >
            <div class="pane alertpane">
                <Transition fallback=|| view! { <Skeleton lines=8/> }>
                    {move || {
                        page.get()
                            .map(|r| match r {
                                Ok(page) => view! { <list::List page base filter selected board/> }.into_any(),
                                Err(problem) => {
                                    let retry = Callback::new(move |()| page.refetch());
                                    view! { <ProblemView problem retry/> }.into_any()
                                }
                            })
                    }}
                </Transition>
                <bulk::BulkBar board/>
            </div>
            {move || selected.get().map(|id| view! { <detail::Panel id file base board/> })}
        </div>
        <bulk::CloseDialog board/>
    }
}
