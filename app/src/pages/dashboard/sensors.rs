use crate::{
    components::{Status, TimeText},
    i18n::{num, t, t_of},
    url::Query,
};
use leptos::prelude::*;
use model::sensor::NetworkSensor;

/// Who sends, and who went silent.
#[component]
pub fn Sensors(sensors: Vec<NetworkSensor>) -> impl IntoView {
    let none = sensors.is_empty();
    let rows = sensors
        .into_iter()
        .map(|s| {
            let glyph = match s.status.as_str() {
                "healthy" => "ok",
                "degraded" => "warn",
                _ => "bad",
            };
            let events = Query::new()
                .with("query", &crate::components::pivot::term("observer.name", &s.name))
                .href("/events");
            let seen = match s.last_seen_at {
                Some(at) => view! { <TimeText at/> }.into_any(),
                None => t("dashboard.never").into_any(),
            };
            view! {
                <tr>
                    <td class="cut mono"><a href="/sensors">{s.name}</a></td>
                    <td><Status glyph text=t_of("dashboard.sensor_status", &s.status)/></td>
                    <td class="num">{seen}</td>
                    <td class="num"><a class="link" href=events>{num(s.event_count)}</a></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="sec">
            <h2>
                {t("dashboard.sensors")}
                <a class="aside link" href="/sensors">{t("dashboard.all_sensors")}</a>
            </h2>
            {none.then(|| view! { <p class="muted">{t("dashboard.no_sensors")}</p> })}
            {(!none)
                .then(|| {
                    view! {
                        <table class="tbl tight flush">
                            <thead>
                                <tr>
                                    <th>{t("dashboard.sensor")}</th>
                                    <th>{t("dashboard.sensor_state")}</th>
                                    <th class="num">{t("dashboard.sensor_seen")}</th>
                                    <th class="num">{t("dashboard.sensor_events")}</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    }
                })}
        </section>
    }
}
