//! The side panel: the chosen event beside the list. Before the page is alive each of its controls is a link.
use super::{
    file::{EventFile, Facts, title},
    list::row_id,
    state::Explore,
};
use crate::{
    components::{Icon, ProblemView, Skeleton},
    dom,
    i18n::t,
    server_fns::events::EventLines,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{Problem, explore::EventRow};

type Lines = Resource<Result<EventLines, Problem>>;
/// The chosen event; `None` while none is.
pub type Chosen = Resource<Option<Result<EventRow, Problem>>>;

/// The event so many rows below (or above) the chosen one; the first when none is chosen. Call it where reading is allowed.
fn neighbour(ids: &[i64], chosen: Option<i64>, step: isize) -> Option<i64> {
    let Some(chosen) = chosen else { return ids.first().copied() };
    let at = ids.iter().position(|id| *id == chosen)?;
    ids.get(at.checked_add_signed(step)?).copied()
}

fn ids(lines: Option<Result<EventLines, Problem>>) -> Vec<i64> {
    lines.and_then(Result::ok).map(|l| l.lines.iter().map(|l| l.id).collect()).unwrap_or_default()
}

/// `j k` move, `Enter` opens the event's own page, `Esc` closes the panel, `/` goes to the query.
pub fn listen(explore: Memo<Explore>, lines: Lines) {
    let navigate = use_navigate();
    // a handler may not read what is still loading: it reads what the list had last
    let listed = RwSignal::new(Vec::new());
    Effect::new(move |_| listed.set(ids(lines.get())));
    Effect::new(move |_| {
        let navigate = navigate.clone();
        dom::on_key(move |ev| {
            let e = explore.get_untracked();
            let options = NavigateOptions { scroll: false, replace: true, ..Default::default() };
            let step = match ev.key().as_str() {
                "j" => 1,
                "k" => -1,
                "Enter" if !dom_is_control(&ev) => {
                    if let Some(id) = e.event {
                        navigate(&format!("/events/{id}"), NavigateOptions::default());
                    }
                    return;
                }
                "Escape" if e.event.is_some() => {
                    navigate(&e.with_event(None).href(), options);
                    return;
                }
                "/" => {
                    ev.prevent_default();
                    dom::focus(super::query_bar::QUERY);
                    return;
                }
                _ => return,
            };
            if let Some(id) = listed.with_untracked(|ids| neighbour(ids, e.event, step)) {
                ev.prevent_default();
                navigate(&e.with_event(Some(id)).href(), options);
                dom::scroll_into_view(&row_id(id));
            }
        });
    });
}

/// Whether the key belongs to a link or a button that has the focus.
fn dom_is_control(ev: &web_sys::KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast;
    let target = ev.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|e| e.closest("a, button, summary").ok().flatten().is_some())
}

/// `place`: the address without the event. Everything reactive in here belongs to the page: when the panel closes, what it rendered
/// may be asked once more before it goes, and would find its own signals gone.
#[component]
pub fn Panel(
    explore: Memo<Explore>,
    lines: Lines,
    event: Chosen,
    place: Memo<Explore>,
) -> impl IntoView {
    let step = move |to: Option<i64>, icon: &'static str, label: String| {
        to.map(|id| {
            let href = move || explore.get().with_event(Some(id)).href();
            view! {
                <a class="btn quiet icon small" href=href aria-label=label.clone() title=label>
                    <Icon name=icon small=true/>
                </a>
            }
        })
    };
    let body = move || {
        let beside = ids(lines.get());
        event.get().flatten().map(|found| match found {
            Err(problem) => view! { <ProblemView problem/> }.into_any(),
            Ok(row) => {
                let id = row.id;
                let head = row.clone();
                let (previous, following) = (neighbour(&beside, Some(id), -1), neighbour(&beside, Some(id), 1));
                // switching tabs renders the file again, not the head
                let file = move || {
                    let e = place.try_get()?.with_event(Some(id));
                    // closing changes the address before it takes this away
                    explore.try_with_untracked(|e| e.event)??;
                    let raw = e.raw;
                    let (fields_href, raw_href) = (e.clone().with_raw(false).href(), e.with_raw(true).href());
                    Some(view! { <EventFile row=row.clone() raw fields_href raw_href/> })
                };
                view! {
                    <div class="phead">
                        <div class="row">
                            <h2 class="cut grow">
                                <a href=format!("/events/{id}") title=t("events.permalink")>{title(&head)}</a>
                            </h2>
                            <span class="row ctl">
                                {step(previous, "chevron-up", t("events.previous"))}
                                {step(following, "chevron-down", t("events.following"))}
                                <a
                                    class="btn quiet icon small"
                                    href=move || explore.get().with_event(None).href()
                                    aria-label=t("events.close")
                                    title=t("events.close")
                                >
                                    <Icon name="x" small=true/>
                                </a>
                            </span>
                        </div>
                        <Facts row=head/>
                    </div>
                    {file}
                }
                .into_any()
            }
        })
    };
    view! {
        <aside class="panel" aria-label=t("events.event")>
            <Transition fallback=|| view! { <Skeleton/> }>{body}</Transition>
        </aside>
    }
}

#[cfg(test)]
mod tests {
    use super::neighbour;

    #[test]
    fn moving_stops_at_both_ends() {
        let ids = [30, 20, 10];
        assert_eq!(neighbour(&ids, None, 1), Some(30));
        assert_eq!(neighbour(&ids, Some(30), 1), Some(20));
        assert_eq!(neighbour(&ids, Some(30), -1), None);
        assert_eq!(neighbour(&ids, Some(10), 1), None);
        assert_eq!(neighbour(&ids, Some(99), 1), None);
        assert_eq!(neighbour(&[], None, 1), None);
    }
}
