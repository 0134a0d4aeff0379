//! Form fields with their label, hint and error.
use super::{Icon, Note, states::problem_text};
use crate::i18n::field_error;
use leptos::prelude::*;
use model::Problem;

/// The problem of a form's last submission.
pub type FormProblem = Signal<Option<Problem>>;

fn error_of(problem: FormProblem, name: &str) -> Option<String> {
    problem.with(|p| {
        p.as_ref()?
            .errors
            .iter()
            .find(|e| e.pointer.trim_start_matches('/') == name)
            .map(field_error)
    })
}

/// The label, whatever control the children are (give it `id`, `aria-invalid` and `aria-describedby` like `TextField`), the error.
#[component]
pub fn Field(
    /// As in the problem's pointers; also the control's id.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] problem: FormProblem,
    children: Children,
) -> impl IntoView {
    let id = name.clone();
    let error = move || {
        error_of(problem, &name).map(|text| {
            view! {
                <span class="error" id=format!("{name}-error")>
                    <Icon name="circle-x" small=true/>
                    <span>{text}</span>
                </span>
            }
        })
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
            {hint.map(|h| view! { <span class="hint">{h}</span> })}
            {error}
        </div>
    }
}

/// One line of text. `kind`: the input's type (`text`, `email`, `password`, `number`, …).
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] problem: FormProblem,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let (id, pointer) = (name.clone(), name.clone());
    let described = format!("{name}-error");
    view! {
        <Field name=name.clone() label hint=hint.unwrap_or_default() problem>
            <input
                class="input"
                type=kind
                id=id
                name=name
                value=value
                autocomplete=autocomplete
                required=required
                autofocus=autofocus
                aria-invalid=move || error_of(problem, &pointer).map(|_| "true")
                aria-describedby=described
            />
        </Field>
    }
}

/// A choice from a few. `options`: value and text.
#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] problem: FormProblem,
) -> impl IntoView {
    let id = name.clone();
    view! {
        <Field name=name.clone() label problem>
            <select class="select" id=id name=name>
                {options
                    .into_iter()
                    .map(|(v, text)| {
                        let selected = v == value;
                        view! { <option value=v selected=selected>{text}</option> }
                    })
                    .collect_view()}
            </select>
        </Field>
    }
}

/// What is wrong with the form as a whole; nothing while nothing is.
#[component]
pub fn FormError(#[prop(into)] problem: FormProblem) -> impl IntoView {
    move || {
        problem.get().map(|p| {
            let (title, detail) = problem_text(&p);
            view! {
                <Note tone="bad">
                    <b>{title}</b>
                    ". "
                    {detail}
                </Note>
            }
        })
    }
}
