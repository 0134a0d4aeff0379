//! Buttons that open menus, and what keys and choices do in them.
use super::Icon;
use crate::dom;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Runs once the browser has opened the popover, which it does after the press; never when the press closed it.
fn opened(id: &str, f: impl FnOnce(&HtmlElement) + 'static) {
    let id = id.to_owned();
    request_animation_frame(move || {
        if let Some(menu) = dom::element(&id)
            && menu.matches(":popover-open").unwrap_or(false)
        {
            f(&menu);
        }
    });
}

/// Focuses a menu's first entry, so that arrows move from there.
pub fn focus_first(menu: &web_sys::Element) {
    if let Ok(Some(first)) = menu.query_selector("[role^=menuitem]")
        && let Ok(first) = first.dyn_into::<HtmlElement>()
    {
        let _ = first.focus();
    }
}

/// For the press of a button whose menu (`popovertarget`) the style places.
pub fn enter(id: &str) {
    opened(id, |menu| focus_first(menu));
}

/// Closes a menu: its entry leads elsewhere.
pub fn close(id: &str) {
    if let Some(menu) = dom::element(id) {
        dom::close_popover(&menu);
    }
}

/// After a choice in a `Menu`: it closes, and its button has the focus again.
pub fn chosen(id: &str) {
    close(id);
    dom::focus(&format!("{id}-button"));
}

/// Arrows, Home and End move between the entries of the menu that got the key; `keys` press the entry of that position.
pub fn move_focus(ev: &KeyboardEvent, keys: &[(&str, u32)]) {
    let Some(menu) = ev.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) else {
        return;
    };
    let Ok(items) = menu.query_selector_all("[role^=menuitem]") else { return };
    let count = items.length();
    if count == 0 {
        return;
    }
    let item = |i: u32| items.get(i).and_then(|n| n.dyn_into::<HtmlElement>().ok());
    if let Some((_, at)) = keys.iter().find(|(k, _)| *k == ev.key()) {
        if let Some(e) = item(*at) {
            ev.prevent_default();
            e.click();
        }
        return;
    }
    let active = document().active_element();
    let at = (0..count).find(|i| item(*i).map(HtmlElement::into) == active);
    let next = match (ev.key().as_str(), at) {
        ("ArrowDown", Some(i)) => (i + 1) % count,
        ("ArrowUp", Some(i)) => (i + count - 1) % count,
        ("ArrowDown" | "Home", _) => 0,
        ("ArrowUp" | "End", _) => count - 1,
        _ => return,
    };
    ev.prevent_default();
    if let Some(e) = item(next) {
        let _ = e.focus();
    }
}

/// A button that opens a popover. Works before the page is alive. Children are entries with `role="menuitem"`, or anything with
/// `plain` (a small form).
#[component]
pub fn Menu(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// May change while the menu is there: its button keeps the focus.
    #[prop(into)]
    label: TextProp,
    /// Classes of the button after `btn`.
    #[prop(optional)]
    kind: &'static str,
    #[prop(optional)] icon: Option<&'static str>,
    /// Shows the icon alone.
    #[prop(optional)]
    bare: bool,
    #[prop(optional)] key: Option<&'static str>,
    #[prop(optional)] plain: bool,
    children: Children,
) -> impl IntoView {
    let menu_id = id.clone();
    let open = move |ev: web_sys::MouseEvent| {
        let anchor = ev.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        opened(&menu_id, move |menu| {
            if let Some(anchor) = anchor {
                dom::place(menu, &anchor);
            }
            // a small form is no menu: nothing in it is the first thing to do
            if !plain {
                focus_first(menu);
            }
        });
    };
    let text = move || label.get().to_string();
    let (bare_name, bare_title, name) = (text.clone(), text.clone(), text.clone());
    view! {
        <span class="menuwrap">
            <button
                type="button"
                class=format!("btn {kind}{}", if bare { " icon" } else { "" })
                id=format!("{id}-button")
                popovertarget=id.clone()
                aria-haspopup=if plain { "dialog" } else { "menu" }
                aria-label=move || bare.then(&bare_name)
                title=move || bare.then(&bare_title)
                aria-keyshortcuts=key
                on:click=open
            >
                {icon.map(|name| view! { <Icon name small=true/> })}
                {(!bare).then_some(text)}
                {key.map(|k| view! { <kbd aria-hidden="true">{k}</kbd> })}
                {(!bare).then(|| view! { <svg class="ic chev" aria-hidden="true"><use_ href=crate::components::sprite("i-chevron-down")/></svg> })}
            </button>
            <div
                class="menu"
                id=id
                popover="auto"
                role=if plain { "group" } else { "menu" }
                aria-label=name
                on:keydown=move |ev| {
                    if !plain {
                        move_focus(&ev, &[]);
                    }
                }
            >
                {children()}
            </div>
        </span>
    }
}
