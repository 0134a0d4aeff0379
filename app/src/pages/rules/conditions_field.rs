use super::place::{fault, line_of, span_of};
use crate::{
    components::*,
    dom,
    i18n::{field_error, num, t, t_with},
};
use leptos::prelude::*;
use model::FieldError;
use wasm_bindgen::JsCast;

const FIELD: &str = "conditions";

/// Something wrong with the conditions: in which line, under which pointer, and what.
#[derive(Clone, Debug, PartialEq)]
struct Wrong {
    line: Option<usize>,
    place: String,
    text: String,
}

/// Marks the line in the text area.
fn select(line: usize) {
    if let Some(area) =
        dom::element(FIELD).and_then(|e| e.dyn_into::<web_sys::HtmlTextAreaElement>().ok())
    {
        let (from, to) = span_of(&area.value(), line);
        let _ = area.focus();
        let _ = area.set_selection_range(from, to);
    }
}

/// The server's faults. `text`: what stands in the field; `None` before the page is alive, when it may not be what was sent.
fn said(errors: &[FieldError], text: Option<&str>) -> Vec<Wrong> {
    let ours = errors.iter().filter_map(|e| Some((e, e.pointer.strip_prefix("/conditions")?)));
    ours.filter(|(e, _)| text.is_none() || e.code != "json")
        .map(|(e, place)| Wrong {
            line: text.and_then(|t| line_of(t, place)),
            place: place.to_owned(),
            text: field_error(e),
        })
        .collect()
}

#[component]
fn Told(wrong: Wrong) -> impl IntoView {
    let line = wrong.line.map(|n| {
        let label = t_with("rules.form.line", &[("n", &num(n as i64))]);
        view! {
            <button type="button" class="link" on:click=move |_| select(n)>
                {label}
            </button>
            " "
        }
    });
    view! {
        <span class="error">
            <Icon name="circle-x" small=true/>
            <span>
                {line}
                <code>{wrong.place}</code>
                " "
                {wrong.text}
            </span>
        </span>
    }
}

/// The conditions as JSON. What is wrong is said under the field with its line, while typing as far as it is about JSON itself.
#[component]
pub(super) fn ConditionsField(value: String, problem: FormProblem) -> impl IntoView {
    let rows = value.lines().count().clamp(10, 24).to_string();
    let text = RwSignal::new(value.clone());
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let wrong = Memo::new(move |_| {
        let alive = alive.get();
        if let Some((line, column)) = text.with(|t| fault(t)).filter(|_| alive) {
            let text = t_with("rules.form.not_json", &[("column", &num(column as i64))]);
            return vec![Wrong { line: Some(line), place: String::new(), text }];
        }
        let errors = problem.with(|p| p.as_ref().map(|p| p.errors.clone()).unwrap_or_default());
        text.with(|t| said(&errors, alive.then_some(t)))
    });
    view! {
        <Field name=FIELD label=t("rules.conditions") hint=t("rules.form.conditions_hint")>
            <textarea
                class="input mono"
                id=FIELD
                name=FIELD
                rows=rows
                spellcheck="false"
                autocapitalize="off"
                autocomplete="off"
                required
                aria-invalid=move || wrong.with(|w| (!w.is_empty()).then_some("true"))
                aria-describedby="conditions-error"
                on:input=move |ev| text.set(event_target_value(&ev))
            >
                {value}
            </textarea>
            <div id="conditions-error" class="wrongs" aria-live="polite">
                {move || wrong.get().into_iter().map(|wrong| view! { <Told wrong/> }).collect_view()}
            </div>
        </Field>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(pointer: &str, code: &str) -> FieldError {
        FieldError { pointer: pointer.into(), code: code.into(), message: "m".into() }
    }

    #[test]
    fn only_faults_of_the_conditions_are_said_here_with_their_line() {
        let errors = [
            error("/name", "required"),
            error("/conditions/port/gt", "type"),
            error("/conditions", "json"),
        ];
        let alive = said(&errors, Some("{\n\"port\": {\n\"gt\": \"x\"}}"));
        assert_eq!(alive, [Wrong { line: Some(3), place: "/port/gt".into(), text: "m".into() }]);
        assert_eq!(said(&errors, None).len(), 2);
    }
}
