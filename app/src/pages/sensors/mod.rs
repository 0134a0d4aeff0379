//! Network sensors: who sends, when last heard, what was refused. Follows the push stream, and the clock: silence sends no note.
mod first;
mod list;

use crate::{
    components::*,
    i18n::{t, tn},
    server_fns::sensors::fetch_sensors,
};
use first::FirstBatch;
use leptos::prelude::*;
use list::List;
use model::{live::Note, sensor::NetworkSensor};
use std::time::Duration;

/// While events keep arriving, the table is refreshed at most this often.
const REFRESH: Duration = Duration::from_secs(10);

/// How many there are, and how many are silent.
#[component]
fn Count(sensors: Vec<NetworkSensor>) -> impl IntoView {
    let silent = sensors.iter().filter(|s| s.status == "offline").count() as i64;
    view! {
        {tn("sensors.count", sensors.len() as i64)}
        {(silent > 0).then(|| view! { " · " <span class="bad">{tn("sensors.silent", silent)}</span> })}
    }
}

#[component]
pub fn Sensors() -> impl IntoView {
    let sensors = Resource::new(|| (), |()| fetch_sensors());
    let refresh = use_refresh(move || sensors.refetch());
    use_live(move |note| match note {
        Note::Lagged => refresh.now(),
        Note::Events { .. } => refresh.at_most_every(REFRESH),
        _ => {}
    });
    let count = move || {
        sensors
            .get()
            .and_then(Result::ok)
            .filter(|s| !s.is_empty())
            .map(|sensors| view! { <Count sensors/> })
    };
    let list = move || {
        sensors.get().map(|answer| match answer {
            Ok(sensors) if sensors.is_empty() => view! { <FirstBatch/> }.into_any(),
            Ok(sensors) => view! { <List sensors/> }.into_any(),
            Err(problem) => {
                view! { <ProblemView problem retry=Callback::new(move |()| sensors.refetch())/> }
                    .into_any()
            }
        })
    };
    view! {
        <PageHead title=t("sensors.title") sub=move || view! { <Transition>{count}</Transition> }/>
        <div class="pane fill">
            <Transition fallback=|| view! { <Skeleton/> }>{list}</Transition>
        </div>
    }
}
