use crate::i18n::t_of;
use leptos::prelude::*;
use model::alert::AlertStatus;

/// State of an alert: glyph and word.
#[component]
pub fn StatusBadge(status: AlertStatus) -> impl IntoView {
    let glyph = match status {
        AlertStatus::Open => "new",
        AlertStatus::InProgress => "busy",
        AlertStatus::Closed => "done",
    };
    view! { <span class="status" data-s=glyph>{t_of("status", status.as_str())}</span> }
}

/// State of anything else. `glyph`: `new`, `busy`, `ok`, `warn`, `bad`, `off`.
#[component]
pub fn Status(glyph: &'static str, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class="status" data-s=glyph>{text}</span> }
}

/// A small word in a box. `tone`: `ok`, `warn`, `bad`, `accent`, or empty.
#[component]
pub fn Tag(#[prop(optional)] tone: &'static str, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class="tag" data-tone=tone>{text}</span> }
}
