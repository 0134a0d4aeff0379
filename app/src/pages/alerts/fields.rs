use crate::{
    components::{TimeStyle, TimeText, Value},
    i18n::t,
};
use leptos::prelude::*;
use model::{Micros, alert::Alert};

/// What the alert says about itself.
#[component]
pub fn Fields(alert: Alert) -> impl IntoView {
    let a = alert;
    let value = |label: String, field: &'static str, value: Option<String>| {
        value.filter(|v| !v.is_empty()).map(|value| {
            view! {
                <dt>{label}</dt>
                <dd><Value field value/></dd>
            }
        })
    };
    let time = |label: String, at: Option<Micros>| {
        at.map(|at| {
            view! {
                <dt>{label}</dt>
                <dd><TimeText at style=TimeStyle::Absolute/></dd>
            }
        })
    };
    view! {
        <section class="sec">
            <h3>{t("alerts.fields")}</h3>
            <dl class="kv">
                {value(t("alerts.host"), "host.name", a.hostname)}
                {value(t("alerts.user"), "user.name", a.username)}
                <dt>{t("alerts.assigned")}</dt>
                <dd>{a.assigned_name.unwrap_or_else(|| t("alerts.nobody"))}</dd>
                <dt>{t("alerts.source")}</dt>
                <dd>{a.source}</dd>
                {(!a.category.is_empty()).then(|| view! { <dt>{t("alerts.category")}</dt> <dd>{a.category}</dd> })}
                {a.sender.map(|s| view! { <dt>{t("alerts.sender")}</dt> <dd>{s}</dd> })}
                {a.url
                    .map(|url| {
                        view! {
                            <dt>{t("alerts.link")}</dt>
                            <dd>
                                <a class="link wrap" href=url.clone() rel="external noopener noreferrer" target="_blank">
                                    {url.clone()}
                                </a>
                            </dd>
                        }
                    })}
                {time(t("alerts.when"), Some(a.created_at))}
                {time(t("alerts.first_seen"), Some(a.first_seen))}
                {time(t("alerts.last_seen"), Some(a.last_seen))}
                {time(t("alerts.updated"), Some(a.updated_at))}
                {time(t("alerts.closed_at"), a.closed_at)}
                <dt>{t("alerts.incident")}</dt>
                <dd>{if a.create_incident { t("alerts.yes") } else { t("alerts.no") }}</dd>
            </dl>
        </section>
    }
}
