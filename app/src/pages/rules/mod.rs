//! rules.
use crate::{components::PageHead, i18n::t};
use leptos::prelude::*;

#[component]
pub fn Rules() -> impl IntoView {
    view! { <PageHead title=t("nav.rules")/> }
}

#[component]
pub fn NewRule() -> impl IntoView {
    view! { <PageHead title=t("nav.rules")/> }
}

#[component]
pub fn RuleDetail() -> impl IntoView {
    view! { <PageHead title=t("nav.rules")/> }
}
