use super::state::target_href;
use crate::{
    components::*,
    i18n::{num, t, t_of, t_with, try_t_of},
    url::Query,
};
use leptos::prelude::*;
use model::{Page, audit::AuditEntry};

/// What somebody did, in words; the action itself where there are none.
pub(super) fn did(action: &str) -> String {
    try_t_of("audit.did", &action.replace('.', "_")).unwrap_or_else(|| action.to_owned())
}

/// A target: its kind and id, linked to its page where it has one.
#[component]
pub(super) fn Target(kind: String, id: String) -> impl IntoView {
    let text = format!("{} {id}", t_of("audit.kind", &kind));
    match target_href(&kind, &id) {
        Some(href) => view! { <a class="link" href=href>{text}</a> }.into_any(),
        None => text.into_any(),
    }
}

#[component]
fn Row(entry: AuditEntry, open: Memo<Option<i64>>, address: Memo<Query>) -> impl IntoView {
    let seq = entry.seq;
    let href = move || address.with(|q| q.clone().set("open", &seq.to_string()).href("/audit"));
    let selected = move || if open.get() == Some(seq) { "true" } else { "false" };
    view! {
        <tr aria-selected=selected>
            <td class="nowrap">
                <a class="go" href=href>
                    <span class="sr">{t_with("audit.open", &[("n", &num(seq))])} " "</span>
                    <TimeText at=entry.at style=TimeStyle::Short/>
                </a>
            </td>
            <td class="cut">{entry.actor}</td>
            <td class="cut">{did(&entry.action)} " " <span class="mono faint" data-wide="">{entry.action.clone()}</span></td>
            <td class="cut over"><Target kind=entry.target_type id=entry.target_id/></td>
            <td class="cut mono muted" data-wide="">{entry.ip}</td>
        </tr>
    }
}

#[component]
pub(super) fn List(
    page: Page<AuditEntry>,
    open: Memo<Option<i64>>,
    address: Memo<Query>,
) -> impl IntoView {
    if page.items.is_empty() {
        return view! {
            <EmptyState title=t("audit.empty")>
                <p>{t("audit.empty_text")}</p>
                <p>
                    <a href="/audit">{t("audit.show_all")}</a>
                </p>
            </EmptyState>
        }
        .into_any();
    }
    let here = address.get_untracked().without("open").without("verify");
    let first = here.get("cursor").map(|_| here.clone().without("cursor").href("/audit"));
    let next = page.next.map(|cursor| here.set("cursor", &cursor).href("/audit"));
    let shown = page.items.len() as i64;
    let rows =
        page.items.into_iter().map(|entry| view! { <Row entry open address/> }).collect_view();
    let head = || {
        view! {
            <th data-w="m" aria-sort="descending">{t("audit.time")}</th>
            <th>{t("audit.who")}</th>
            <th>{t("audit.what")}</th>
            <th data-w="m">{t("audit.target")}</th>
            <th data-w="m" data-wide="">{t("audit.ip")}</th>
        }
    };
    view! {
        <Table label=t("audit.title") kind="fit" head>
            {rows}
        </Table>
        <Pager shown total=page.total first next/>
    }
    .into_any()
}
