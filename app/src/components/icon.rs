use leptos::prelude::*;

/// An icon of the sprite (`public/icons.svg`), by its name without `i-`. Decorative: the words stand beside it.
#[component]
pub fn Icon(name: &'static str, #[prop(optional)] small: bool) -> impl IntoView {
    view! {
        <svg class=if small { "ic sm" } else { "ic" } aria-hidden="true">
            <use_ href=format!("/icons.svg#i-{name}")/>
        </svg>
    }
}
