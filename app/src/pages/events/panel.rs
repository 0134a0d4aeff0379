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
            if let Some(id) = neighbour(&ids(lines.get_untracked()), e.event, step) {
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

#[component]
pub fn Panel(explore: Memo<Explore>, lines: Lines, event: Chosen) -> impl IntoView {
    let chosen = Memo::new(move |_| explore.with(|e| e.event));
    let raw = Memo::new(move |_| explore.with(|e| e.raw));
    let step = move |by: isize, icon: &'static str, label: String| {
        let to = neighbour(&ids(lines.get()), chosen.get(), by);
        to.map(|id| {
            let href = explore.get().with_event(Some(id)).href();
            view! {
                <a class="btn quiet icon small" href=href aria-label=label.clone() title=label>
                    <Icon name=icon small=true/>
                </a>
            }
        })
    };
    let body = move || {
        event.get().flatten().map(|found| match found {
            Err(problem) => view! { <ProblemView problem/> }.into_any(),
            Ok(row) => {
                let id = row.id;
                let head = row.clone();
                // switching tabs renders the file again, not the head
                let file = move || {
                    let e = explore.get_untracked();
                    let (fields_href, raw_href) = (e.clone().with_raw(false).href(), e.with_raw(true).href());
                    view! { <EventFile row=row.clone() raw=raw.get() fields_href raw_href/> }
                };
                view! {
                    <div class="phead">
                        <div class="row">
                            <h2 class="cut grow">
                                <a href=format!("/events/{id}") title=t("events.permalink")>{title(&head)}</a>
                            </h2>
                            <span class="row ctl">
                                {move || step(-1, "chevron-up", t("events.previous"))}
                                {move || step(1, "chevron-down", t("events.following"))}
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
