//! The events explorer: ask, see when it happened, narrow, read. Its state is its address; every control is a link or a form.
mod choice;
mod detail;
mod export;
mod fields;
mod file;
mod histogram;
mod json;
mod list;
mod menus;
mod panel;
mod query_bar;
mod state;
mod toolbar;
mod when;

pub use detail::EventDetail;

use crate::{
    components::{Clock, Icon, Menu, Toasts, menu, problem_text, use_live, use_page_filter},
    i18n::{duration, num, t, t_with, tn},
    server_fns::events::{
        EventLines, fetch_event, fetch_event_lines, fetch_events, fetch_histogram,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Problem, explore::Histogram as Counts, live::Note as LiveNote};
use state::Explore;

/// Events of a page.
const PAGE: i64 = 100;

type Lines = Resource<Result<EventLines, Problem>>;
type Histogram = Resource<Result<Counts, Problem>>;

#[component]
pub fn Events() -> impl IntoView {
    let params = use_query_map();
    let clock = expect_context::<Clock>();
    let explore = Memo::new(move |_| params.with(Explore::of));
    // what the list depends on, and what the histogram does: choosing a row asks for neither again
    let page = Memo::new(move |_| explore.with(|e| (e.search.clone(), e.cursor.clone())));
    let search = Memo::new(move |_| explore.with(|e| e.search.clone()));
    let lines: Lines = Resource::new(
        move || page.get(),
        move |(search, cursor)| {
            let query = search.event_query(clock.now.get_untracked());
            fetch_event_lines(model::explore::EventQuery { limit: PAGE, cursor, ..query })
        },
    );
    let counts: Histogram = Resource::new(
        move || search.get(),
        move |search| {
            fetch_histogram(search.event_query(clock.now.get_untracked()), histogram::BUCKETS)
        },
    );
    use_page_filter(move |(field, value, exclude)| {
        let e = explore.get_untracked();
        let narrower = e.search.clone().with_term(&field, &value, exclude);
        Some(e.searching(narrower).href())
    });
    panel::listen(explore, lines);
    let chosen = Memo::new(move |_| explore.with(|e| e.event));
    let place = Memo::new(move |_| explore.get().with_event(None));
    // made here, not in the panel: resources are numbered in the order in which they are made, and what is made while the page
    // renders gets another number on the server than in the browser, which then misses what the server sent
    let event: panel::Chosen =
        Resource::new(move || chosen.get(), |id| async move { Some(fetch_event(id?).await) });
    view! {
        <Title text=t("events.title")/>
        <h1 class="sr">{t("events.title")}</h1>
        <query_bar::QueryBar explore/>
        <query_bar::QueryError explore lines/>
        <div class="tools explore-tools">
            <toolbar::Toolbar explore search/>
            <Summary lines counts/>
            <button type="button" class="btn quiet small narrow-only" popovertarget=fields::FIELDS>
                <Icon name="panel-left" small=true/>
                {t("events.fields")}
            </button>
            <Export explore/>
        </div>
        <histogram::Histogram explore counts/>
        <div class="split explore" data-view=move || chosen.get().map(|_| "detail")>
            <fields::Fields explore/>
            <div class="pane">
                <Fresh explore lines counts/>
                <list::List explore lines counts/>
            </div>
            {move || chosen.get().is_some().then(|| view! { <panel::Panel explore lines event place/> })}
        </div>
    }
}

/// How many, how fast, how wide a bar is.
#[component]
fn Summary(lines: Lines, counts: Histogram) -> impl IntoView {
    let text = move || {
        let found = lines.get()?.ok()?;
        let counts = counts.get().and_then(Result::ok);
        let total = found.total.or(counts.as_ref().map(|c| c.total))?;
        let width = counts
            .filter(|c| !c.buckets.is_empty())
            .map(|c| t_with("events.bar", &[("width", &duration(c.interval))]));
        Some(view! {
            <b>{tn("events.n_events", total)}</b>
            <span class="wide-only">{t_with("events.took", &[("ms", &num(found.took_ms))])}</span>
            <span class="wide-only">{width}</span>
        })
    };
    view! {
        <span class="end row meta summary" role="status">
            <Transition>{text}</Transition>
        </span>
    }
}

/// "12 events arrived": rows never move by themselves, a press asks again.
#[component]
fn Fresh(explore: Memo<Explore>, lines: Lines, counts: Histogram) -> impl IntoView {
    let arrived = RwSignal::new(0_i64);
    let missed = RwSignal::new(false);
    let here = Memo::new(move |_| explore.with(|e| (e.search.clone(), e.cursor.clone())));
    use_live(move |note| match note {
        LiveNote::Events { count } => arrived.update(|n| *n += count),
        LiveNote::Lagged => missed.set(true),
        _ => {}
    });
    Effect::new(move |_| {
        here.track();
        arrived.set(0);
        missed.set(false);
    });
    let shown = move || {
        let (n, unknown) = (arrived.get(), missed.get());
        // neither a closed range nor a later page can show them
        let open = here.with(|(search, cursor)| search.range.is_open() && cursor.is_none());
        (open && (n > 0 || unknown)).then(|| {
            let text = if unknown { t("events.some_arrived") } else { tn("events.arrived", n) };
            view! {
                <button
                    type="button"
                    class="btn newpill"
                    on:click=move |_| {
                        arrived.set(0);
                        missed.set(false);
                        lines.refetch();
                        counts.refetch();
                    }
                >
                    {text}
                    " ↑"
                </button>
            }
        })
    };
    view! { <div role="status">{shown}</div> }
}

/// Id of the menu below.
const EXPORT: &str = "events-export";

/// The rows of this page as a file. Appears when the page is alive: only a script can make a file of them.
#[component]
fn Export(explore: Memo<Explore>) -> impl IntoView {
    let clock = expect_context::<Clock>();
    let toasts = expect_context::<Toasts>();
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let save = move |format| {
        menu::chosen(EXPORT);
        let e = explore.get_untracked();
        let query = e.search.event_query(clock.now.get_untracked());
        spawn_local(async move {
            match fetch_events(model::explore::EventQuery {
                limit: PAGE,
                cursor: e.cursor,
                ..query
            })
            .await
            {
                Ok(page) => {
                    let (text, name) = export::file(&page.events, format);
                    export::save(&text, name);
                }
                Err(problem) => {
                    let (title, detail) = problem_text(&problem);
                    toasts.say(format!("{title}: {detail}"));
                }
            }
        });
    };
    move || {
        alive.get().then(|| {
            view! {
                <Menu id=EXPORT label=t("events.export") kind="quiet small">
                    <button type="button" role="menuitem" on:click=move |_| save(export::Format::Json)>"JSON"</button>
                    <button type="button" role="menuitem" on:click=move |_| save(export::Format::Csv)>"CSV"</button>
                </Menu>
            }
        })
    }
}
