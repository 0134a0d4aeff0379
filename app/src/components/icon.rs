use leptos::prelude::*;

/// The address of a picture of the sprite, for `<use_ href=sprite("i-logo")/>`. A call on purpose: the macro writes elements without
/// anything dynamic in them as plain text, and then `use_` (its name for `use`) would reach the browser.
pub fn sprite(id: &str) -> String {
    format!("/icons.svg#{id}")
}

/// An icon of the sprite (`public/icons.svg`), by its name without `i-`. Decorative: the words stand beside it.
#[component]
pub fn Icon(name: &'static str, #[prop(optional)] small: bool) -> impl IntoView {
    view! {
        <svg class=if small { "ic sm" } else { "ic" } aria-hidden="true">
            <use_ href=sprite(&format!("i-{name}"))/>
        </svg>
    }
}
