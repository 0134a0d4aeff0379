use super::{Icon, Toasts};
use crate::{dom, i18n::t};
use leptos::prelude::*;

/// A command or a secret in one line, with a button that copies it.
#[component]
pub fn CopyLine(#[prop(into)] text: Signal<String>, #[prop(into)] label: String) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    view! {
        <div class="copyline">
            <code class="grow wrap">{move || text.get()}</code>
            <button
                type="button"
                class="btn small icon"
                aria-label=label.clone()
                title=label
                on:click=move |_| {
                    dom::copy(&text.get_untracked());
                    toasts.say(t("value.copied"));
                }
            >
                <Icon name="copy" small=true/>
            </button>
        </div>
    }
}
