use crate::{
    components::*,
    i18n::{Lang, lang, num, t, t_with, tn, try_t_of},
    server_fns::audit::verify_audit,
};
use leptos::prelude::*;
use model::{Problem, audit::AuditVerdict};

/// The check; `None` while the address does not ask for it.
pub(super) type Check = Resource<Option<Result<AuditVerdict, Problem>>>;

pub(super) fn check(wanted: Memo<bool>) -> Check {
    Resource::new(
        move || wanted.get(),
        |wanted| async move { if wanted { Some(verify_audit().await) } else { None } },
    )
}

/// How the chain is broken. The server's sentence is English and the more exact; another language has words for its code.
fn how(code: Option<&str>, reason: String) -> String {
    match (lang(), code) {
        (Lang::Es, Some(code)) => try_t_of("audit.break", code).unwrap_or(reason),
        _ => reason,
    }
}

#[component]
fn Told(verdict: AuditVerdict) -> impl IntoView {
    match verdict.broken_at {
        None => view! {
            <Note tone="ok">
                <b>{t("audit.whole")}</b>
                ". "
                {tn("audit.whole_text", verdict.rows)}
                {(!verdict.head.is_empty())
                    .then(|| view! { <div class="meta wrap">{t("audit.head")} " " <span class="mono">{verdict.head.clone()}</span></div> })}
            </Note>
        }
        .into_any(),
        Some(row) => view! {
            <Note tone="bad">
                <b>{t_with("audit.broken", &[("n", &num(row))])}</b>
                ". "
                {verdict.reason.map(|r| format!("{}. ", how(verdict.code.as_deref(), r)))}
                {t("audit.broken_text")}
            </Note>
        }
        .into_any(),
    }
}

/// What the check of the chain said.
#[component]
pub(super) fn Verdict(check: Check) -> impl IntoView {
    let told = move || {
        check.get().flatten().map(|answer| match answer {
            Ok(verdict) => view! { <div class="told"><Told verdict/></div> }.into_any(),
            Err(problem) => view! { <ProblemView problem/> }.into_any(),
        })
    };
    view! { <Transition>{told}</Transition> }
}
