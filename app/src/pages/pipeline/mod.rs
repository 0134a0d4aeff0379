//! What arrives, and how far behind all that follows is: sums that must add up, figures of the whole installation, one row for
//! each source, the minutes of the chosen one (`?source=zeek:edge`), and every gap. Follows the push stream, and the clock: silence
//! sends no note.
mod balance;
mod chosen;
mod figures;
mod gaps;
mod list;
mod state;
mod usage;

use crate::{
    components::*,
    i18n::{t, t_of, tn},
    server_fns::pipeline::fetch_pipeline,
    url::Query,
};
use balance::Balance;
use chosen::Chosen;
use figures::Figures;
use gaps::Gaps;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use list::List;
use model::{live, pipeline::PipelineView};
use state::PATH;
use std::time::Duration;

/// While events keep arriving, the page asks again at most this often.
const REFRESH: Duration = Duration::from_secs(10);

/// How far back: links, so that they work before the page is alive.
#[component]
fn Ranges(address: Memo<Query>) -> impl IntoView {
    let link = move |name: &'static str| {
        let href = move || address.get().set("last", name).href(PATH);
        let current = move || address.with(|q| state::range_name(q) == name).then_some("true");
        view! {
            <a class="btn small" href=href aria-current=current>
                {t_of("pipeline.range", name)}
            </a>
        }
    };
    view! {
        <nav class="btns" aria-label=t("pipeline.ranges")>
            {state::RANGES.into_iter().map(|(name, _)| link(name)).collect_view()}
        </nav>
    }
}

/// How many sources there are, and how many are silent.
#[component]
fn Count(shown: PipelineView) -> impl IntoView {
    let silent = shown.sources.iter().filter(|s| s.silent_for_minutes.is_some()).count() as i64;
    view! {
        {tn("pipeline.count", shown.sources.len() as i64)}
        {(silent > 0).then(|| view! { " · " <span class="bad">{tn("pipeline.silent_count", silent)}</span> })}
    }
}

/// Nobody has sent anything yet, or not for two weeks.
#[component]
fn Nobody() -> impl IntoView {
    view! {
        <EmptyState title=t("pipeline.empty")>
            <p>{t("pipeline.empty_text")}</p>
            <p>
                <a href="/sensors">{t("pipeline.empty_next")}</a>
            </p>
        </EmptyState>
    }
}

#[component]
fn Body(shown: PipelineView, here: Query) -> impl IntoView {
    let nobody = shown.sources.is_empty();
    let chosen = shown.sources.iter().find(|s| !s.series.is_empty()).cloned();
    let id = chosen.as_ref().map(|s| s.id.clone()).unwrap_or_default();
    let step = shown.step;
    let sources = shown.sources.clone();
    let (gaps, count) = (shown.gaps.clone(), shown.gap_count);
    view! {
        <div class="scroll body" tabindex="0" role="region" aria-label=t("pipeline.title")>
            <Balance total=shown.total/>
            <Figures shown/>
            {nobody.then(|| view! { <Nobody/> })}
            {(!nobody)
                .then(|| {
                    view! {
                        <List sources chosen=id here=here.clone()/>
                        {chosen.map(|source| view! { <Chosen source step/> })}
                        <Gaps gaps count here/>
                    }
                })}
        </div>
    }
}

#[component]
pub fn Pipeline() -> impl IntoView {
    let query = use_query_map();
    let address = Memo::new(move |_| query.with(Query::of));
    let asked = Memo::new(move |_| address.with(state::asked));
    let answer = Resource::new(move || asked.get(), fetch_pipeline);
    let refresh = use_refresh(move || answer.refetch());
    use_live(move |note| match note {
        live::Note::Lagged => refresh.now(),
        live::Note::Events { .. } | live::Note::Alert { .. } => refresh.at_most_every(REFRESH),
        _ => {}
    });
    let count = move || {
        answer
            .get()
            .and_then(Result::ok)
            .filter(|shown| !shown.sources.is_empty())
            .map(|shown| view! { <Count shown/> })
    };
    let body = move || {
        answer.get().map(|answered| match answered {
            Ok(shown) => view! { <Body shown here=address.get_untracked()/> }.into_any(),
            Err(problem) => {
                view! { <ProblemView problem retry=Callback::new(move |()| answer.refetch())/> }
                    .into_any()
            }
        })
    };
    view! {
        <PageHead title=t("pipeline.title") sub=move || view! { <Transition>{count}</Transition> }>
            <Ranges address/>
        </PageHead>
        <div class="pane fill">
            <Transition fallback=|| view! { <Skeleton lines=10/> }>{body}</Transition>
        </div>
    }
}
