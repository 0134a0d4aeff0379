//! Network sensors: who sends, when last heard, what was refused. Follows the push stream.
mod first;
mod list;

use crate::{
    components::*,
    dom,
    i18n::{t, tn},
    server_fns::sensors::fetch_sensors,
};
use first::FirstBatch;
use leptos::prelude::*;
use list::List;
use model::{live::Note, sensor::NetworkSensor, time::SECOND};

/// While events keep arriving, the table is refreshed at most this often, in microseconds.
const REFRESH: i64 = 10 * SECOND;

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
    let last = StoredValue::new(0);
    use_live(move |note| {
        let now = dom::now().0;
        let due = matches!(note, Note::Lagged)
            || (matches!(note, Note::Events { .. }) && now - last.get_value() >= REFRESH);
        if due {
            last.set_value(now);
            sensors.refetch();
        }
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
