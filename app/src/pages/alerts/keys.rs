//! The alert list by keyboard.
use super::{board::Board, bulk::CLOSE_DIALOG, row::row_id};
use crate::{dom, url::Query};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// Element ids of the open alert's controls, pressed by keys.
pub const CLOSE_BUTTON: &str = "close-alert-button";
pub const CONCLUSION: &str = "conclusion";

/// What a key applies to: the checked rows, else the open alert.
fn targets(board: Board, selected: Option<i64>) -> Vec<i64> {
    let checked: Vec<i64> = board.checked.with_untracked(|c| c.iter().copied().collect());
    if checked.is_empty() { selected.into_iter().collect() } else { checked }
}

/// Opens the form that asks for a conclusion.
pub fn ask_to_close(board: Board) {
    if board.checked.with_untracked(|c| c.is_empty()) {
        if let Some(button) = dom::element(CLOSE_BUTTON) {
            button.click();
            request_animation_frame(|| dom::focus(CONCLUSION));
        }
    } else {
        dom::show_modal(CLOSE_DIALOG);
    }
}

/// `a` and `e`, for the list and the page of one alert.
pub fn act(key: &str, board: Board, selected: Option<i64>) -> bool {
    match key {
        "a" => board.take(targets(board, selected), || ()),
        "e" => ask_to_close(board),
        _ => return false,
    }
    true
}

/// The row that `j` or `k` leads to.
fn step(rows: &[i64], at: Option<i64>, down: bool) -> Option<i64> {
    let next = match rows.iter().position(|id| Some(*id) == at) {
        None => 0,
        Some(i) if down => (i + 1).min(rows.len() - 1),
        Some(i) => i.saturating_sub(1),
    };
    rows.get(next).copied()
}

/// Checks the open alert's row, or takes the check away.
fn toggle(board: Board, at: Option<i64>) {
    let Some(id) = at.filter(|id| board.rows().contains(id)) else { return };
    board.checked.update(|c| {
        if !c.remove(&id) {
            c.insert(id);
        }
    });
}

/// Whether the key is for the link or button that has the focus.
fn on_control(ev: &KeyboardEvent) -> bool {
    let target = ev.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|e| matches!(e.tag_name().as_str(), "A" | "BUTTON" | "SUMMARY"))
}

/// Moving through the list leaves no trace in the history; opening an alert's own page does, so that Back leads here.
fn moving() -> NavigateOptions {
    NavigateOptions { replace: true, scroll: false, ..Default::default() }
}

/// Listens while the list is shown.
pub fn listen(board: Board, base: Memo<Query>, selected: Memo<Option<i64>>) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        dom::on_key(move |ev| {
            let (here, at) = (base.get_untracked(), selected.get_untracked());
            if pressed(&ev, board, here, at, &navigate) {
                ev.prevent_default();
            }
        });
    });
}

/// Whether the key means something here. `here`: the address without the open alert, `at`.
fn pressed(
    ev: &KeyboardEvent,
    board: Board,
    here: Query,
    at: Option<i64>,
    navigate: &impl Fn(&str, NavigateOptions),
) -> bool {
    match ev.key().as_str() {
        key @ ("j" | "k") => {
            if let Some(id) = step(&board.rows(), at, key == "j") {
                navigate(&here.with("selected", &id.to_string()).href("/alerts"), moving());
                dom::focus(&row_id(id));
                dom::scroll_into_view(&row_id(id));
            }
        }
        "Enter" => match at.filter(|_| !on_control(ev)) {
            Some(id) => navigate(&format!("/alerts/{id}"), NavigateOptions::default()),
            None => return false,
        },
        "x" => toggle(board, at),
        "/" => dom::focus("alert-search"),
        "Escape" => {
            if board.checked.with_untracked(|c| !c.is_empty()) {
                board.checked.update(|c| c.clear());
            } else if let Some(id) = at {
                navigate(&here.href("/alerts"), moving());
                dom::focus(&row_id(id));
            }
        }
        key => return act(key, board, at),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn moving_stops_at_both_ends() {
        let rows = [30, 20, 10];
        assert_eq!(step(&rows, None, true), Some(30));
        assert_eq!(step(&rows, Some(30), true), Some(20));
        assert_eq!(step(&rows, Some(10), true), Some(10));
        assert_eq!(step(&rows, Some(30), false), Some(30));
        assert_eq!(step(&rows, Some(99), false), Some(30));
        assert_eq!(step(&[], Some(30), true), None);
    }
}
