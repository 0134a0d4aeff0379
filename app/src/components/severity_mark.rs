use crate::i18n::t_of;
use leptos::prelude::*;
use model::Severity;

/// Shape, colour and word. With `bare` the word is for screen readers only (in columns headed "Severity").
#[component]
pub fn SeverityMark(severity: Severity, #[prop(optional)] bare: bool) -> impl IntoView {
    let word = t_of("severity", severity.as_str());
    view! {
        <span class="sev" data-sev=severity.as_str() title=word>
            <svg aria-hidden="true">
                <use_ href=format!("/icons.svg#i-s-{severity}")/>
            </svg>
            <span class=if bare { "sr" } else { "" }>{word.clone()}</span>
        </span>
    }
}
