use super::{
    diff::{Change, diff},
    list::{Target, did},
};
use crate::{
    components::*,
    i18n::{num, t, t_with, tn},
    url::Query,
};
use leptos::prelude::*;
use model::audit::AuditEntry;

#[component]
fn Changes(changes: Vec<Change>, same: i64) -> impl IntoView {
    if changes.is_empty() {
        return view! { <p class="muted">{t("audit.no_changes")}</p> }.into_any();
    }
    let none = || view! { <span class="faint">{t("common.none")}</span> };
    let rows = changes
        .into_iter()
        .map(|c| {
            let before = c
                .before
                .map(|v| view! { <del>{v}</del> }.into_any())
                .unwrap_or_else(|| none().into_any());
            let after = c
                .after
                .map(|v| view! { <ins>{v}</ins> }.into_any())
                .unwrap_or_else(|| none().into_any());
            view! {
                <tr>
                    <th scope="row" class="mono">{c.path}</th>
                    <td class="mono">{before}</td>
                    <td class="mono">{after}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="tbl tight flush fit changes">
            <thead>
                <tr>
                    <th>{t("audit.field")}</th>
                    <th>{t("audit.before")}</th>
                    <th>{t("audit.after")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {(same > 0).then(|| view! { <p class="meta">{tn("audit.unchanged", same)}</p> })}
    }
    .into_any()
}

#[component]
fn Whole(entry: AuditEntry) -> impl IntoView {
    let (changes, same) = diff(entry.before.as_ref(), entry.after.as_ref());
    let about = Query::new()
        .with("target_type", &entry.target_type)
        .with("target_id", &entry.target_id)
        .href("/audit");
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t_with("audit.entry", &[("n", &num(entry.seq))])>
            <section class="sec">
                <dl class="kv">
                    <dt>{t("audit.time")}</dt>
                    <dd><TimeText at=entry.at style=TimeStyle::Absolute/></dd>
                    <dt>{t("audit.actor")}</dt>
                    <dd>{entry.actor}</dd>
                    <dt>{t("audit.target")}</dt>
                    <dd>
                        <Target kind=entry.target_type id=entry.target_id/>
                        " "
                        <a class="link meta" href=about>{t("audit.this_target")}</a>
                    </dd>
                    <dt>{t("audit.ip")}</dt>
                    <dd><Value field="source.ip" value=entry.ip/></dd>
                    <dt>{t("audit.request")}</dt>
                    <dd class="mono">{entry.request_id}</dd>
                    <dt>{t("audit.hash")}</dt>
                    <dd class="mono">{entry.hash}</dd>
                </dl>
            </section>
            <section class="sec">
                <h3>{t("audit.changes")}</h3>
                <Changes changes same/>
            </section>
        </div>
    }
}

/// The open entry. `entry`: `None` when the present page of the list does not have it.
#[component]
pub(super) fn Entry(seq: i64, entry: Option<AuditEntry>, close: Signal<String>) -> impl IntoView {
    let title = match &entry {
        Some(e) => format!("{} {}", e.actor, did(&e.action)),
        None => t_with("audit.entry", &[("n", &num(seq))]),
    };
    let sub = entry.as_ref().map(|e| e.action.clone()).unwrap_or_default();
    let body = match entry {
        Some(entry) => view! { <Whole entry/> }.into_any(),
        None => view! { <p class="pad muted">{t("audit.gone")}</p> }.into_any(),
    };
    view! {
        <SidePanel title sub close>
            {body}
        </SidePanel>
    }
}
