//! The form of a rule, new or saved: its fields, and which of its two buttons was pressed.
use super::{conditions_field::ConditionsField, help::Help, severity_options};
use crate::{components::*, i18n::t};
use leptos::prelude::*;
use model::rule::NewRule;

/// What the form starts with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Start {
    pub id: Option<i64>,
    pub rule: NewRule,
}

/// Whether the form was sent to be tried, and not to be saved.
pub(super) fn is_trial(ev: &web_sys::SubmitEvent) -> bool {
    ev.submitter().is_some_and(|button| button.get_attribute("value").as_deref() == Some("try"))
}

#[component]
fn Tick(name: &'static str, #[prop(into)] label: String, checked: bool) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name=name value="true" checked=checked/>
            {label}
        </label>
    }
}

#[component]
fn Description(value: String, problem: FormProblem) -> impl IntoView {
    view! {
        <Field name="description" label=t("rules.description") hint=t("rules.form.description_hint") problem>
            <textarea class="input" id="description" name="description" rows="3" aria-describedby="description-error">
                {value}
            </textarea>
        </Field>
    }
}

/// `action`: where a plain form posts to. `on_submit` gets the event with its default prevented.
#[component]
pub(super) fn RuleForm(
    start: Start,
    action: &'static str,
    problem: FormProblem,
    #[prop(into)] saving: Signal<bool>,
    #[prop(into)] trying: Signal<bool>,
    #[prop(into)] on_submit: Callback<web_sys::SubmitEvent>,
    #[prop(into)] cancel: String,
) -> impl IntoView {
    let Start { id, rule } = start;
    let json = serde_json::to_string_pretty(&rule.conditions).unwrap_or_default();
    let save = if id.is_some() { t("rules.form.save") } else { t("rules.form.create") };
    // the answer of a trial can be shown only by a page that is alive
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    view! {
        <form
            class="form pad ruleform"
            method="post"
            action=action
            on:submit=move |ev| {
                ev.prevent_default();
                on_submit.run(ev);
            }
        >
            {id.map(|id| view! { <input type="hidden" name="id" value=id/> })}
            <TextField name="name" label=t("rules.name") value=rule.name problem required=true autocomplete="off"/>
            <Description value=rule.description.unwrap_or_default() problem/>
            <SelectField name="severity" label=t("rules.severity") options=severity_options() value=rule.severity.as_str() problem/>
            <ConditionsField value=json problem/>
            <Help/>
            <TextField
                name="techniques"
                label=t("rules.techniques")
                hint=t("rules.form.techniques_hint")
                value=rule.techniques.join(", ")
                problem
                autocomplete="off"
            />
            <TextField
                name="window_minutes"
                label=t("rules.form.window")
                kind="number"
                hint=t("rules.form.window_hint")
                value=rule.window_minutes.to_string()
                problem
            />
            <div class="checks">
                <Tick name="create_incident" label=t("rules.form.incident") checked=rule.create_incident/>
                <Tick name="enabled" label=t("rules.form.enabled") checked=rule.enabled/>
            </div>
            <FormError problem/>
            <div class="btns-end">
                <Button label=save kind="primary" busy=saving/>
                <button
                    class="btn"
                    name="verb"
                    value="try"
                    disabled=move || !alive.get()
                    aria-busy=move || trying.get().then_some("true")
                >
                    {t("rules.trial.draft")}
                </button>
                <a class="btn quiet" href=cancel>{t("common.cancel")}</a>
            </div>
        </form>
    }
}
