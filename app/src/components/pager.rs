use crate::i18n::{num, t, t_with};
use leptos::prelude::*;

/// Foot of a list: how much is shown, and links to the first and the next page.
#[component]
pub fn Pager(
    shown: i64,
    total: i64,
    /// Address of the first page; `None` on it.
    #[prop(optional_no_strip)]
    first: Option<String>,
    /// Address of the next page; `None` on the last.
    #[prop(optional_no_strip)]
    next: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="pager">
            <span>{t_with("pager.shown", &[("shown", &num(shown)), ("total", &num(total))])}</span>
            {first.map(|href| view! { <a class="link" href=href>{t("pager.first")}</a> })}
            {next.map(|href| view! { <a class="link" href=href rel="next">{t("pager.next")}</a> })}
            <span class="end wide-only">{children.map(|c| c())}</span>
        </div>
    }
}
