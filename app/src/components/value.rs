//! Every value is a verb: one look and one menu for each field value, on every page.
use super::{
    Icon,
    pivot::{alerts_filter, alerts_href, events_href, term},
    toast::Toasts,
};
use crate::{
    dom,
    i18n::{t, t_with},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What a page does with "filter for" (`exclude`: `false`) and "exclude" (`true`): the address of itself with that filter.
pub type PageFilter = Callback<(String, String, bool), Option<String>>;

/// The menu's state; provided by `App`.
#[derive(Clone, Copy)]
pub struct ValueMenu {
    target: RwSignal<Option<(String, String)>>,
    filter: RwSignal<Option<PageFilter>>,
}

const MENU: &str = "value-menu";

impl ValueMenu {
    pub fn provide() -> Self {
        let menu = Self { target: RwSignal::new(None), filter: RwSignal::new(None) };
        provide_context(menu);
        menu
    }

    fn open(self, field: &str, value: &str, anchor: &web_sys::Element) {
        self.target.set(Some((field.to_owned(), value.to_owned())));
        let anchor = anchor.clone();
        // after the menu's new entries are in the document
        request_animation_frame(move || {
            if let Some(menu) = dom::element(MENU) {
                dom::open_popover(&menu, &anchor);
                super::menu::focus_first(&menu);
            }
        });
    }
}

/// While the calling page lives, "filter for" and "exclude" go where it says; elsewhere they open the explorer.
pub fn use_page_filter(
    filter: impl Fn((String, String, bool)) -> Option<String> + Send + Sync + 'static,
) {
    let menu = expect_context::<ValueMenu>();
    let filter = Callback::new(filter);
    Effect::new(move |_| menu.filter.set(Some(filter)));
    on_cleanup(move || {
        let _ = menu.filter.try_set(None);
    });
}

/// A field's value. Before the page is alive it is a link to the events with this value.
#[component]
pub fn Value(
    /// ECS name.
    #[prop(into)]
    field: String,
    /// The whole value, as it is copied and searched.
    #[prop(into)]
    value: String,
    /// What is shown, when it is not the value.
    #[prop(optional, into)]
    shown: Option<String>,
    /// In the text's own typeface.
    #[prop(optional)]
    prose: bool,
) -> impl IntoView {
    let menu = expect_context::<ValueMenu>();
    let href = events_href(&term(&field, &value));
    let title = format!("{field}: {value}");
    let text = shown.unwrap_or_else(|| value.clone());
    let pair = StoredValue::new((field, value));
    let open = move |ev: &web_sys::Event| {
        if let Some(anchor) =
            ev.current_target().and_then(|t| t.dyn_into::<web_sys::Element>().ok())
        {
            ev.prevent_default();
            ev.stop_propagation();
            pair.with_value(|(f, v)| menu.open(f, v, &anchor));
        }
    };
    view! {
        <a
            class=if prose { "val ui" } else { "val" }
            href=href
            title=title
            aria-haspopup="menu"
            on:click=move |ev| {
                if !ev.ctrl_key() && !ev.meta_key() && !ev.shift_key() {
                    open(&ev);
                }
            }
            on:contextmenu=move |ev| open(&ev)
            on:keydown=move |ev| {
                if ev.key() == "." || (ev.shift_key() && ev.key() == "F10") {
                    open(&ev);
                }
            }
        >
            {text}
        </a>
    }
}

/// The one menu of all values. Rendered once, by the shell.
#[component]
pub fn ValueMenuHost() -> impl IntoView {
    let menu = expect_context::<ValueMenu>();
    let toasts = expect_context::<Toasts>();
    let close = move || {
        if let Some(e) = dom::element(MENU) {
            dom::close_popover(&e);
        }
    };
    let entries = move || {
        menu.target.get().map(|(field, value)| {
            let page = |exclude| {
                menu.filter.get().and_then(|f| f.run((field.clone(), value.clone(), exclude)))
            };
            let this = term(&field, &value);
            let filter = page(false).unwrap_or_else(|| events_href(&this));
            let exclude = page(true).unwrap_or_else(|| events_href(&format!("NOT {this}")));
            let alerts = alerts_filter(&field).map(|f| {
                let label =
                    if f == "hostname" { t("value.alerts_host") } else { t("value.alerts_user") };
                (alerts_href(f, &value), label)
            });
            let copied = value.clone();
            view! {
                <div class="mh mono">{field.clone()}</div>
                <a role="menuitem" href=filter on:click=move |_| close()>
                    <Icon name="filter"/>
                    {t("value.filter")}
                    <kbd>"+"</kbd>
                </a>
                <a role="menuitem" href=exclude on:click=move |_| close()>
                    <Icon name="minus"/>
                    {t("value.exclude")}
                    <kbd>"-"</kbd>
                </a>
                <button
                    type="button"
                    role="menuitem"
                    on:click=move |_| {
                        dom::copy(&copied);
                        close();
                        toasts.say(t("value.copied"));
                    }
                >
                    <Icon name="copy"/>
                    {t("value.copy")}
                    <kbd>"c"</kbd>
                </button>
                <hr/>
                <a role="menuitem" href=events_href(&this) on:click=move |_| close()>
                    <Icon name="list"/>
                    {t("value.events")}
                </a>
                {alerts
                    .map(|(href, label)| {
                        view! {
                            <a role="menuitem" href=href on:click=move |_| close()>
                                <Icon name="siren"/>
                                {label}
                            </a>
                        }
                    })}
            }
        })
    };
    view! {
        <div
            class="menu"
            id=MENU
            popover="auto"
            role="menu"
            aria-label=move || {
                menu.target.get().map(|(field, _)| t_with("value.menu", &[("field", &field)])).unwrap_or_default()
            }
            on:keydown=move |ev| super::menu::move_focus(&ev, &[("+", 0), ("-", 1), ("c", 2)])
        >
            {entries}
        </div>
    }
}
