//! The stored events behind an alert.
use crate::{
    components::{SeverityMark, TimeStyle, TimeText, Value},
    i18n::{num, t, t_with, tn},
    url::Query,
};
use leptos::prelude::*;
use model::{Micros, alert::Alert, explore::EventRow, fieldmap};

/// Events shown; the rest is a click away in the explorer.
const SHOWN: usize = 50;

/// The explorer with exactly these events. Their time is said too, so that it need not look through all that is stored.
fn in_explorer(events: &[EventRow]) -> String {
    let ids: Vec<String> = events.iter().map(|e| e.id.to_string()).collect();
    let written = |at: Option<Micros>| at.map(Micros::rfc3339).unwrap_or_default();
    let from = events.iter().map(|e| e.time).min();
    let to = events.iter().map(|e| e.time.plus(1)).max();
    Query::new()
        .with("query", &format!("{}:({})", fieldmap::ID, ids.join(" OR ")))
        .with("from", &written(from))
        .with("to", &written(to))
        .href("/events")
}

#[component]
pub fn Evidence(alert: Alert, events: Vec<EventRow>) -> impl IntoView {
    let stored = events.len();
    let shown = stored.min(SHOWN);
    let count = match alert.event_count {
        n if n > i64::try_from(shown).unwrap_or(i64::MAX) => t_with(
            "alerts.evidence_part",
            &[("shown", &num(i64::try_from(shown).unwrap_or(0))), ("n", &num(n))],
        ),
        n => tn("alerts.evidence_count", n),
    };
    let rest = (stored > shown).then(|| {
        let text = tn("alerts.evidence_all", i64::try_from(stored).unwrap_or(i64::MAX));
        view! {
            <p>
                <a class="link" href=in_explorer(&events)>{text}</a>
            </p>
        }
    });
    view! {
        <section class="sec">
            <h3>
                {t("alerts.evidence")}
                <span class="aside">{count}</span>
            </h3>
            {(stored == 0).then(|| view! { <p class="muted">{t("alerts.no_evidence")}</p> })}
            {events.into_iter().take(SHOWN).enumerate().map(|(i, event)| view! { <Event event first=i == 0/> }).collect_view()}
            {rest}
        </section>
    }
}

/// One event: a line, and its fields once it is opened. The first is open from the start.
#[component]
fn Event(event: EventRow, first: bool) -> impl IntoView {
    let open = RwSignal::new(first);
    let (id, at, severity) = (event.id, event.time, event.severity);
    let line =
        if event.message.is_empty() { event.event_type.clone() } else { event.message.clone() };
    let event = StoredValue::new(event);
    view! {
        <details open=first on:toggle=move |ev| open.set(event_target::<web_sys::HtmlDetailsElement>(&ev).open())>
            <summary class="evd">
                <TimeText at style=TimeStyle::Clock/>
                <SeverityMark severity bare=true/>
                <span class="cut" title=line.clone()>{line.clone()}</span>
            </summary>
            <p class="meta">
                <a href=format!("/events/{id}")>{t("alerts.open_event")}</a>
            </p>
            {move || open.get().then(|| event.with_value(|e| view! { <EventFields event=e.clone()/> }))}
        </details>
    }
}

#[component]
fn EventFields(event: EventRow) -> impl IntoView {
    let text = |v: &serde_json::Value| match v {
        serde_json::Value::String(s) => s.clone(),
        other => other.to_string(),
    };
    let fields = event
        .fields
        .iter()
        .map(|(name, v)| {
            view! {
                <dt class="mono">{name.clone()}</dt>
                <dd><Value field=name.clone() value=text(v)/></dd>
            }
        })
        .collect_view();
    view! {
        <dl class="kv">
            <dt class="mono">"event.dataset"</dt>
            <dd><Value field="event.dataset" value=event.dataset/></dd>
            {fields}
        </dl>
        <details>
            <summary>{t("alerts.raw_event")}</summary>
            <pre class="raw" tabindex="0">{event.raw}</pre>
        </details>
    }
}
