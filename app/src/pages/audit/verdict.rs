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

/// Parts of the server's sentences about a broken chain, and the word of each.
const BREAKS: [(&str, &str); 5] = [
    ("missing", "missing"),
    ("does not follow", "unlinked"),
    ("is not what was written", "changed"),
    ("written last", "head"),
    ("past the end", "added"),
];

/// How the chain is broken. The server says it in English, without a code; what is not known here stays as it is.
fn how(reason: String) -> String {
    let word = BREAKS.iter().find(|(part, _)| reason.contains(*part)).map(|(_, word)| *word);
    match (lang(), word) {
        (Lang::Es, Some(word)) => try_t_of("audit.break", word).unwrap_or(reason),
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
                {verdict.reason.map(|r| format!("{}. ", how(r)))}
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
