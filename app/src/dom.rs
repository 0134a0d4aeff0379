//! The few things asked of the browser beyond what Leptos wraps. Called from event handlers and effects only.
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, KeyboardEvent};

fn call(element: &HtmlElement, method: &str) {
    if let Ok(f) = js_sys::Reflect::get(element, &JsValue::from_str(method))
        && let Ok(f) = f.dyn_into::<js_sys::Function>()
    {
        let _ = f.call0(element); // throws when it is open or closed already: nothing to do then
    }
}

pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

pub fn focus(id: &str) {
    try_focus(id);
}

/// Whether it took the focus: what is not there or not shown does not.
pub fn try_focus(id: &str) -> bool {
    let Some(e) = element(id) else { return false };
    let _ = e.focus();
    document().active_element().is_some_and(|active| active.id() == id)
}

/// Opens the popover under (or, without room, above) the anchor.
pub fn open_popover(menu: &HtmlElement, anchor: &web_sys::Element) {
    call(menu, "showPopover");
    place(menu, anchor);
}

pub fn close_popover(menu: &HtmlElement) {
    call(menu, "hidePopover");
}

/// Puts an open popover beside its anchor, inside the window.
pub fn place(menu: &HtmlElement, anchor: &web_sys::Element) {
    let (a, m) = (anchor.get_bounding_client_rect(), menu.get_bounding_client_rect());
    let size = |v: Result<JsValue, JsValue>| v.ok().and_then(|v| v.as_f64()).unwrap_or(1000.0);
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let below = a.bottom() + 4.0;
    let top = if below + m.height() > height - 8.0 {
        (a.top() - 4.0 - m.height()).max(8.0)
    } else {
        below
    };
    let left = a.left().min(width - m.width() - 8.0).max(8.0);
    let style = menu.style();
    let _ = style.set_property("inset", "auto");
    let _ = style.set_property("top", &format!("{top}px"));
    let _ = style.set_property("left", &format!("{left}px"));
}

pub fn show_modal(id: &str) {
    if let Some(d) = element(id).and_then(|e| e.dyn_into::<web_sys::HtmlDialogElement>().ok())
        && !d.open()
    {
        let _ = d.show_modal();
    }
}

pub fn close_modal(id: &str) {
    if let Some(d) = element(id).and_then(|e| e.dyn_into::<web_sys::HtmlDialogElement>().ok()) {
        d.close();
    }
}

pub fn copy(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// Remembered for a year, for the whole site.
pub fn set_cookie(name: &str, value: &str) {
    if let Ok(d) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = d.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}

pub fn reload() {
    let _ = window().location().reload();
}

/// Path and query of the page's address.
pub fn here() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// Leaves the page: the server is asked for the next one.
pub fn go(address: &str) {
    let _ = window().location().set_href(address);
}

/// Minutes east of UTC at that moment, in the browser's zone.
pub fn offset_minutes(at: model::Micros) -> i64 {
    let date = js_sys::Date::new(&JsValue::from_f64(at.0 as f64 / 1000.0));
    -(date.get_timezone_offset() as i64)
}

pub fn now() -> model::Micros {
    model::Micros((js_sys::Date::now() * 1000.0) as i64)
}

/// Whether a key press belongs to a field, a dialog, or a shortcut of the browser, and not to the page.
pub fn is_typing(ev: &KeyboardEvent) -> bool {
    if ev.ctrl_key() || ev.meta_key() || ev.alt_key() || ev.default_prevented() {
        return true;
    }
    // what is open over the page has its own keys, wherever the focus is
    let open = document().query_selector("dialog[open], [popover]:popover-open");
    if open.ok().flatten().is_some() {
        return true;
    }
    let Some(target) = ev.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) else {
        return false;
    };
    let check = target.get_attribute("type").is_some_and(|t| t == "checkbox" || t == "radio");
    matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") && !check
}

/// Calls `f` for every key pressed on the page outside fields and dialogs, while the current owner lives.
pub fn on_key(f: impl Fn(KeyboardEvent) + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |ev| {
        if !is_typing(&ev) {
            f(ev);
        }
    });
    on_cleanup(move || handle.remove());
}

/// Keeps a row in view without moving more than needed.
pub fn scroll_into_view(id: &str) {
    if let Some(e) = element(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        e.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Whether nobody can see the page now.
pub fn hidden() -> bool {
    document().hidden()
}
