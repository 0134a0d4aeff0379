//! The sum over the time shown: received is what became of records, and nothing is left over.
use crate::i18n::{num, t, tn};
use leptos::prelude::*;
use model::pipeline::PipelineCounts;

/// Received is what was stored, what is kept as dead letters, and what was refused: nothing else can happen to a record.
#[component]
pub(super) fn Balance(total: PipelineCounts) -> impl IntoView {
    let term = |n: i64, label: String, tone: &'static str| {
        view! {
            <span>
                <b class={if n > 0 { tone } else { "" }}>{num(n)}</b>
                <i>{label}</i>
            </span>
        }
    };
    let repeated = (total.repeated > 0).then(|| {
        view! { <span class="end meta">{tn("pipeline.repeated_more", total.repeated)}</span> }
    });
    view! {
        <div class="eq">
            {term(total.received, t("pipeline.eq_received"), "")}
            <span class="op">"="</span>
            {term(total.stored, t("pipeline.eq_stored"), "")}
            <span class="op">"+"</span>
            {term(total.rejected, t("pipeline.eq_rejected"), "warn")}
            <span class="op">"+"</span>
            {term(total.refused, t("pipeline.eq_refused"), "bad")}
            {repeated}
        </div>
    }
}
