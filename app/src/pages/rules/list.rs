use super::{
    facts::{AlertCount, Techniques},
    keys::row_id,
    state::{Filter, sources},
    switch::{State, Switch},
};
use crate::{
    components::*,
    i18n::{num, t, t_with},
    server_fns::rules::SetEnabled,
    url::Query,
};
use leptos::prelude::*;
use model::rule::DetectionRule;

#[component]
fn Row(
    rule: DetectionRule,
    open: Memo<Option<i64>>,
    address: Memo<Query>,
    toggle: ServerAction<SetEnabled>,
    manage: bool,
) -> impl IntoView {
    let id = rule.id;
    let href = move || address.with(|q| q.clone().set("open", &id.to_string()).href("/rules"));
    let selected = move || if open.get() == Some(id) { "true" } else { "false" };
    let looks_at = sources(&rule.conditions).join(", ");
    let state = if manage {
        view! { <Switch id name=rule.name.clone() enabled=rule.enabled toggle/> }.into_any()
    } else {
        view! { <State enabled=rule.enabled/> }.into_any()
    };
    view! {
        <tr aria-selected=selected data-off=(!rule.enabled).then_some("")>
            <td class="over">{state}</td>
            <td class="cut">
                <a class="go medium" id=row_id(id) href=href title=rule.name.clone()>{rule.name.clone()}</a>
            </td>
            <td><SeverityMark severity=rule.severity/></td>
            <td class="cut over" data-wide=""><Techniques list=rule.techniques.clone()/></td>
            <td class="cut muted mono" data-wide="" title=looks_at.clone()>{looks_at.clone()}</td>
            <td class="num over"><AlertCount rule=id n=rule.alerts_7d/></td>
            <td class="cut muted" data-wide=""><TimeText at=rule.updated_at/></td>
        </tr>
    }
}

/// There is no rule, or none that matches.
#[component]
fn Nothing(total: i64, manage: bool) -> impl IntoView {
    if total > 0 {
        return view! {
            <EmptyState title=t("rules.no_match")>
                <p>
                    <a href="/rules">{t_with("rules.show_all", &[("n", &num(total))])}</a>
                </p>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState title=t("rules.empty")>
            <p>{t("rules.empty_text")}</p>
            {manage
                .then(|| {
                    view! {
                        <p>
                            <a href="/rules/new">{t("rules.write_first")}</a>
                        </p>
                    }
                })}
        </EmptyState>
    }
    .into_any()
}

/// The rules that the filter keeps.
#[component]
pub(super) fn List(
    rules: Vec<DetectionRule>,
    filter: Memo<Filter>,
    open: Memo<Option<i64>>,
    address: Memo<Query>,
    toggle: ServerAction<SetEnabled>,
    manage: bool,
) -> impl IntoView {
    let total = rules.len() as i64;
    move || {
        let kept = filter.with(|f| f.apply(&rules));
        if kept.is_empty() {
            return view! { <Nothing total manage/> }.into_any();
        }
        let shown = kept.len() as i64;
        let rows = kept
            .into_iter()
            .map(|rule| view! { <Row rule open address toggle manage/> })
            .collect_view();
        let head = || {
            view! {
                <th data-w="s">{t("rules.state")}</th>
                <th>{t("rules.name")}</th>
                <th data-w="s">{t("rules.severity")}</th>
                <th data-w="m" data-wide="">{t("rules.techniques")}</th>
                <th data-w="l" data-wide="">{t("rules.looks_at")}</th>
                <th data-w="s" class="num" title=t("rules.alerts_7d")>{t("rules.alerts")}</th>
                <th data-w="m" data-wide="">{t("rules.updated")}</th>
            }
        };
        view! {
            <Table label=t("rules.title") kind="fit rules" head>
                {rows}
            </Table>
            <Pager shown total first=None next=None>{t("rules.foot")}</Pager>
        }
        .into_any()
    }
}
