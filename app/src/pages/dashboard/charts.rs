//! Alerts and events over the last day, alerts by severity.
use crate::{
    components::{Category, Chart, Series},
    i18n::{t, t_of},
    url::Query,
};
use leptos::prelude::*;
use model::{Severity, explore::Bucket, time::HOUR};

/// Low to critical from the baseline; info is left out where there is none.
fn by_severity(counts: impl Fn(usize) -> Vec<i64>) -> Vec<Series> {
    let color = |s| match s {
        Severity::Info => "--chart-quiet",
        Severity::Low => "--sev-low-mark",
        Severity::Medium => "--sev-medium-mark",
        Severity::High => "--sev-high-mark",
        Severity::Critical => "--sev-critical-mark",
    };
    Severity::ALL
        .into_iter()
        .enumerate()
        .map(|(i, s)| Series {
            name: t_of("severity", s.as_str()),
            color: color(s),
            values: counts(i),
        })
        .filter(|s| s.values.iter().any(|v| *v > 0) || s.color != "--chart-quiet")
        .collect()
}

fn hours(buckets: &[Bucket], path: &str, from: &str, to: &str, status: &str) -> Vec<Category> {
    buckets
        .iter()
        .map(|b| {
            let q = Query::new()
                .with("status", status)
                .with(from, &b.start.rfc3339())
                .with(to, &b.start.plus(HOUR).rfc3339());
            Category { label: b.start.format("%H:%M"), href: Some(q.href(path)) }
        })
        .collect()
}

fn per_hour(title: String, categories: Vec<Category>, series: Vec<Series>) -> impl IntoView {
    view! {
        <section class="sec">
            <Chart
                title
                unit=t("dashboard.per_hour")
                categories
                series
                by=t("dashboard.hour")
            />
        </section>
    }
}

#[component]
pub fn AlertsPerHour(buckets: Vec<Bucket>) -> impl IntoView {
    let series = by_severity(|i| buckets.iter().map(|b| b.counts[i]).collect());
    let categories = hours(&buckets, "/alerts", "since", "until", "any");
    per_hour(t("dashboard.alerts_per_hour"), categories, series)
}

#[component]
pub fn EventsPerHour(buckets: Vec<Bucket>) -> impl IntoView {
    let values = buckets.iter().map(|b| b.counts.iter().sum()).collect();
    let series = vec![Series { name: t("dashboard.events_series"), color: "--chart-base", values }];
    let categories = hours(&buckets, "/events", "from", "to", "");
    per_hour(t("dashboard.events_per_hour"), categories, series)
}

#[component]
pub fn BySeverity(counts: [i64; 5]) -> impl IntoView {
    // alerts are low or worse: see `model::Severity`
    let shown: Vec<Severity> =
        Severity::ALL.into_iter().rev().filter(|s| *s != Severity::Info || counts[0] > 0).collect();
    let categories = shown
        .iter()
        .map(|s| Category {
            label: t_of("severity", s.as_str()),
            href: Some(Query::new().with("severity", s.as_str()).href("/alerts")),
        })
        .collect();
    let values = shown.iter().map(|s| counts[*s as usize]).collect();
    view! {
        <section class="sec">
            <Chart
                title=t("dashboard.by_severity")
                unit=t("dashboard.alerts")
                categories
                series=vec![Series { name: t("nav.alerts"), color: "--chart-base", values }]
                by=t("dashboard.severity")
            />
        </section>
    }
}
