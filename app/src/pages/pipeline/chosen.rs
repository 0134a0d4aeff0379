//! The source whose row is chosen, minute by minute.
use super::{
    list::expected_text,
    state::{name_of, state_of},
};
use crate::{
    components::{
        pivot::{events_href, term},
        *,
    },
    i18n::{absolute, bytes, num, t, t_of, t_with},
};
use leptos::prelude::*;
use model::{
    Micros,
    pipeline::{AGENT, PipelinePoint, PipelineSource, PipelineStep},
};

/// The events that came from it in a slice; `None` for sources that events do not name.
fn events(s: &PipelineSource, from: Micros, to: Micros) -> Option<String> {
    let who = match s.kind.as_str() {
        "suricata" | "zeek" => term("observer.name", &s.name),
        AGENT => term("agent.name", &name_of(&s.kind, &s.name)),
        _ => return None,
    };
    let time = format!("event.ingested:[\"{}\" TO \"{}\"}}", from.rfc3339(), to.rfc3339());
    Some(events_href(&format!("{who} AND {time}")))
}

#[component]
fn Minutes(source: PipelineSource, step: PipelineStep) -> impl IntoView {
    let s = source;
    let categories = s
        .series
        .iter()
        .map(|p| Category {
            label: p.start.format("%H:%M"),
            href: (p.counts.stored > 0)
                .then(|| events(&s, p.start, p.start.plus(step.micros())))
                .flatten(),
        })
        .collect();
    let part = |name: String, color: &'static str, of: fn(&PipelinePoint) -> i64| Series {
        name,
        color,
        values: s.series.iter().map(of).collect(),
    };
    let series = vec![
        part(t("pipeline.stored"), "--chart-base", |p| p.counts.stored),
        part(t("pipeline.rejected"), "--warn-mark", |p| p.counts.rejected),
        part(t("pipeline.refused"), "--bad-mark", |p| p.counts.refused),
    ];
    view! {
        <Chart
            title=t_with("pipeline.chart", &[("name", &name_of(&s.kind, &s.name))])
            unit=t_of("pipeline.per", step.as_str())
            categories
            series
            by=t("common.time")
        />
    }
}

/// The source whose row is chosen: what is to be done about it, its minutes, and the rest of what is known.
#[component]
pub(super) fn Chosen(source: PipelineSource, step: PipelineStep) -> impl IntoView {
    let s = source.clone();
    let (state, _) = state_of(&s);
    let silent = (state == "silent").then(|| {
        let usual = t_with(
            "pipeline.silent_text",
            &[("since", &absolute(s.last_seen, 0)), ("n", &expected_text(&s))],
        );
        view! {
            <Note tone="bad">
                <b>{t("pipeline.silent")}</b>
                " "
                {usual}
            </Note>
        }
    });
    let plain = |label: String, value: String| {
        view! {
            <dt>{label}</dt>
            <dd>{value}</dd>
        }
    };
    let c = s.counts;
    view! {
        <section class="sec">
            {silent}
            <Minutes source step/>
            <dl class="kv two">
                <dt>{t("pipeline.last_seen")}</dt>
                <dd><TimeText at=s.last_seen/></dd>
                <dt>{t("pipeline.first_seen")}</dt>
                <dd><TimeText at=s.first_seen style=TimeStyle::Short/></dd>
                {plain(t("pipeline.expected"), expected_text(&s))}
                {plain(t("pipeline.state_label"), t_of("pipeline.state_long", state))}
                {plain(t("pipeline.stored"), num(c.stored))}
                {plain(t("pipeline.bytes"), bytes(c.bytes))}
                {plain(t("pipeline.refused"), num(c.refused))}
                {plain(t("pipeline.repeated"), num(c.repeated))}
                <dt>{t("pipeline.last_event")}</dt>
                <dd>
                    {match s.last_event {
                        Some(at) => view! { <TimeText at style=TimeStyle::Absolute/> }.into_any(),
                        None => t("common.none").into_any(),
                    }}
                </dd>
            </dl>
        </section>
    }
}
