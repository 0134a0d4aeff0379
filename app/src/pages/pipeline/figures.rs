//! What the whole installation is at: backlog, lag, journal, disk, lake. What is not known is said to be unknown, never zero.
use super::usage::{Usage, percent, tone};
use crate::{
    components::TimeText,
    i18n::{bytes, duration, num, t, t_with, tn},
};
use leptos::prelude::*;
use model::pipeline::{
    PipelineBacklog, PipelineEngine, PipelineJournal, PipelineLag, PipelineView,
};
use model::retention::DiskRoom;

/// 12 ms, 0.3 s, 7 min; unknown when nothing came since the start.
fn late(ms: Option<i64>) -> String {
    match ms {
        None => t("common.unknown"),
        Some(ms @ ..1000) => format!("{} ms", num(ms)),
        Some(ms) => duration(ms * 1000),
    }
}

/// A minute is more than any step takes while all that it needs answers; ten seconds are more than people expect.
fn late_tone(ms: Option<i64>) -> &'static str {
    match ms {
        Some(60_000..) => "bad",
        Some(10_000..) => "warn",
        _ => "",
    }
}

#[component]
fn Stat(
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    #[prop(optional)] tone: &'static str,
    /// What stands below.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="stat">
            <span class="meta">{label}</span>
            <b class=tone>{value}</b>
            {children()}
        </div>
    }
}

#[component]
fn Backlog(backlog: PipelineBacklog) -> impl IntoView {
    let b = backlog;
    let what = t_with("pipeline.backlog_sub", &[("n", &num(b.events)), ("bytes", &bytes(b.bytes))]);
    view! {
        <Stat label=t("pipeline.backlog") value=tn("pipeline.blocks", b.blocks)>
            <span class="meta">
                {what}
                {b.oldest_at.map(|at| view! { " · " <TimeText at/> })}
            </span>
        </Stat>
    }
}

#[component]
fn Lags(lag: PipelineLag) -> impl IntoView {
    let index = match late_tone(lag.index_ms) {
        "bad" => t("pipeline.index_waits"),
        _ => t("pipeline.index_lag_sub"),
    };
    let detect = match late_tone(lag.detect_ms) {
        "bad" => t("pipeline.detect_waits"),
        _ => t("pipeline.detect_lag_sub"),
    };
    view! {
        <Stat label=t("pipeline.index_lag") value=late(lag.index_ms) tone=late_tone(lag.index_ms)>
            <span class="meta">{index}</span>
        </Stat>
        <Stat label=t("pipeline.detect_lag") value=late(lag.detect_ms) tone=late_tone(lag.detect_ms)>
            <span class="meta">{detect}</span>
        </Stat>
    }
}

#[component]
fn Journal(journal: PipelineJournal) -> impl IntoView {
    let used = percent(journal.bytes, journal.quota);
    let of = t_with("pipeline.journal_sub", &[("n", &num(used)), ("quota", &bytes(journal.quota))]);
    view! {
        <Stat label=t("pipeline.journal") value=bytes(journal.bytes) tone=tone(used)>
            <span class="meta">{of}</span>
            <Usage percent=used/>
        </Stat>
    }
}

#[component]
fn Disk(disk: Option<DiskRoom>) -> impl IntoView {
    match disk {
        Some(d) => {
            let used = percent(d.total - d.free, d.total);
            let of = t_with("pipeline.disk_sub", &[("n", &num(used)), ("total", &bytes(d.total))]);
            view! {
                <Stat label=t("pipeline.disk") value=bytes(d.free) tone=tone(used)>
                    <span class="meta">{of}</span>
                    <Usage percent=used/>
                </Stat>
            }
            .into_any()
        }
        None => view! {
            <Stat label=t("pipeline.disk") value=t("common.unknown")>
                <span class="meta">{t("pipeline.disk_unknown")}</span>
            </Stat>
        }
        .into_any(),
    }
}

#[component]
fn Lake(engine: PipelineEngine) -> impl IntoView {
    let quarantined = (engine.quarantined > 0)
        .then(|| view! { " · " <span class="bad">{tn("pipeline.quarantined", engine.quarantined)}</span> });
    view! {
        <Stat label=t("pipeline.lake") value=bytes(engine.bytes)>
            <span class="meta">{tn("pipeline.parts", engine.parts)} {quarantined}</span>
        </Stat>
    }
}

/// What the whole installation is at.
#[component]
pub(super) fn Figures(shown: PipelineView) -> impl IntoView {
    view! {
        <div class="strip">
            <Backlog backlog=shown.backlog/>
            <Lags lag=shown.lag/>
            <Journal journal=shown.journal/>
            <Disk disk=shown.disk/>
            <Lake engine=shown.engine/>
        </div>
    }
}
