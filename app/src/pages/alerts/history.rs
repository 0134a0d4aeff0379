use crate::{
    components::TimeText,
    i18n::{fill, t, t_of, try_t_of},
    server_fns::alerts::Candidate,
};
use leptos::prelude::*;
use model::alert::AlertAction;
use serde_json::Value;

/// The new value as a person reads it: a status by its word, a person by name.
fn new_value(action: &AlertAction, people: &[Candidate]) -> String {
    let to = action.details.get("to").unwrap_or(&Value::Null);
    match (action.action.as_str(), to) {
        ("status", Value::String(s)) => t_of("status", s),
        ("assigned", Value::Number(n)) => {
            let id = n.as_i64();
            people
                .iter()
                .find(|p| Some(p.id) == id)
                .map_or_else(|| format!("#{n}"), |p| p.name.clone())
        }
        ("assigned", Value::Null) => t("alerts.nobody"),
        (_, Value::String(s)) => s.clone(),
        (_, Value::Null) => t("common.none"),
        (_, other) => other.to_string(),
    }
}

/// Who did what, newest first.
#[component]
pub fn History(history: Vec<AlertAction>, people: Vec<Candidate>) -> impl IntoView {
    let mut lines = history;
    lines.sort_by_key(|a| std::cmp::Reverse((a.at, a.id)));
    view! {
        <section class="sec">
            <h3>{t("alerts.history")}</h3>
            <ol class="hist">
                {lines
                    .into_iter()
                    .map(|a| {
                        let to = new_value(&a, &people);
                        let did = try_t_of("alerts.did", &a.action).unwrap_or_else(|| a.action.clone());
                        view! {
                            <li>
                                <TimeText at=a.at/>
                                <span class="wrap">
                                    <b>{a.who}</b>
                                    " "
                                    {fill(did, &[("to", &to)])}
                                </span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}
