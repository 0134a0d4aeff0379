use super::Icon;
use crate::dom;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

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
    #[prop(into)] label: String,
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
    let place = move |ev: web_sys::MouseEvent| {
        let anchor = ev.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let id = menu_id.clone();
        request_animation_frame(move || {
            if let (Some(menu), Some(anchor)) = (dom::element(&id), anchor)
                && menu.matches(":popover-open").unwrap_or(false)
            {
                dom::place(&menu, &anchor);
            }
        });
    };
    let name = label.clone();
    view! {
        <span class="menuwrap">
            <button
                type="button"
                class=format!("btn {kind}{}", if bare { " icon" } else { "" })
                id=format!("{id}-button")
                popovertarget=id.clone()
                aria-haspopup=if plain { "dialog" } else { "menu" }
                aria-label=bare.then(|| label.clone())
                title=bare.then(|| label.clone())
                aria-keyshortcuts=key
                on:click=place
            >
                {icon.map(|name| view! { <Icon name small=true/> })}
                {(!bare).then(|| label.clone())}
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
