use crate::i18n::{t, t_of};
use leptos::prelude::*;

/// What may stand in conditions: an example, and the key of what it means.
const LANGUAGE: [(&str, &str); 12] = [
    (r#""event_type": "dns""#, "equal"),
    (r#""destination.port": [445, 139]"#, "list"),
    (r#"{"contains": "x"}"#, "contains"),
    (r#"{"startswith": "x"}, {"endswith": "x"}"#, "ends"),
    (r#"{"equals": "x"}"#, "equals"),
    (r#"{"glob": "*.exe"}"#, "glob"),
    (r#"{"cidr": "10.0.0.0/8"}"#, "cidr"),
    (r#"{"gt": 5}, {"gte": 5}, {"lt": 5}, {"lte": 5}"#, "compare"),
    (r#"{"longer_than": 80}"#, "longer"),
    (r#"{"exists": true}"#, "exists"),
    (r#"{"not": {…}}"#, "not"),
    (r#""any": [{…}, {…}], "all": […], "not": {…}"#, "groups"),
];

/// The condition language in a dozen lines.
#[component]
pub(super) fn Help() -> impl IntoView {
    let lines = LANGUAGE
        .into_iter()
        .map(|(example, word)| {
            view! {
                <dt>
                    <code>{example}</code>
                </dt>
                <dd>{t_of("rules.help", word)}</dd>
            }
        })
        .collect_view();
    view! {
        <details class="ruleshelp">
            <summary>{t("rules.form.help")}</summary>
            <dl>{lines}</dl>
        </details>
    }
}
