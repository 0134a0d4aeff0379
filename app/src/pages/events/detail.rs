use super::file::{EventFile, Facts, title};
use crate::{
    components::{EmptyState, Icon, PageHead, ProblemView, Skeleton},
    i18n::t,
    server_fns::events::fetch_event,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// One event on its own page: the permalink.
#[component]
pub fn EventDetail() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").and_then(|id| id.parse::<i64>().ok())));
    let raw = Memo::new(move |_| query.with(|q| q.get("view").as_deref() == Some("raw")));
    let event = Resource::new(move || id.get(), |id| async move { Some(fetch_event(id?).await) });
    let body = move || {
        event.get().map(|found| match found {
            None => view! { <Missing/> }.into_any(),
            Some(Err(p)) if p.is("not_found") => view! { <Missing/> }.into_any(),
            Some(Err(problem)) => {
                let retry = Callback::new(move |()| event.refetch());
                view! { <PageHead title=t("events.event")/> <ProblemView problem retry/> }.into_any()
            }
            Some(Ok(row)) => {
                let path = format!("/events/{}", row.id);
                let head = row.clone();
                let file = move || {
                    view! { <EventFile row=row.clone() raw=raw.get() fields_href=path.clone() raw_href=format!("{path}?view=raw")/> }
                };
                view! {
                    <nav class="crumbs pathline" aria-label=t("events.path")>
                        <a href="/events">{t("nav.events")}</a>
                        <Icon name="chevron-right"/>
                    </nav>
                    <PageHead title=title(&head)/>
                    <div class="pathline">
                        <Facts row=head.clone()/>
                        <p class="lead-message">{head.message}</p>
                    </div>
                    <div class="event-page">{file}</div>
                }
                .into_any()
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=12/> }>{body}</Transition> }
}

#[component]
fn Missing() -> impl IntoView {
    view! {
        <PageHead title=t("events.event")/>
        <EmptyState title=t("events.missing")>
            <p>{t("events.missing_text")}</p>
            <p>
                <a href="/events">{t("events.all_events")}</a>
            </p>
        </EmptyState>
    }
}
