//! What stands where rows would: nothing, a note, a problem, or not yet.
use super::Icon;
use crate::i18n::{Lang, lang, t, t_of, t_with};
use leptos::prelude::*;
use model::Problem;

/// Nothing here: what that means, and (children) what to do next.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            {children.map(|c| c())}
        </div>
    }
}

/// A remark with an icon and a bar. `tone`: `ok`, `warn`, `bad`, or empty.
#[component]
pub fn Note(#[prop(optional)] tone: &'static str, children: Children) -> impl IntoView {
    let icon = match tone {
        "ok" => "check",
        "warn" => "triangle-alert",
        "bad" => "circle-x",
        _ => "info",
    };
    view! {
        <div class="note" data-tone=tone role=if tone == "bad" { "alert" } else { "note" }>
            <Icon name=icon/>
            <div>{children()}</div>
        </div>
    }
}

/// Title and detail of a problem as one sentence each; in Spanish the title is translated by its code.
pub fn problem_text(problem: &Problem) -> (String, String) {
    let title = t_of("problem", &problem.code);
    let title = if title == problem.code { problem.title.clone() } else { title };
    let detail = match lang() {
        Lang::En => problem.detail.clone(),
        Lang::Es if problem.errors.is_empty() => problem.detail.clone(),
        Lang::Es => {
            problem.errors.iter().map(crate::i18n::field_error).collect::<Vec<_>>().join("; ")
        }
    };
    (title, detail)
}

/// A problem in place of what was asked for: what, why, the request's id, and the way on.
#[component]
pub fn ProblemView(
    problem: Problem,
    /// Asks again.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let (title, detail) = problem_text(&problem);
    let sign_in = problem
        .is("unauthenticated")
        .then(|| view! { <a class="link" href="/login" rel="external">{t("nav.sign_in")}</a> });
    let retry = retry.filter(|_| problem.status >= 500).map(|f| {
        view! {
            <button type="button" class="btn small" on:click=move |_| f.run(())>
                {t("common.retry")}
            </button>
        }
    });
    view! {
        <div class="pad">
            <Note tone="bad">
                <b>{title}</b>
                ". "
                {detail}
                " "
                {sign_in}
                {retry}
                {problem.request_id.map(|id| view! { <div class="meta">{t_with("problem.request_id", &[("id", &id)])}</div> })}
            </Note>
        </div>
    }
}

/// Placeholder of the first load: as many lines as rows will be.
#[component]
pub fn Skeleton(#[prop(default = 6)] lines: u8) -> impl IntoView {
    view! {
        <div class="pad skels" aria-busy="true" aria-label=t("common.loading")>
            {(0..lines).map(|_| view! { <span class="skel"></span> }).collect_view()}
        </div>
    }
}
