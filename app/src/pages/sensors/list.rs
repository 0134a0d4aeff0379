use crate::{
    components::{
        pivot::{events_href, term},
        *,
    },
    context::may,
    i18n::{num, t, t_of},
    url::Query,
};
use leptos::prelude::*;
use model::{Permission, sensor::NetworkSensor};

/// Silent ones first, then late ones: what needs a person stands on top.
fn urgency(status: &str) -> u8 {
    match status {
        "offline" => 0,
        "degraded" => 1,
        _ => 2,
    }
}

#[component]
fn Row(sensor: NetworkSensor) -> impl IntoView {
    let glyph = match urgency(&sensor.status) {
        0 => "bad",
        1 => "warn",
        _ => "ok",
    };
    let events = events_href(&term("observer.name", &sensor.name));
    let errors = match sensor.error_count {
        0 => "0".into_any(),
        n if may(Permission::ReadDeadLetters) => {
            let href = Query::new().with("sensor", &sensor.name).href("/dead-letters");
            view! { <a class="link" href=href>{num(n)}</a> }.into_any()
        }
        n => num(n).into_any(),
    };
    let seen = match sensor.last_seen_at {
        Some(at) => view! { <TimeText at/> }.into_any(),
        None => view! { <span class="faint">{t("sensors.never")}</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="cut medium"><Value field="observer.name" value=sensor.name/></td>
            <td><Status glyph text=t_of("sensors.status", &sensor.status)/></td>
            <td class="cut muted" data-wide="">{t_of("sensors.kind", &sensor.kind)}</td>
            <td class="cut muted" data-wide="">{sensor.location.unwrap_or_else(|| t("common.unknown"))}</td>
            <td class="cut muted">{seen}</td>
            <td class="num" data-wide=""><a class="link" href=events>{num(sensor.event_count)}</a></td>
            <td class="num">{errors}</td>
        </tr>
    }
}

#[component]
pub(super) fn List(sensors: Vec<NetworkSensor>) -> impl IntoView {
    let mut sensors = sensors;
    sensors.sort_by_key(|s| (urgency(&s.status), s.name.to_lowercase()));
    let total = sensors.len() as i64;
    let rows = sensors.into_iter().map(|sensor| view! { <Row sensor/> }).collect_view();
    let head = || {
        view! {
            <th>{t("sensors.name")}</th>
            <th data-w="m">{t("sensors.state")}</th>
            <th data-w="s" data-wide="">{t("sensors.kind_label")}</th>
            <th data-w="l" data-wide="">{t("sensors.location")}</th>
            <th data-w="m">{t("sensors.seen")}</th>
            <th data-w="s" class="num" data-wide="">{t("sensors.events")}</th>
            <th data-w="s" class="num">{t("sensors.errors")}</th>
        }
    };
    view! {
        <Table label=t("sensors.title") kind="fit" head>
            {rows}
        </Table>
        <Pager shown=total total first=None next=None>{t("sensors.states")}</Pager>
    }
}
