use super::{
    deeds::Deeds,
    facts::AlertsLink,
    switch::{State, SwitchButton},
    tabs::Part,
};
use crate::{
    components::*,
    dom,
    i18n::{t, t_with},
};
use leptos::prelude::*;
use model::rule::DetectionRule;

const ASK: &str = "rule-delete";

/// The address names no rule.
#[component]
pub(super) fn Gone() -> impl IntoView {
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

#[component]
fn ConfirmDelete(id: i64, name: String, deeds: Deeds) -> impl IntoView {
    view! {
        <ConfirmDialog
            id=ASK
            title=t_with("rules.delete_ask", &[("name", &name)])
            action=t("rules.delete")
            on_confirm=Callback::new(move |()| { deeds.delete.dispatch(id); })
        >
            <p>{t("rules.delete_text")}</p>
        </ConfirmDialog>
    }
}

/// Title, state, and what can be done with the rule as a whole.
#[component]
pub(super) fn Head(
    rule: DetectionRule,
    part: Memo<Part>,
    deeds: Deeds,
    manage: bool,
) -> impl IntoView {
    let (id, enabled) = (rule.id, rule.enabled);
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    // the form has its own switch: pressing this one would throw away what is being written
    let switch = move || {
        (manage && part.get() != Part::Edit)
            .then(|| view! { <SwitchButton id enabled toggle=deeds.toggle/> })
    };
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
        {manage.then(|| view! { <ConfirmDelete id name=rule.name.clone() deeds/> })}
    }
}
