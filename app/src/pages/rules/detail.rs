//! One rule on its own page: in words, as JSON, its form, and beside it what it would have done with the newest events.
use super::{
    facts::AlertsLink,
    form::{RuleForm, Start, is_trial},
    switch::{self, State, SwitchButton},
    tabs::{AsJson, InWords, Part, PartTabs},
    trial::{Answer, TrialPanel},
};
use crate::{
    components::*,
    context::may,
    dom,
    i18n::{t, t_with},
    server_fns::rules::*,
};
use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};
use model::{
    Permission, Problem,
    live::Note,
    rule::{DetectionRule, NewRule},
};

const ASK: &str = "rule-delete";

type Trial = Resource<Option<Result<Tried, Problem>>>;

/// What can be done with the rule; made once for the page, so that an answer survives its being read again.
#[derive(Clone, Copy)]
struct Deeds {
    toggle: ServerAction<SetEnabled>,
    change: ServerAction<ChangeRule>,
    draft: ServerAction<TryDraft>,
    delete: Action<i64, Result<(), Problem>>,
}

impl Deeds {
    fn new() -> Self {
        Self {
            toggle: ServerAction::new(),
            change: ServerAction::new(),
            draft: ServerAction::new(),
            delete: Action::new(|id: &i64| delete_rule(*id)),
        }
    }

    fn submit(self, ev: &web_sys::SubmitEvent) {
        self.change.clear();
        self.draft.clear();
        if is_trial(ev) {
            if let Ok(sheet) = TryDraft::from_event(ev) {
                self.draft.dispatch(sheet);
            }
        } else if let Ok(sheet) = ChangeRule::from_event(ev) {
            self.change.dispatch(sheet);
        }
    }

    /// Of the form.
    fn problem(self) -> FormProblem {
        FormProblem::derive(move || {
            let refused = self.change.value().get().and_then(Result::err);
            refused.or_else(|| self.draft.value().get().and_then(Result::err))
        })
    }

    /// Of the buttons in the page's head.
    fn refused(self) -> FormProblem {
        FormProblem::derive(move || {
            let toggle = self.toggle.value().get().and_then(Result::err);
            toggle.or_else(|| self.delete.value().get().and_then(Result::err))
        })
    }
}

#[component]
pub fn RuleDetail() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let manage = may(Permission::ManageRules);
    let id = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|s| s.parse::<i64>().ok()).unwrap_or(0));
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
            navigate(&format!("/rules/{}", saved.id), NavigateOptions { scroll: false, ..Default::default() });
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
        if matches!(note, Note::Rules | Note::Lagged) && part.get_untracked() != Part::Edit && !deeds.delete.pending().get_untracked() {
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
fn Gone() -> impl IntoView {
    view! {
        <PageHead title=t("rules.no_such")/>
        <EmptyState title=t("rules.no_such")>
            <p>{t("rules.no_such_text")}</p>
            <p>
                <a href="/rules">{t("rules.back")}</a>
            </p>
        </EmptyState>
    }
}

/// Title, state, and what can be done with the rule as a whole.
#[component]
fn Head(rule: DetectionRule, part: Memo<Part>, deeds: Deeds, manage: bool) -> impl IntoView {
    let (id, enabled) = (rule.id, rule.enabled);
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    // the form has its own switch: pressing this one would throw away what is being written
    let switch = move || (manage && part.get() != Part::Edit).then(|| view! { <SwitchButton id enabled toggle=deeds.toggle/> });
    let delete = manage.then(|| {
        view! {
            <Button
                label=t("rules.delete")
                kind="danger"
                disabled=Signal::derive(move || !alive.get())
                busy=deeds.delete.pending()
                on_press=Callback::new(|()| dom::show_modal(ASK))
            />
        }
    });
    view! {
        <PageHead title=rule.name.clone()>
            <span class="ruleacts">{switch} <AlertsLink rule=id/> {delete}</span>
        </PageHead>
        <div class="rulemeta">
            <a class="link" href="/rules">{t("rules.back")}</a>
            <SeverityMark severity=rule.severity/>
            <State enabled/>
            <span class="meta mono">{format!("#{id}")}</span>
        </div>
        <ConfirmDialog
            id=ASK
            title=t_with("rules.delete_ask", &[("name", &rule.name)])
            action=t("rules.delete")
            on_confirm=Callback::new(move |()| { deeds.delete.dispatch(id); })
        >
            <p>{t("rules.delete_text")}</p>
        </ConfirmDialog>
    }
}

#[component]
fn Edit(rule: DetectionRule, deeds: Deeds) -> impl IntoView {
    let id = rule.id;
    let saved = NewRule {
        name: rule.name,
        description: rule.description,
        severity: rule.severity,
        enabled: rule.enabled,
        conditions: rule.conditions,
        create_incident: rule.create_incident,
        window_minutes: rule.window_minutes,
        techniques: rule.techniques,
    };
    view! {
        <RuleForm
            start=Start { id: Some(id), rule: saved }
            action=ChangeRule::url()
            problem=deeds.problem()
            saving=deeds.change.pending()
            trying=deeds.draft.pending()
            on_submit=Callback::new(move |ev| deeds.submit(&ev))
            cancel=format!("/rules/{id}")
        />
    }
}

#[component]
fn Whole(rule: DetectionRule, part: Memo<Part>, trial: Trial, deeds: Deeds, manage: bool) -> impl IntoView {
    let id = rule.id;
    let shown = rule.clone();
    let body = move || match part.get() {
        Part::Rule => view! { <InWords rule=shown.clone()/> }.into_any(),
        Part::Json => view! { <AsJson rule=shown.clone()/> }.into_any(),
        Part::Edit => view! { <Edit rule=shown.clone() deeds/> }.into_any(),
    };
    let answer = Answer::derive(move || deeds.draft.value().get().or_else(|| trial.get().flatten()));
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
