use super::{state::sources, switch::State};
use crate::{
    components::*,
    i18n::{num, t, t_with, tn},
    url::Query,
};
use leptos::prelude::*;
use model::{Micros, rule::DetectionRule, time::DAY};

/// The alerts of a rule: all of them, or the newest.
fn alerts_href(rule: i64, since: Option<Micros>) -> String {
    let since = since.map(Micros::rfc3339).unwrap_or_default();
    Query::new()
        .with("rule", &rule.to_string())
        .with("status", "any")
        .with("since", &since)
        .href("/alerts")
}

/// How many alerts in seven days; a link to them where there are any.
#[component]
pub(super) fn AlertCount(rule: i64, n: i64) -> impl IntoView {
    if n == 0 {
        return view! { <span class="faint">{num(n)}</span> }.into_any();
    }
    let clock = expect_context::<Clock>();
    let label = tn("rules.alerts_of", n);
    // the last seven days as of now, not of when the page was loaded
    let href = move || alerts_href(rule, Some(clock.now.get().plus(-7 * DAY)));
    view! {
        <a class="link" href=href aria-label=label.clone() title=label>
            {num(n)}
        </a>
    }
    .into_any()
}

/// All alerts of the rule, open and closed.
#[component]
pub(super) fn AlertsLink(rule: i64) -> impl IntoView {
    view! { <a class="btn" href=alerts_href(rule, None)>{t("rules.see_alerts")}</a> }
}

/// ATT&CK ids, each a link to the rules about it.
#[component]
pub(super) fn Techniques(list: Vec<String>) -> impl IntoView {
    let tags = list
        .into_iter()
        .map(|id| {
            let title = t_with("rules.of_technique", &[("id", &id)]);
            view! {
                <a class="tag" href=Query::new().with("q", &id).href("/rules") title=title>
                    {id.clone()}
                </a>
            }
        })
        .collect_view();
    view! { <span class="tags">{tags}</span> }
}

/// What becomes of a match.
fn window(minutes: i64) -> String {
    match minutes {
        0 => t("rules.each_event"),
        n if n % 60 == 0 && n < 24 * 60 => {
            t_with("rules.within", &[("span", &format!("{} h", n / 60))])
        }
        n => t_with("rules.within", &[("span", &crate::i18n::duration(n * 60 * 1_000_000))]),
    }
}

/// Everything about a rule but its conditions.
#[component]
pub(super) fn Facts(rule: DetectionRule) -> impl IntoView {
    let or_none = |v: String| if v.is_empty() { t("common.none") } else { v };
    let techniques = if rule.techniques.is_empty() {
        t("common.none").into_any()
    } else {
        view! { <Techniques list=rule.techniques.clone()/> }.into_any()
    };
    let incident = if rule.create_incident { t("rules.yes") } else { t("rules.no") };
    let origin = if rule.builtin { t("rules.builtin") } else { t("rules.own") };
    view! {
        <dl class="kv">
            <dt>{t("rules.severity")}</dt>
            <dd><SeverityMark severity=rule.severity/></dd>
            <dt>{t("rules.state")}</dt>
            <dd><State enabled=rule.enabled/></dd>
            <dt>{t("rules.alerts_7d")}</dt>
            <dd><AlertCount rule=rule.id n=rule.alerts_7d/></dd>
            <dt>{t("rules.window")}</dt>
            <dd>{window(rule.window_minutes)}</dd>
            <dt>{t("rules.incident")}</dt>
            <dd>{incident}</dd>
            <dt>{t("rules.techniques")}</dt>
            <dd>{techniques}</dd>
            <dt>{t("rules.looks_at")}</dt>
            <dd class="mono">{or_none(sources(&rule.conditions).join(", "))}</dd>
            <dt>{t("rules.origin")}</dt>
            <dd>{origin}</dd>
            <dt>{t("rules.created_at")}</dt>
            <dd><TimeText at=rule.created_at style=TimeStyle::Short/></dd>
            <dt>{t("rules.updated")}</dt>
            <dd><TimeText at=rule.updated_at style=TimeStyle::Short/></dd>
        </dl>
    }
}
