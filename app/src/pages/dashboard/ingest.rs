use crate::{
    context::may,
    i18n::{bytes, duration, num, t},
};
use leptos::prelude::*;
use model::{Permission, dashboard::IngestHealth};

/// How the road from arrival to storage is doing.
#[component]
pub fn Ingest(health: IngestHealth) -> impl IntoView {
    let h = health;
    let plain = |label: String, value: String| {
        view! {
            <dt>{label}</dt>
            <dd>{value}</dd>
        }
    };
    let dead_letters = if may(Permission::ReadDeadLetters) {
        view! { <a class="link" href="/dead-letters">{num(h.dead_letters)}</a> }.into_any()
    } else {
        num(h.dead_letters).into_any()
    };
    let tone = if h.quarantined > 0 { "bad" } else { "" };
    view! {
        <section class="sec">
            <h2>
                {t("dashboard.ingest")}
                <span class="aside">{t("dashboard.since_start")}</span>
            </h2>
            <dl class="kv two">
                {plain(t("dashboard.received"), num(h.received))}
                {plain(t("dashboard.stored"), num(h.stored))}
                {plain(t("dashboard.refused"), num(h.rejected))}
                {plain(t("dashboard.lag"), duration(h.index_lag_ms * 1000))}
                {plain(t("dashboard.in_head"), num(h.in_head))}
                {plain(t("dashboard.journal"), bytes(h.journal_bytes))}
                {plain(t("dashboard.parts"), num(h.parts))}
                {plain(t("dashboard.lake"), bytes(h.lake_bytes))}
                <dt>{t("dashboard.quarantined")}</dt>
                <dd class=tone>{num(h.quarantined)}</dd>
                <dt>{t("dashboard.dead_letters")}</dt>
                <dd>{dead_letters}</dd>
            </dl>
        </section>
    }
}
