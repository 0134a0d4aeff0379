use crate::{components::EmptyState, i18n::t};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text=t("not_found.title")/>
        <main class="pad">
            <EmptyState title=t("not_found.title")>
                <p>{t("not_found.text")}</p>
                <p>
                    <a href="/">{t("not_found.home")}</a>
                </p>
            </EmptyState>
        </main>
    }
}
