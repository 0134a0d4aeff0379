use crate::{
    components::*,
    i18n::{num, t, t_with, tn},
    server_fns::audit::verify_audit,
    url::Query,
};
use leptos::prelude::*;
use model::audit::AuditVerdict;

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
                {verdict.reason.map(|r| format!("{r}. "))}
                {t("audit.broken_text")}
            </Note>
        }
        .into_any(),
    }
}

/// The check of the chain, made when the address asks for it (`?verify=1`).
#[component]
pub(super) fn Verdict(address: Memo<Query>) -> impl IntoView {
    let wanted = Memo::new(move |_| address.with(|q| q.get("verify").is_some()));
    let verdict = Resource::new(
        move || wanted.get(),
        |wanted| async move { if wanted { Some(verify_audit().await) } else { None } },
    );
    let told = move || {
        verdict.get().flatten().map(|answer| match answer {
            Ok(verdict) => view! { <div class="told"><Told verdict/></div> }.into_any(),
            Err(problem) => view! { <ProblemView problem/> }.into_any(),
        })
    };
    view! { <Transition>{told}</Transition> }
}
