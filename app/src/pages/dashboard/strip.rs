use crate::{
    components::Clock,
    context::page_context,
    i18n::{num, t, t_with},
    url::Query,
};
use leptos::prelude::*;
use model::{Permission, dashboard::Dashboard, time::DAY};

/// The numbers on top.
#[component]
pub fn Strip(n: Dashboard) -> impl IntoView {
    let context = page_context();
    let clock = expect_context::<Clock>();
    // the last day as of now, not of when the page was loaded
    let closed = move || {
        Query::new()
            .with("status", "closed")
            .with("sort", "updated")
            .with("closed_since", &clock.now.get().plus(-DAY).rfc3339())
            .href("/alerts")
    };
    let refused = t_with("dashboard.rejected", &[("n", &num(n.ingest.rejected))]);
    let stat = |href: TextProp, label: String, count: i64, sub: String| {
        view! {
            <a class="stat" href=move || href.get().to_string()>
                <span class="meta">{label}</span>
                <b>{num(count)}</b>
                <span class="meta">{sub}</span>
            </a>
        }
    };
    view! {
        <div class="strip">
            {stat("/alerts?status=open".into(), t("dashboard.open"), n.open, t("dashboard.open_sub"))}
            {stat("/alerts?status=in_progress".into(), t("dashboard.in_progress"), n.in_progress, t("dashboard.in_progress_sub"))}
            {stat("/alerts?assigned=me".into(), t("dashboard.mine"), n.mine, t("dashboard.mine_sub"))}
            {stat(closed.into(), t("dashboard.closed"), n.closed_24h, t("dashboard.closed_sub"))}
            {stat("/events".into(), t("dashboard.events"), n.ingest.events_total, if context.may(Permission::ReadDeadLetters) { refused } else { String::new() })}
        </div>
    }
}
