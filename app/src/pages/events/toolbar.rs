//! Which events: time, severity and data set, each a menu of links, and a chip for each that is set.
use super::{
    choice::{Pick, range_label},
    menus::{DatasetMenu, Datasets, SeverityMenu, TimeMenu},
    state::{Explore, Range, Search},
};
use crate::{
    components::{Chip, Clock},
    i18n::{t, t_of},
    server_fns::events::fetch_top_values,
};
use leptos::prelude::*;

/// Data sets that the menu offers.
const DATASETS: u32 = 50;

/// Label, value, and what takes it away.
fn chosen(search: &Search) -> Vec<(String, String, Pick)> {
    let severity = search
        .severity
        .iter()
        .map(|s| (t("events.severity"), t_of("severity", s.as_str()), Pick::Severity(*s)));
    let dataset =
        search.dataset.iter().map(|d| (t("events.dataset"), d.clone(), Pick::Dataset(d.clone())));
    let range = (search.range != Range::ALL)
        .then(|| (t("events.time"), range_label(search.range), Pick::Range(Range::ALL)));
    severity.chain(dataset).chain(range).collect()
}

#[component]
pub fn Toolbar(explore: Memo<Explore>, search: Memo<Search>) -> impl IntoView {
    let clock = expect_context::<Clock>();
    let range = Memo::new(move |_| search.with(|s| s.range));
    let datasets: Datasets = Resource::new(
        move || range.get(),
        move |range| {
            let all =
                Search { query: String::new(), range, severity: Vec::new(), dataset: Vec::new() };
            fetch_top_values(
                all.event_query(clock.now.get_untracked()),
                model::fieldmap::DATASET.into(),
                DATASETS,
            )
        },
    );
    let chips = move || {
        search
            .with(chosen)
            .into_iter()
            .map(|(label, value, pick)| {
                view! { <Chip label value remove=move || pick.href(explore.get())/> }
            })
            .collect_view()
    };
    view! {
        <div class="filters">
            <TimeMenu explore search range/>
            <SeverityMenu explore search/>
            <DatasetMenu explore search datasets/>
            {chips}
        </div>
    }
}
