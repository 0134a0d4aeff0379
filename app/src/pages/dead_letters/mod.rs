//! Dead letters: events that were refused. Filters in the address, one letter in the panel (`?open=12`), replay and delete for
//! what is selected.
mod acts;
mod advice;
mod json;
mod letter;
mod list;
mod raw;
mod state;

use crate::{
    components::*,
    context::may,
    i18n::{t, t_of, tn},
    server_fns::dead_letters::fetch_dead_letters,
    url::Query,
};
use acts::{Acts, Buttons, ConfirmDelete};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use letter::Letter;
use list::List;
use model::Permission;

/// A filter that no control of the bar shows: the sensor, set by a link.
#[component]
fn SensorChip(address: Memo<Query>) -> impl IntoView {
    move || {
        address.with(|q| {
            q.get("sensor").map(|sensor| {
                let remove = q
                    .clone()
                    .without("sensor")
                    .without("cursor")
                    .without("open")
                    .href("/dead-letters");
                view! {
                    <input type="hidden" name="sensor" value=sensor.to_owned()/>
                    <Chip label=t("dead_letters.sensor") value=sensor.to_owned() remove/>
                }
            })
        })
    }
}

#[component]
pub fn DeadLetters() -> impl IntoView {
    let query = use_query_map();
    let manage = may(Permission::ManageDeadLetters);
    let address = Memo::new(move |_| query.with(Query::of));
    let asked = Memo::new(move |_| address.with(state::asked));
    let page = Resource::new(move || asked.get(), fetch_dead_letters);
    let open =
        Memo::new(move |_| address.with(|q| q.get("open").and_then(|s| s.parse::<i64>().ok())));
    let close = Signal::derive(move || address.get().without("open").href("/dead-letters"));
    let acts = Acts::new(page);

    let count = move || page.get().and_then(Result::ok).map(|p| tn("dead_letters.count", p.total));
    let list = move || {
        page.get().map(|answer| match answer {
            Ok(page) => view! { <List page open address acts manage/> }.into_any(),
            Err(problem) => {
                view! { <ProblemView problem retry=Callback::new(move |()| page.refetch())/> }
                    .into_any()
            }
        })
    };
    let chosen = move |id: i64| {
        page.get().and_then(Result::ok).map(|p| {
            let letter = p.items.into_iter().find(|d| d.id == id);
            view! { <Letter letter close acts manage/> }
        })
    };
    let panel =
        move || open.get().map(|id| view! { <Transition>{move || chosen(id)}</Transition> });
    view! {
        <PageHead title=t("dead_letters.title") sub=move || view! { <Transition>{count}</Transition> }>
            {manage.then(|| view! { <Buttons acts/> })}
        </PageHead>
        <FilterBar label=t("dead_letters.filter")>
            <ChoiceFilter
                name="reason"
                label=t("dead_letters.reason_label")
                any=t("dead_letters.any_reason")
                options=state::REASONS.into_iter().map(|r| (r.to_owned(), t_of("dead_letters.reason", r))).collect()
            />
            <ChoiceFilter
                name="source"
                label=t("dead_letters.source_label")
                any=t("dead_letters.any_source")
                options=state::SOURCES.into_iter().map(|s| (s.to_owned(), t_of("dead_letters.source", s))).collect()
            />
            <SensorChip address/>
        </FilterBar>
        <div class="told">
            <FormError problem=acts.problem()/>
        </div>
        <div
            class="split"
            data-panel=move || open.get().is_none().then_some("none")
            data-view=move || open.get().map(|_| "detail")
        >
            <div class="pane">
                <Transition fallback=|| view! { <Skeleton lines=12/> }>{list}</Transition>
            </div>
            {panel}
        </div>
        {manage.then(|| view! { <ConfirmDelete acts/> })}
    }
}
