//! Alerts: the list with its side panel, and one alert on its own page.
mod actions;
mod board;
mod bulk;
mod detail;
mod evidence;
mod fields;
mod filter;
mod history;
mod keys;
mod list;
mod row;
mod toolbar;

pub use detail::AlertDetail;

use crate::{
    components::{Live, PageHead, ProblemView, Skeleton, use_live},
    context::page_context,
    i18n::{t, tn},
    server_fns::alerts::{fetch_alert, fetch_alerts},
    url::Query,
};
use board::Board;
use filter::Filter;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use model::live::Note;

#[component]
pub fn Alerts() -> impl IntoView {
    let me = page_context().person.map(|p| p.id);
    let params = use_query_map();
    let selected =
        Memo::new(move |_| params.read().get("selected").and_then(|s| s.parse::<i64>().ok()));
    // the address without the selection: moving through the list must not ask for the list again
    let base = Memo::new(move |_| Query::of(&params.read()).without("selected"));
    let filter = Memo::new(move |_| base.with(Filter::read));
    let board = Board::new();
    let page = Resource::new(
        move || (filter.with(|f| f.query(me)), board.list_version.get()),
        |(query, _)| fetch_alerts(query),
    );
    Effect::new(move |_| {
        if let Some(Ok(p)) = page.get() {
            board.listed.set(p.items);
            board.fresh.set(0);
        }
    });
    // what came while nobody listened: offered like any other new alert
    let check = move || {
        let asked = filter.get_untracked();
        if asked.cursor.is_none() {
            spawn_local(async move {
                let Ok(now) = fetch_alerts(asked.query(me)).await else { return };
                let unknown = board.listed.try_with_untracked(|l| {
                    now.items.iter().filter(|a| l.iter().all(|k| k.id != a.id)).count()
                });
                if let Some(n) = unknown.and_then(|n| i64::try_from(n).ok()).filter(|n| *n > 0) {
                    board.fresh.update(|f| *f = (*f).max(n));
                }
            });
        }
    };
    let live = expect_context::<Live>();
    Effect::new(move |_| {
        // between the reading of the list and the opening of the stream
        if live.connected.get() {
            check();
        }
    });
    use_live(move |note| match note {
        Note::Alert { id, .. } => spawn_local(async move {
            if let Ok(alert) = fetch_alert(id).await
                && filter.try_with_untracked(|f| f.takes(&alert, me)).unwrap_or(false)
            {
                board.fresh.update(|n| *n += 1);
            }
        }),
        Note::AlertChanged { ids } => board.refresh(ids, selected.get_untracked()),
        Note::Lagged => check(),
        Note::Events { .. } | Note::Rules => {}
    });
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
            {move || selected.get().map(|id| view! { <detail::Panel id base board/> })}
        </div>
        <bulk::CloseDialog board/>
    }
}
