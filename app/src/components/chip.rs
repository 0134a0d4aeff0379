use super::Icon;
use crate::i18n::t;
use leptos::prelude::*;

/// An active filter: field and value; the cross is a link to the page without it. `not` marks an exclusion.
#[component]
pub fn Chip(
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    /// Address of the page without the filter.
    #[prop(into)]
    remove: TextProp,
    #[prop(optional)] not: bool,
) -> impl IntoView {
    let name = format!("{}: {label} {value}", t("common.remove_filter"));
    view! {
        <span class="chip" data-not=not.then_some("")>
            <span>
                <span class="k">{label}</span>
                {value}
            </span>
            <a class="x" href=move || remove.get().to_string() aria-label=name title=t("common.remove_filter")>
                <Icon name="x" small=true/>
            </a>
        </span>
    }
}
