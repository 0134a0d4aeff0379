//! The list by keyboard: `j` and `k` move, `Enter` opens the rule's page, `/` searches, `n` writes a new one.
use crate::{dom, url::Query};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;

pub(super) fn row_id(id: i64) -> String {
    format!("rule-{id}")
}

/// The row that `j` (`forward`) or `k` leads to.
fn next(listed: &[i64], at: Option<i64>, forward: bool) -> Option<i64> {
    let to = match (listed.iter().position(|id| Some(*id) == at), forward) {
        (None, _) => 0,
        (Some(i), true) => (i + 1).min(listed.len().saturating_sub(1)),
        (Some(i), false) => i.saturating_sub(1),
    };
    listed.get(to).copied()
}

/// Whether the key belongs to a link or button that has the focus.
fn on_control(ev: &web_sys::KeyboardEvent) -> bool {
    let element = ev.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|e| {
        matches!(e.tag_name().as_str(), "A" | "BUTTON" | "SUMMARY") && !e.id().starts_with("rule-")
    })
}

fn focus_search() {
    if let Ok(Some(input)) = document().query_selector(".tools input[type=search]")
        && let Ok(input) = input.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = input.focus();
    }
}

/// Listens while the list is shown. `listed`: the rows' ids in their order.
pub(super) fn listen(
    listed: RwSignal<Vec<i64>>,
    address: Memo<Query>,
    open: Memo<Option<i64>>,
    manage: bool,
) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        dom::on_key(move |ev| {
            let at = open.get_untracked();
            let quiet = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            match (ev.key().as_str(), at) {
                (key @ ("j" | "k"), at) => {
                    if let Some(id) = listed.with_untracked(|l| next(l, at, key == "j")) {
                        navigate(
                            &address.get_untracked().set("open", &id.to_string()).href("/rules"),
                            quiet,
                        );
                        dom::focus(&row_id(id));
                        dom::scroll_into_view(&row_id(id));
                    }
                }
                ("Enter", Some(id)) if !on_control(&ev) => {
                    navigate(&format!("/rules/{id}"), NavigateOptions::default())
                }
                ("/", _) => focus_search(),
                ("n", _) if manage => navigate("/rules/new", NavigateOptions::default()),
                _ => return,
            }
            ev.prevent_default();
        });
    });
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn moving_stops_at_the_ends() {
        let rows = [5, 3, 9];
        assert_eq!(
            [next(&rows, None, true), next(&rows, Some(5), true), next(&rows, Some(9), true)],
            [Some(5), Some(3), Some(9)]
        );
        assert_eq!(
            [next(&rows, Some(5), false), next(&rows, Some(9), false), next(&[], None, true)],
            [Some(5), Some(3), None]
        );
    }
}
