//! The parts of a rule's page, each with its own address.
use super::{conditions::Conditions, facts::Facts};
use crate::{components::*, i18n::t};
use leptos::prelude::*;
use model::rule::DetectionRule;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Rule,
    Json,
    Edit,
}

impl Part {
    pub fn of(word: Option<&str>, manage: bool) -> Self {
        match word {
            Some("json") => Self::Json,
            Some("edit") if manage => Self::Edit,
            _ => Self::Rule,
        }
    }
}

#[component]
pub(super) fn PartTabs(id: i64, part: Memo<Part>, manage: bool) -> impl IntoView {
    move || {
        let now = part.get();
        let tab = |label, this: Part, query: &str| Tab {
            label,
            href: format!("/rules/{id}{query}"),
            selected: now == this,
            count: None,
        };
        let mut tabs = vec![
            tab(t("rules.tab.rule"), Part::Rule, ""),
            tab(t("rules.tab.json"), Part::Json, "?tab=json"),
        ];
        if manage {
            tabs.push(tab(t("rules.tab.edit"), Part::Edit, "?tab=edit"));
        }
        view! { <Tabs label=t("rules.tab.label") tabs/> }
    }
}

/// The rule in words.
#[component]
pub(super) fn InWords(rule: DetectionRule) -> impl IntoView {
    let about = rule.description.clone();
    view! {
        {about.map(|text| view! { <section class="sec"><p class="wrap">{text}</p></section> })}
        <section class="sec">
            <h2>{t("rules.conditions")}</h2>
            <Conditions conditions=rule.conditions.clone()/>
        </section>
        <section class="sec">
            <h2>{t("rules.facts")}</h2>
            <Facts rule/>
        </section>
    }
}

/// The conditions as they are written.
#[component]
pub(super) fn AsJson(rule: DetectionRule) -> impl IntoView {
    let json = serde_json::to_string_pretty(&rule.conditions).unwrap_or_default();
    view! {
        <section class="sec">
            <h2>
                {t("rules.conditions")}
                <CopyLink text=json.clone()/>
            </h2>
            <pre class="raw whole" tabindex="0">{json}</pre>
        </section>
    }
}
