//! How things stand, each number a link to its rows.
mod charts;
mod ingest;
mod latest;
mod sensors;
mod strip;

use crate::{
    components::{PageHead, ProblemView, Skeleton, use_live, use_refresh},
    i18n::t,
    server_fns::dashboard::fetch_dashboard,
};
use leptos::prelude::*;
use model::{dashboard::Dashboard as Numbers, live::Note};
use std::time::Duration;

/// The page asks again this long after the first note of a burst.
const SETTLE: Duration = Duration::from_secs(2);

#[component]
pub fn Dashboard() -> impl IntoView {
    let numbers = Resource::new(|| (), |()| fetch_dashboard());
    let refresh = use_refresh(move || numbers.refetch());
    use_live(move |note| {
        if !matches!(note, Note::Rules) {
            refresh.after(SETTLE);
        }
    });
    view! {
        <PageHead title=t("dashboard.title")/>
        <Transition fallback=|| view! { <Skeleton lines=8/> }>
            {move || {
                numbers
                    .get()
                    .map(|r| match r {
                        Ok(n) => view! { <Body n/> }.into_any(),
                        Err(problem) => {
                            let retry = Callback::new(move |()| numbers.refetch());
                            view! { <ProblemView problem retry/> }.into_any()
                        }
                    })
            }}
        </Transition>
    }
}

#[component]
fn Body(n: Numbers) -> impl IntoView {
    view! {
        <strip::Strip n=n.clone()/>
        <div class="scroll dash flow" tabindex="0" role="region" aria-label=t("dashboard.title")>
            <charts::AlertsPerHour buckets=n.alerts_per_hour/>
            <charts::EventsPerHour buckets=n.events_per_hour/>
            <latest::Latest alerts=n.latest/>
            <charts::BySeverity counts=n.by_severity/>
            <sensors::Sensors sensors=n.sensors/>
            <ingest::Ingest health=n.ingest/>
        </div>
    }
}
