//! Which events: time, severity and data set, each a menu of links, and a chip for each that is set.
use super::{
    query_bar::Rest,
    state::{Explore, PATH, Range, SPANS, Search},
};
use crate::{
    components::{Button, Chip, Clock, Icon, Menu},
    i18n::{absolute, num, t, t_of},
    server_fns::events::fetch_top_values,
};
use leptos::prelude::*;
use leptos_router::components::Form;
use model::{Micros, Problem, Severity, explore::TopValues};

/// Data sets that the menu offers.
const DATASETS: u32 = 50;

fn range_label(range: Range) -> String {
    match range {
        Range::ALL => t("events.all_time"),
        Range::Last(word, _) => t_of("events.last", word),
        Range::Between(from, to) => {
            let write = |at: Option<Micros>| at.map_or_else(|| "…".into(), |t| absolute(t, 0));
            format!("{} – {}", write(from).trim_end_matches(" UTC"), write(to))
        }
    }
}

/// A menu's entry that is one of several choices.
#[component]
fn Choice(
    href: String,
    checked: bool,
    #[prop(optional)] many: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            role=if many { "menuitemcheckbox" } else { "menuitemradio" }
            aria-checked=if checked { "true" } else { "false" }
            href=href
        >
            <span class="tick">{checked.then(|| view! { <Icon name="check" small=true/> })}</span>
            {children()}
        </a>
    }
}

#[component]
fn TimeMenu(explore: Explore) -> impl IntoView {
    let search = explore.search.clone();
    let asked = search.clone();
    let go = move |range| explore.clone().searching(asked.clone().with_range(range)).href();
    let spans = SPANS
        .into_iter()
        .map(|(word, span)| {
            let range = Range::Last(word, span);
            view! { <Choice href=go(range) checked=search.range == range>{t_of("events.last", word)}</Choice> }
        })
        .collect_view();
    let (from, to) = match search.range {
        Range::Between(from, to) => (from, to),
        Range::Last(..) => (None, None),
    };
    let field = |at: Option<Micros>| at.map(|t| t.format("%Y-%m-%dT%H:%M:%S")).unwrap_or_default();
    view! {
        <Menu id="events-time" label=range_label(search.range) kind="small" icon="clock" plain=true>
            <div role="group" aria-label=t("events.time_range")>
                {spans}
                <Choice href=go(Range::ALL) checked=search.range == Range::ALL>{t("events.all_time")}</Choice>
            </div>
            <hr/>
            <div class="filtermenu">
                <Form method="get" action=PATH>
                    <fieldset class="absolute">
                        <legend>{t("events.absolute")}</legend>
                        <label>
                            <span>{t("events.from")}</span>
                            <input class="input" type="datetime-local" step="1" name="from" value=field(from)/>
                        </label>
                        <label>
                            <span>{t("events.to")}</span>
                            <input class="input" type="datetime-local" step="1" name="to" value=field(to)/>
                        </label>
                        <Rest search without=&["from", "to", "last"]/>
                        <Button label=t("events.apply") kind="small"/>
                    </fieldset>
                </Form>
            </div>
        </Menu>
    }
}

#[component]
fn SeverityMenu(explore: Explore) -> impl IntoView {
    let entries = Severity::ALL
        .into_iter()
        .rev()
        .map(|s| {
            let search = explore.search.clone();
            let checked = search.severity.contains(&s);
            let href = explore.clone().searching(search.toggle_severity(s)).href();
            view! {
                <Choice href checked many=true>
                    <crate::components::SeverityMark severity=s/>
                </Choice>
            }
        })
        .collect_view();
    view! {
        <Menu id="events-severity" label=t("events.severity") kind="small">
            {entries}
        </Menu>
    }
}

type Datasets = Resource<Result<TopValues, Problem>>;

#[component]
fn DatasetMenu(explore: Explore, datasets: Datasets) -> impl IntoView {
    let entries = move || {
        let found = datasets.get()?.ok()?;
        let none = found.values.is_empty();
        let rows = found
            .values
            .into_iter()
            .map(|(name, n)| {
                let search = explore.search.clone();
                let checked = search.dataset.contains(&name);
                let href = explore.clone().searching(search.toggle_dataset(&name)).href();
                view! {
                    <Choice href checked many=true>
                        <span class="mono">{name}</span>
                        <span class="meta">{num(n)}</span>
                    </Choice>
                }
            })
            .collect_view();
        Some(view! {
            {none.then(|| view! { <div class="mh">{t("events.no_datasets")}</div> })}
            {rows}
        })
    };
    view! {
        <Menu id="events-dataset" label=t("events.dataset") kind="small" icon="database">
            <Transition>{entries}</Transition>
        </Menu>
    }
}

#[component]
pub fn Toolbar(explore: Memo<Explore>) -> impl IntoView {
    let clock = expect_context::<Clock>();
    let range = Memo::new(move |_| explore.with(|e| e.search.range));
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
    let chips = |e: &Explore| {
        let severity = e.search.severity.iter().map(|s| {
            let remove = e.clone().searching(e.search.clone().toggle_severity(*s)).href();
            view! { <Chip label=t("events.severity") value=t_of("severity", s.as_str()) remove/> }
                .into_any()
        });
        let dataset = e.search.dataset.iter().map(|d| {
            let remove = e.clone().searching(e.search.clone().toggle_dataset(d)).href();
            view! { <Chip label=t("events.dataset") value=d.clone() remove/> }.into_any()
        });
        let range = (e.search.range != Range::ALL).then(|| {
            let remove = e.clone().searching(e.search.clone().with_range(Range::ALL)).href();
            view! { <Chip label=t("events.time") value=range_label(e.search.range) remove/> }
                .into_any()
        });
        severity.chain(dataset).chain(range).collect_view()
    };
    let body = move || {
        let e = explore.get();
        view! {
            <TimeMenu explore=e.clone()/>
            <SeverityMenu explore=e.clone()/>
            <DatasetMenu explore=e.clone() datasets/>
            {chips(&e)}
        }
    };
    view! { <div class="filters">{body}</div> }
}
