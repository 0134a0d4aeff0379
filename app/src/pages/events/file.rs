//! One event with all it holds: its fields, each a value with its menu, and the record as it was sent.
use super::{
    json::Record,
    state::{Range, Search},
};
use crate::{
    components::{SeverityMark, Tab, Tabs, Tag, TimeStyle, TimeText, Value},
    dom,
    i18n::{t, t_with},
};
use leptos::prelude::*;
use model::{explore::EventRow, fieldmap, time::MINUTE};
use serde_json::Value as Json;

/// "Around this time" looks this far in both directions.
const AROUND: i64 = 5 * MINUTE;

/// Longer values get a place of their own that scrolls.
const LONG: usize = 600;

/// What it is and where it happened.
pub fn title(row: &EventRow) -> String {
    let what = if row.event_type.is_empty() { &row.dataset } else { &row.event_type };
    match row.text("host.name").or_else(|| row.text("observer.name")).filter(|h| !h.is_empty()) {
        Some(host) => t_with("events.on_host", &[("what", what), ("host", &host)]),
        None => what.clone(),
    }
}

/// The attributes that every event has, under their names in queries. Empty ones are left out.
fn core(row: &EventRow) -> Vec<(&'static str, String)> {
    let mut all = vec![
        (fieldmap::ID, row.id.to_string()),
        (fieldmap::DATASET, row.dataset.clone()),
        (fieldmap::SOURCE, row.source.clone()),
        (fieldmap::TYPE, row.event_type.clone()),
        (fieldmap::CATEGORY, row.category.clone()),
        (fieldmap::SEVERITY, row.severity.to_string()),
        (fieldmap::MESSAGE, row.message.clone()),
    ];
    all.retain(|(_, v)| !v.is_empty());
    all
}

/// Each value that can be filtered for on its own. Objects stay whole.
fn values(value: &Json) -> Vec<String> {
    match value {
        Json::Null => Vec::new(),
        Json::String(s) => vec![s.clone()],
        Json::Array(list) => list.iter().flat_map(values).collect(),
        other => vec![other.to_string()],
    }
}

#[component]
fn Line(name: String, values: Vec<String>) -> impl IntoView {
    let long = values.iter().any(|v| v.len() > LONG);
    let none = values.is_empty();
    let shown = values
        .into_iter()
        .map(|value| {
            view! {
                <span class="one">
                    <Value field=name.clone() value/>
                </span>
            }
        })
        .collect_view();
    view! {
        <dt class="mono">{name.clone()}</dt>
        <dd class=if long { "long" } else { "" }>
            {shown}
            {none.then(|| t("common.none"))}
        </dd>
    }
}

/// The events of the same host (or of all) from five minutes before to five minutes after.
fn around(row: &EventRow) -> String {
    let (from, to) = (row.time.plus(-AROUND), row.time.plus(AROUND));
    let all = Search {
        query: String::new(),
        range: Range::Between(Some(from), Some(to)),
        severity: Vec::new(),
        dataset: Vec::new(),
    };
    match row.text("host.name").filter(|h| !h.is_empty()) {
        Some(host) => all.with_term("host.name", &host, false).href(),
        None => all.href(),
    }
}

/// Line under the title: how bad, when, from where.
#[component]
pub fn Facts(row: EventRow) -> impl IntoView {
    view! {
        <div class="row wrapping meta facts">
            <SeverityMark severity=row.severity/>
            <TimeText at=row.time style=TimeStyle::Absolute/>
            <Value field=fieldmap::DATASET value=row.dataset.clone()/>
            {row.sample.then(|| view! { <Tag text=t("events.sample")/> })}
            <a class="link" href=around(&row)>{t("events.around")}</a>
        </div>
    }
}

/// Two tabs, each with its address: the fields, and the record as it was sent.
#[component]
pub fn EventFile(row: EventRow, raw: bool, fields_href: String, raw_href: String) -> impl IntoView {
    let tabs = vec![
        Tab {
            label: t("events.fields"),
            href: fields_href,
            selected: !raw,
            count: i64::try_from(row.fields.len()).ok(),
        },
        Tab { label: t("events.as_sent"), href: raw_href, selected: raw, count: None },
    ];
    let body = if raw {
        let copied = row.raw.clone();
        view! {
            <div class="sec">
                <button type="button" class="btn small copy-raw" on:click=move |_| dom::copy(&copied)>
                    <crate::components::Icon name="copy" small=true/>
                    {t("value.copy")}
                </button>
                <Record raw=row.raw label=t("events.as_sent")/>
            </div>
        }
        .into_any()
    } else {
        let lines = core(&row)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), vec![value]))
            .chain(
                row.fields
                    .iter()
                    .filter(|(n, _)| !fieldmap::is_core(n))
                    .map(|(n, v)| (n.clone(), values(v))),
            )
            .map(|(name, values)| view! { <Line name values/> })
            .collect_view();
        view! {
            <div class="sec">
                <dl class="kv event-fields">
                    <dt class="mono">{fieldmap::TIME}</dt>
                    <dd class="mono"><Value field=fieldmap::TIME value=row.time.rfc3339()/></dd>
                    <dt class="mono">{fieldmap::RECEIVED}</dt>
                    <dd class="mono"><Value field=fieldmap::RECEIVED value=row.received_at.rfc3339()/></dd>
                    {lines}
                </dl>
            </div>
        }
        .into_any()
    };
    view! {
        <Tabs label=t("events.parts") tabs/>
        <div class="scroll" tabindex="0" role="region" aria-label=t("events.parts")>
            {body}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Micros, Severity};
    use serde_json::json;

    fn row(fields: &[(&str, Json)]) -> EventRow {
        EventRow {
            id: 9,
            time: Micros::parse("2026-11-21T10:02:07Z").unwrap(),
            received_at: Micros(0),
            dataset: "windows.sysmon".into(),
            source: String::new(),
            event_type: "process_access".into(),
            category: String::new(),
            severity: Severity::High,
            message: String::new(),
            fields: fields.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect(),
            raw: "{}".into(),
            sample: false,
        }
    }

    #[test]
    fn around_is_the_same_host_and_ten_minutes() {
        let href = around(&row(&[("host.name", json!("MXS\"02"))]));
        assert_eq!(
            href,
            "/events?query=host.name%3A%22MXS%5C%2202%22&from=2026-11-21T09%3A57%3A07.000000Z&to=2026-11-21T10%3A07%3A07.000000Z"
        );
        assert!(around(&row(&[])).starts_with("/events?from="));
    }

    #[test]
    fn every_value_of_a_list_stands_alone() {
        assert_eq!(values(&json!(["a", 5, null, ["b"], {"c": 1}])), ["a", "5", "b", "{\"c\":1}"]);
        assert_eq!(
            core(&row(&[])).iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            ["event.id", "event.dataset", "event.type", "event.severity"]
        );
    }
}
