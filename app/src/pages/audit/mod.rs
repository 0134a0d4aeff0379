//! The audit trail, newest first: filters in the address, one entry in the panel (`?open=12`), and the check of the chain.
mod diff;
mod entry;
mod list;
mod state;
mod verdict;

use crate::{
    components::*,
    i18n::{t, t_of, tn},
    server_fns::audit::fetch_audit,
    url::Query,
};
use entry::Entry;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use list::{List, did};
use verdict::Verdict;

/// Filters that no control of the bar shows: one target, set by a link.
#[component]
fn Chips(address: Memo<Query>) -> impl IntoView {
    let chip = move || {
        address.with(|q| {
            q.get("target_id").map(|id| {
                let remove = q
                    .clone()
                    .without("target_id")
                    .without("target_type")
                    .without("cursor")
                    .href("/audit");
                let kind = t_of("audit.kind", q.get("target_type").unwrap_or_default());
                view! { <Chip label=t("audit.target") value=format!("{kind} {id}") remove/> }
            })
        })
    };
    let hidden = move || {
        address.with(|q| {
            q.get("target_id")
                .map(|id| view! { <input type="hidden" name="target_id" value=id.to_owned()/> })
        })
    };
    view! {
        {hidden}
        {chip}
    }
}

#[component]
pub fn Audit() -> impl IntoView {
    let query = use_query_map();
    let clock = expect_context::<Clock>();
    let address = Memo::new(move |_| query.with(Query::of));
    // the open entry and the check are not part of what is asked
    let asked = Memo::new(move |_| address.get().without("open").without("verify"));
    let page = Resource::new(
        move || asked.get(),
        move |q| fetch_audit(state::asked(&q, clock.now.get_untracked())),
    );
    let wanted = Memo::new(move |_| address.with(|q| q.get("verify").is_some()));
    let check = verdict::check(wanted);
    // an address that asks for the check already stays the same: the press itself asks again
    let again = move |_| {
        if wanted.get_untracked() {
            check.refetch();
        }
    };
    let open =
        Memo::new(move |_| address.with(|q| q.get("open").and_then(|s| s.parse::<i64>().ok())));
    let close = Signal::derive(move || address.get().without("open").href("/audit"));

    let count = move || page.get().and_then(Result::ok).map(|p| tn("audit.count", p.total));
    let list = move || {
        page.get().map(|answer| match answer {
            Ok(page) => view! { <List page open address/> }.into_any(),
            Err(problem) => {
                view! { <ProblemView problem retry=Callback::new(move |()| page.refetch())/> }
                    .into_any()
            }
        })
    };
    let chosen = move |seq: i64| {
        page.get().and_then(Result::ok).map(|p| {
            let entry = p.items.into_iter().find(|e| e.seq == seq);
            view! { <Entry seq entry close/> }
        })
    };
    let panel =
        move || open.get().map(|seq| view! { <Transition>{move || chosen(seq)}</Transition> });
    view! {
        <PageHead title=t("audit.title") sub=move || view! { <Transition>{count}</Transition> }>
            <a
                class="btn small"
                href=move || address.get().set("verify", "1").href("/audit")
                on:click=again
            >
                {t("audit.verify")}
            </a>
        </PageHead>
        <FilterBar label=t("audit.filter")>
            <SearchBox name="text" label=t("audit.search")/>
            <ChoiceFilter
                name="action"
                label=t("audit.action")
                any=t("audit.any_action")
                options=state::ACTIONS.into_iter().map(|a| (a.to_owned(), did(a))).collect()
            />
            <ChoiceFilter
                name="target_type"
                label=t("audit.target_type")
                any=t("audit.any_target")
                options=state::KINDS.into_iter().map(|k| (k.to_owned(), t_of("audit.kind", k))).collect()
            />
            <ChoiceFilter
                name="since"
                label=t("audit.since")
                any=t("audit.any_time")
                options=state::PERIODS.into_iter().map(|(name, _)| (name.to_owned(), t_of("audit.when", name))).collect()
            />
            <Chips address/>
        </FilterBar>
        <Verdict check/>
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
    }
}
