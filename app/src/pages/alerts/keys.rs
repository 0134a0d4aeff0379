//! The alert list by keyboard.
use super::{
    board::{Board, change_of},
    bulk::CLOSE_DIALOG,
    row::row_id,
};
use crate::{dom, url::Query};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;

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
        "a" => {
            if let Ok(change) = change_of("take", "", "") {
                board.change(targets(board, selected), "take", change, || ());
            }
        }
        "e" => ask_to_close(board),
        _ => return false,
    }
    true
}

/// Listens while the list is shown.
pub fn listen(board: Board, base: Memo<Query>, selected: Memo<Option<i64>>) {
    let navigate = use_navigate();
    let go = move |to: &str| {
        navigate(to, NavigateOptions { replace: true, scroll: false, ..Default::default() })
    };
    Effect::new(move |_| {
        let go = go.clone();
        dom::on_key(move |ev| {
            let key = ev.key();
            let at = selected.get_untracked();
            let used = match key.as_str() {
                "j" | "k" => {
                    let next = board.listed.with_untracked(|l| {
                        let here = l.iter().position(|a| Some(a.id) == at);
                        let next = match (here, key.as_str()) {
                            (None, _) => 0,
                            (Some(i), "j") => (i + 1).min(l.len().saturating_sub(1)),
                            (Some(i), _) => i.saturating_sub(1),
                        };
                        l.get(next).map(|a| a.id)
                    });
                    if let Some(id) = next {
                        go(&base.get_untracked().with("selected", &id.to_string()).href("/alerts"));
                        dom::focus(&row_id(id));
                        dom::scroll_into_view(&row_id(id));
                    }
                    true
                }
                "Enter" => {
                    let on_control = ev
                        .target()
                        .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
                        .is_some_and(|e| {
                            matches!(e.tag_name().as_str(), "A" | "BUTTON" | "SUMMARY")
                        });
                    match at.filter(|_| !on_control) {
                        Some(id) => {
                            go(&format!("/alerts/{id}"));
                            true
                        }
                        None => false,
                    }
                }
                "x" => {
                    if let Some(id) = at {
                        board.checked.update(|c| {
                            if !c.remove(&id) {
                                c.insert(id);
                            }
                        });
                    }
                    true
                }
                "/" => {
                    dom::focus("alert-search");
                    true
                }
                "Escape" => {
                    if board.checked.with_untracked(|c| !c.is_empty()) {
                        board.checked.update(|c| c.clear());
                    } else if let Some(id) = at {
                        go(&base.get_untracked().href("/alerts"));
                        dom::focus(&row_id(id));
                    }
                    true
                }
                key => act(key, board, at),
            };
            if used {
                ev.prevent_default();
            }
        });
    });
}
