//! The toolbar's menus: time, severity and data set. They are made once; what changes in them follows the search.
use super::{
    choice::{Choice, Pick, range_label},
    query_bar::Rest,
    state::{Explore, PATH, Range, SPANS, Search},
};
use crate::{
    components::{Button, Menu, SeverityMark, menu},
    i18n::{lang, num, t, t_of},
};
use leptos::prelude::*;
use leptos_router::components::Form;
use model::{Micros, Problem, Severity, explore::TopValues};

pub type Datasets = Resource<Result<TopValues, Problem>>;

const TIME: &str = "events-time";
const SEVERITY: &str = "events-severity";
const DATASET: &str = "events-dataset";

/// As a `datetime-local` field has it.
fn field(at: Option<Micros>) -> String {
    at.map(|t| t.format("%Y-%m-%dT%H:%M:%S")).unwrap_or_default()
}

#[component]
pub fn TimeMenu(explore: Memo<Explore>, search: Memo<Search>, range: Memo<Range>) -> impl IntoView {
    let lang = lang();
    let label = move || {
        // the effect runs where no owner may be: the language was read above
        provide_context(lang);
        range_label(range.get())
    };
    let spans = SPANS
        .into_iter()
        .map(|(word, span)| {
            let pick = Pick::Range(Range::Last(word, span));
            view! { <Choice explore search pick menu=TIME>{t_of("events.last", word)}</Choice> }
        })
        .collect_view();
    view! {
        <Menu id=TIME label kind="small" icon="clock" plain=true>
            <div role="group" aria-label=t("events.time_range")>
                {spans}
                <Choice explore search pick=Pick::Range(Range::ALL) menu=TIME>{t("events.all_time")}</Choice>
            </div>
            <hr/>
            <Absolute search range/>
        </Menu>
    }
}

/// The form of a range with two ends.
#[component]
fn Absolute(search: Memo<Search>, range: Memo<Range>) -> impl IntoView {
    let from = move || field(range.get().bounds().0);
    let to = move || field(range.get().bounds().1);
    let rest = move || view! { <Rest search=search.get() without=&["from", "to", "last"]/> };
    view! {
        // the form stops its event: it is seen on the way down
        <div class="filtermenu" on:submit:capture=move |_| menu::chosen(TIME)>
            <Form method="get" action=PATH>
                <fieldset class="absolute">
                    <legend>{t("events.absolute")}</legend>
                    <label>
                        <span>{t("events.from")}</span>
                        <input class="input" type="datetime-local" step="1" name="from" value=untrack(from) prop:value=from/>
                    </label>
                    <label>
                        <span>{t("events.to")}</span>
                        <input class="input" type="datetime-local" step="1" name="to" value=untrack(to) prop:value=to/>
                    </label>
                    {rest}
                    <Button label=t("events.apply") kind="small"/>
                </fieldset>
            </Form>
        </div>
    }
}

#[component]
pub fn SeverityMenu(explore: Memo<Explore>, search: Memo<Search>) -> impl IntoView {
    let entries = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| {
            view! {
                <Choice explore search pick=Pick::Severity(severity) menu=SEVERITY>
                    <SeverityMark severity/>
                </Choice>
            }
        })
        .collect_view();
    view! {
        <Menu id=SEVERITY label=t("events.severity") kind="small">
            {entries}
        </Menu>
    }
}

#[component]
pub fn DatasetMenu(
    explore: Memo<Explore>,
    search: Memo<Search>,
    datasets: Datasets,
) -> impl IntoView {
    let entries = move || {
        let found = datasets.get()?.ok()?;
        let none = found.values.is_empty();
        let rows = found
            .values
            .into_iter()
            .map(|(name, n)| {
                view! {
                    <Choice explore search pick=Pick::Dataset(name.clone()) menu=DATASET>
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
        <Menu id=DATASET label=t("events.dataset") kind="small" icon="database">
            <Transition>{entries}</Transition>
        </Menu>
    }
}
