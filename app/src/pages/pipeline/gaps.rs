//! Times in which records of a source were due and none came, newest first.
use super::state::{PATH, name_of};
use crate::{
    components::{TimeStyle, TimeText},
    i18n::{num, t, t_with},
    url::Query,
};
use leptos::prelude::*;
use model::pipeline::PipelineGap;

#[component]
fn Row(gap: PipelineGap, here: Query) -> impl IntoView {
    let href = here.set("source", &gap.source).href(PATH);
    view! {
        <tr>
            <td class="cut"><a class="link" href=href>{name_of(&gap.kind, &gap.name)}</a></td>
            <td class="cut"><TimeText at=gap.from style=TimeStyle::Short/></td>
            <td class="cut" data-wide=""><TimeText at=gap.to style=TimeStyle::Short/></td>
            <td class="num">{num(gap.minutes)}</td>
            <td class="num">{num(gap.expected)}</td>
        </tr>
    }
}

/// Every time in which records were due and none came.
#[component]
pub(super) fn Gaps(gaps: Vec<PipelineGap>, count: i64, here: Query) -> impl IntoView {
    let none = gaps.is_empty();
    let more = (count > gaps.len() as i64).then(|| {
        let shown = num(gaps.len() as i64);
        t_with("pipeline.gaps_more", &[("shown", &shown), ("n", &num(count))])
    });
    let rows = gaps.into_iter().map(|gap| view! { <Row gap here=here.clone()/> }).collect_view();
    view! {
        <section class="sec">
            <h2>
                {t("pipeline.gaps")}
                <span class="aside">{t("pipeline.gaps_sub")}</span>
            </h2>
            {none.then(|| view! { <p class="muted">{t("pipeline.no_gaps")}</p> })}
            {(!none)
                .then(|| {
                    view! {
                        <table class="tbl tight flush fit" aria-label=t("pipeline.gaps")>
                            <thead>
                                <tr>
                                    <th>{t("pipeline.source")}</th>
                                    <th data-w="m">{t("pipeline.gap_from")}</th>
                                    <th data-w="m" data-wide="">{t("pipeline.gap_to")}</th>
                                    <th data-w="s" class="num">{t("pipeline.minutes")}</th>
                                    <th data-w="s" class="num">{t("pipeline.gap_expected")}</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    }
                })}
            {more.map(|text| view! { <p class="meta">{text}</p> })}
        </section>
    }
}
