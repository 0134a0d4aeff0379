//! The form for a new rule, with an example that works, and a trial beside it.
use super::{
    form::{RuleForm, Start, is_trial},
    trial::{Answer, TrialPanel},
};
use crate::{
    components::*,
    context::may,
    i18n::t,
    server_fns::rules::{CreateRule, TryDraft},
};
use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{Permission, Severity, rule::NewRule as Rule};
use serde_json::json;

/// A rule to start from: an Office program starts a shell.
fn example() -> Rule {
    let conditions = json!({
        "event_type": "process_creation",
        "process.parent.name": {"equals": ["winword.exe", "excel.exe", "powerpnt.exe", "outlook.exe"]},
        "process.executable": {"endswith": ["\\cmd.exe", "\\powershell.exe", "\\wscript.exe", "\\mshta.exe"]},
        "process.command_line": {"not": {"contains": "C:\\Program Files\\"}}
    });
    Rule {
        name: t("rules.example.name"),
        description: Some(t("rules.example.description")),
        severity: Severity::High,
        enabled: true,
        // written as an object above
        conditions: conditions.as_object().cloned().unwrap_or_default(),
        create_incident: false,
        window_minutes: 60,
        techniques: vec!["T1059".into(), "T1566.001".into()],
    }
}

#[component]
fn Write() -> impl IntoView {
    let create = ServerAction::<CreateRule>::new();
    let draft = ServerAction::<TryDraft>::new();
    let toasts = expect_context::<Toasts>();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(rule)) = create.value().get() {
            toasts.say(t("rules.created"));
            navigate(&format!("/rules/{}", rule.id), NavigateOptions::default());
        }
    });
    let on_submit = Callback::new(move |ev: web_sys::SubmitEvent| {
        create.clear();
        draft.clear();
        if is_trial(&ev) {
            if let Ok(sheet) = TryDraft::from_event(&ev) {
                draft.dispatch(sheet);
            }
        } else if let Ok(sheet) = CreateRule::from_event(&ev) {
            create.dispatch(sheet);
        }
    });
    let problem = FormProblem::derive(move || {
        let refused = create.value().get().and_then(Result::err);
        refused.or_else(|| draft.value().get().and_then(Result::err))
    });
    let answer = Answer::derive(move || draft.value().get());
    view! {
        <div class="split stacked">
            <div class="pane">
                <div class="scroll body" tabindex="0" role="region" aria-label=t("rules.new")>
                    <RuleForm
                        start=Start { id: None, rule: example() }
                        action=CreateRule::url()
                        problem
                        saving=create.pending()
                        trying=draft.pending()
                        on_submit
                        cancel="/rules"
                    />
                </div>
            </div>
            <TrialPanel answer>
                <p class="meta pad">{t("rules.trial.before_saving")}</p>
            </TrialPanel>
        </div>
    }
}

#[component]
pub fn NewRule() -> impl IntoView {
    let body = if may(Permission::ManageRules) {
        view! { <Write/> }.into_any()
    } else {
        view! {
            <EmptyState title=t("rules.may_not")>
                <p>
                    <a href="/rules">{t("rules.back")}</a>
                </p>
            </EmptyState>
        }
        .into_any()
    };
    view! {
        <PageHead title=t("rules.new")>
            <a class="btn quiet small" href="/rules">
                <Icon name="arrow-left" small=true/>
                {t("rules.back")}
            </a>
        </PageHead>
        {body}
    }
}
