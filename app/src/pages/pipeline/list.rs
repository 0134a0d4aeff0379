//! One row for each source. The server's order is kept: new records move no row.
use super::state::{PATH, name_of, state_of};
use crate::{
    components::*,
    context::may,
    i18n::{duration, num, t, t_of, t_with},
    url::Query,
};
use leptos::prelude::*;
use model::{
    Permission,
    pipeline::{AGENT, API, PipelineSource},
    time::MINUTE,
};

/// Where a source's dead letters are; `None` where nothing is rejected.
fn letters(s: &PipelineSource) -> Option<String> {
    let query = match s.kind.as_str() {
        API | AGENT => Query::new().with("source", "events"),
        "suricata" | "zeek" => Query::new().with("source", &s.kind).with("sensor", &s.name),
        _ => return None,
    };
    Some(query.href("/dead-letters"))
}

/// `0 for 9 min`, or a word.
pub(super) fn state_text(s: &PipelineSource) -> String {
    match s.silent_for_minutes {
        Some(minutes) => t_with("pipeline.silent_for", &[("span", &duration(minutes * MINUTE))]),
        None => t_of("pipeline.state", state_of(s).0),
    }
}

/// What it usually sends in a minute.
pub(super) fn expected_text(s: &PipelineSource) -> String {
    match s.expected_per_minute {
        None => t("common.none"),
        Some(0) => t("pipeline.less_than_one"),
        Some(n) => num(n),
    }
}

#[component]
fn Row(source: PipelineSource, chosen: bool, here: Query) -> impl IntoView {
    let s = source;
    let href = here.set("source", &s.id).href(PATH);
    let glyph = state_of(&s).1;
    let state = state_text(&s);
    let c = s.counts;
    let rejected = match letters(&s).filter(|_| c.rejected > 0 && may(Permission::ReadDeadLetters))
    {
        Some(href) => view! { <a class="link" href=href>{num(c.rejected)}</a> }.into_any(),
        None => num(c.rejected).into_any(),
    };
    let refused = if c.refused > 0 { "num bad" } else { "num" };
    view! {
        <tr aria-current=chosen.then_some("true")>
            <td class="cut">
                <a class="go medium" href=href>{name_of(&s.kind, &s.name)}</a>
            </td>
            <td><Status glyph text=state/></td>
            <td class="cut muted" data-wide="">{t_of("pipeline.kind", &s.kind)}</td>
            <td class="num">{num(c.received)}</td>
            <td class="num" data-wide="">{num(c.stored)}</td>
            <td class="num over">{rejected}</td>
            <td class=refused data-wide="">{num(c.refused)}</td>
            <td class="num" data-wide="">{expected_text(&s)}</td>
            <td class="cut muted" data-wide=""><TimeText at=s.last_seen/></td>
        </tr>
    }
}

/// Every source that was heard in the last two weeks.
#[component]
pub(super) fn List(
    sources: Vec<PipelineSource>,
    /// Id of the one whose minutes are drawn.
    chosen: String,
    here: Query,
) -> impl IntoView {
    let rows = sources
        .into_iter()
        .map(|source| {
            let chosen = source.id == chosen;
            view! { <Row source chosen here=here.clone()/> }
        })
        .collect_view();
    view! {
        <table class="tbl fit pipe" aria-label=t("pipeline.sources")>
            <thead>
                <tr>
                    <th>{t("pipeline.source")}</th>
                    <th data-w="l">{t("pipeline.state_label")}</th>
                    <th data-w="s" data-wide="">{t("pipeline.kind_label")}</th>
                    <th data-w="s" class="num">{t("pipeline.received")}</th>
                    <th data-w="s" class="num" data-wide="">{t("pipeline.stored")}</th>
                    <th data-w="s" class="num">{t("pipeline.rejected")}</th>
                    <th data-w="s" class="num" data-wide="">{t("pipeline.refused")}</th>
                    <th data-w="s" class="num" data-wide="">{t("pipeline.expected")}</th>
                    <th data-w="m" data-wide="">{t("pipeline.last_seen")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}
