//! How long data is kept: the policy as a form, what of it is past its time, and deleting that now. Works without scripts: both are
//! plain forms, and deleting asks with a box that must be ticked.
mod due;
mod policy;

use crate::{components::*, i18n::t, server_fns::retention::*};
use due::Due;
use leptos::prelude::*;
use model::Problem;
use policy::Policy;

#[component]
pub fn Retention() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let save = ServerAction::<SaveRetention>::new();
    let delete = ServerAction::<RunRetention>::new();
    let state = Resource::new(
        || (),
        |()| async {
            let now = fetch_retention().await?;
            Ok::<_, Problem>((now, fetch_retention_preview().await?))
        },
    );
    Effect::new(move |_| {
        if let Some(Ok(_)) = save.value().get() {
            toasts.say(t("retention.saved"));
            state.refetch();
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(_)) = delete.value().get() {
            toasts.say(t("retention.deleted"));
            state.refetch();
        }
    });
    let body = move || {
        state.get().map(|answer| match answer {
            Ok((now, report)) => view! {
                <Policy now save/>
                <Due report delete/>
            }
            .into_any(),
            Err(problem) => {
                view! { <ProblemView problem retry=Callback::new(move |()| state.refetch())/> }
                    .into_any()
            }
        })
    };
    view! {
        <PageHead title=t("retention.title")/>
        <div class="scroll body sheetlike" tabindex="0" role="region" aria-label=t("retention.title")>
            <Transition fallback=|| view! { <Skeleton/> }>{body}</Transition>
        </div>
    }
}
