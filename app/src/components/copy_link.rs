use super::Toasts;
use crate::{dom, i18n::t};
use leptos::prelude::*;

/// Copies a text; stands in the heading of a section that shows it.
#[component]
pub fn CopyLink(text: String) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    view! {
        <button
            type="button"
            class="aside link"
            on:click=move |_| {
                dom::copy(&text);
                toasts.say(t("value.copied"));
            }
        >
            {t("value.copy")}
        </button>
    }
}
