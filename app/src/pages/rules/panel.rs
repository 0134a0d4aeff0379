use super::{
    conditions::Conditions,
    facts::{AlertsLink, Facts},
    switch::SwitchButton,
};
use crate::{components::*, i18n::t, server_fns::rules::SetEnabled};
use leptos::prelude::*;
use model::rule::DetectionRule;

/// One rule beside the list. `rule`: `None` when there is no such rule.
#[component]
pub(super) fn Panel(
    rule: Option<DetectionRule>,
    close: Signal<String>,
    toggle: ServerAction<SetEnabled>,
    manage: bool,
) -> impl IntoView {
    let Some(rule) = rule else {
        return view! {
            <SidePanel title=t("rules.no_such") close>
                <p class="pad muted">{t("rules.no_such_text")}</p>
            </SidePanel>
        }
        .into_any();
    };
    let id = rule.id;
    view! {
        <SidePanel title=rule.name.clone() sub=format!("#{id}") close>
            <div class="actbar">
                <a class="btn primary" href=format!("/rules/{id}")>{t("rules.open")}</a>
                {manage.then(|| view! { <SwitchButton id enabled=rule.enabled toggle/> })}
                {manage.then(|| view! { <a class="btn" href=format!("/rules/{id}?test=1")>{t("rules.trial.run")}</a> })}
                <AlertsLink rule=id/>
            </div>
            <div class="scroll" tabindex="0" role="region" aria-label=t("rules.panel")>
                {rule.description.clone().map(|text| view! { <section class="sec"><p class="wrap">{text}</p></section> })}
                <section class="sec">
                    <h3>{t("rules.conditions")}</h3>
                    <Conditions conditions=rule.conditions.clone()/>
                </section>
                <section class="sec">
                    <h3>{t("rules.facts")}</h3>
                    <Facts rule=rule.clone()/>
                </section>
            </div>
        </SidePanel>
    }
    .into_any()
}
