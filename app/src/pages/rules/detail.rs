//! One rule on its own page: in words, as JSON, its form, and beside it what it would have done with the newest events.
use super::{
    deeds::{Deeds, Edit},
    head::{Gone, Head},
    switch,
    tabs::{AsJson, InWords, Part, PartTabs},
    trial::{Answer, TrialPanel},
};
use crate::{components::*, context::may, i18n::t, server_fns::rules::*};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};
use model::{Permission, Problem, live::Note, rule::DetectionRule};

type Trial = Resource<Option<Result<Tried, Problem>>>;

#[component]
pub fn RuleDetail() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let manage = may(Permission::ManageRules);
    let id = Memo::new(move |_| {
        params.with(|p| p.get("id")).and_then(|s| s.parse::<i64>().ok()).unwrap_or(0)
    });
    let part = Memo::new(move |_| Part::of(query.with(|q| q.get("tab")).as_deref(), manage));
    let asked = Memo::new(move |_| manage && query.with(|q| q.get("test")).is_some());
    let rule = Resource::new(move || id.get(), fetch_rule);
    let trial: Trial = Resource::new(
        move || (id.get(), asked.get()),
        |(id, asked)| async move { if asked { Some(try_rule(id).await) } else { None } },
    );
    let deeds = Deeds::new();
    let toasts = expect_context::<Toasts>();
    let navigate = use_navigate();
    let go = navigate.clone();
    switch::after(deeds.toggle, move || rule.refetch());
    Effect::new(move |_| {
        if let Some(Ok(saved)) = deeds.change.value().get() {
            toasts.say(t("rules.saved"));
            deeds.draft.clear();
            navigate(
                &format!("/rules/{}", saved.id),
                NavigateOptions { scroll: false, ..Default::default() },
            );
            rule.refetch();
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = deeds.delete.value().get() {
            toasts.say(t("rules.deleted"));
            go("/rules", NavigateOptions::default());
        }
    });
    use_live(move |note| {
        // what somebody is writing is not replaced
        if matches!(note, Note::Rules | Note::Lagged)
            && part.get_untracked() != Part::Edit
            && !deeds.delete.pending().get_untracked()
        {
            rule.refetch();
        }
    });
    let body = move || {
        rule.get().map(|answer| match answer {
            Ok(rule) => view! { <Whole rule part trial deeds manage/> }.into_any(),
            Err(problem) if problem.is("not_found") => view! { <Gone/> }.into_any(),
            Err(problem) => {
                let retry = Callback::new(move |()| rule.refetch());
                view! {
                    <PageHead title=t("rules.title")/>
                    <ProblemView problem retry/>
                }
                .into_any()
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=12/> }>{body}</Transition> }
}

#[component]
fn Whole(
    rule: DetectionRule,
    part: Memo<Part>,
    trial: Trial,
    deeds: Deeds,
    manage: bool,
) -> impl IntoView {
    let id = rule.id;
    let shown = rule.clone();
    let body = move || match part.get() {
        Part::Rule => view! { <InWords rule=shown.clone()/> }.into_any(),
        Part::Json => view! { <AsJson rule=shown.clone()/> }.into_any(),
        Part::Edit => view! { <Edit rule=shown.clone() deeds/> }.into_any(),
    };
    let answer =
        Answer::derive(move || deeds.draft.value().get().or_else(|| trial.get().flatten()));
    // a trial of what is saved has an address; a second press runs it again
    let run = move |_| {
        deeds.draft.clear();
        trial.refetch();
    };
    let saved = move || {
        (part.get() != Part::Edit).then(|| {
            view! {
                <a class="btn primary" href=format!("/rules/{id}?test=1") on:click=run>
                    {t("rules.trial.run")}
                </a>
            }
        })
    };
    view! {
        <Head rule part deeds manage/>
        <div class="told">
            <FormError problem=deeds.refused()/>
        </div>
        <PartTabs id part manage/>
        <div class="split stacked" data-panel=(!manage).then_some("none")>
            <div class="pane">
                <div class="scroll body" tabindex="0" role="region" aria-label=t("rules.panel")>
                    {body}
                </div>
            </div>
            {manage
                .then(|| {
                    view! {
                        <TrialPanel answer>
                            <div class="actbar">{saved}</div>
                        </TrialPanel>
                    }
                })}
        </div>
    }
}
