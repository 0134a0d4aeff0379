use crate::{
    components::{EmptyState, SeverityMark, StatusBadge, TimeText},
    i18n::t,
};
use leptos::prelude::*;
use model::alert::Alert;

/// The newest alerts, whatever their state.
#[component]
pub fn Latest(alerts: Vec<Alert>) -> impl IntoView {
    let none = alerts.is_empty();
    view! {
        <section class="sec">
            <h2>
                {t("dashboard.latest")}
                <a class="aside link" href="/alerts?status=any">{t("dashboard.all_alerts")}</a>
            </h2>
            {none
                .then(|| {
                    view! {
                        <EmptyState title=t("dashboard.no_alerts")>
                            <p>{t("dashboard.no_alerts_text")}</p>
                        </EmptyState>
                    }
                })}
            <ul>
                {alerts
                    .into_iter()
                    .map(|a| {
                        let about = [a.hostname, a.username].into_iter().flatten().collect::<Vec<_>>().join(" · ");
                        view! {
                            <li class="todo">
                                <SeverityMark severity=a.severity bare=true/>
                                <span class="cut">
                                    <a class="medium" href=format!("/alerts/{}", a.id)>{a.title}</a>
                                    <br/>
                                    <span class="meta cut">{about}</span>
                                </span>
                                <StatusBadge status=a.status/>
                                <span class="meta num"><TimeText at=a.created_at/></span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}
