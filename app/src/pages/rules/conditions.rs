use super::say::{Line, Part, lines};
use crate::{
    components::*,
    i18n::{num, t_of, t_with},
};
use leptos::prelude::*;
use model::fieldmap;
use serde_json::{Map, Value as Json};

/// Values of one test that are shown; the JSON has all.
const SHOWN: usize = 16;

/// Values with commas between them. Those that stand for themselves (equality on a known field) can be searched for.
#[component]
fn Values(key: String, op: String, values: Vec<String>) -> impl IntoView {
    let more = values.len().saturating_sub(SHOWN);
    let path = key.strip_prefix("details.").unwrap_or(&key);
    let field = (op == "is").then(|| fieldmap::field(path)).flatten().map(|f| f.name);
    let shown = values
        .into_iter()
        .take(SHOWN)
        .enumerate()
        .map(|(i, value)| {
            let one = match field {
                Some(field) => view! { <Value field value/> }.into_any(),
                None => view! { <code>{value}</code> }.into_any(),
            };
            view! {
                {(i > 0).then_some(", ")}
                {one}
            }
        })
        .collect_view();
    view! {
        {shown}
        {(more > 0).then(|| view! { <span class="faint">" " {t_with("rules.more_values", &[("n", &num(more as i64))])}</span> })}
    }
}

#[component]
fn Sentence(line: Line) -> impl IntoView {
    let depth = line.depth.min(6).to_string();
    match line.part {
        Part::Group(word) => {
            view! { <li data-depth=depth class="muted">{t_of("rules.group", word)}</li> }.into_any()
        }
        Part::Test { key, not, op, values } => {
            let words = if not { t_of("rules.op_not", &op) } else { t_of("rules.op", &op) };
            view! {
                <li data-depth=depth>
                    <b class="mono">{key.clone()}</b>
                    " "
                    <span class=if not { "bad" } else { "muted" }>{words}</span>
                    " "
                    <Values key op values/>
                </li>
            }
            .into_any()
        }
    }
}

/// What must hold for the rule to match, one line each.
#[component]
pub(super) fn Conditions(conditions: Map<String, Json>) -> impl IntoView {
    view! {
        <ul class="holds">
            {lines(&conditions).into_iter().map(|line| view! { <Sentence line/> }).collect_view()}
        </ul>
    }
}
