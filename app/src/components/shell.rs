//! The frame of every page but sign-in: sidebar (a bottom bar on phones), top bar, the page, and the hosts of overlays.
use super::{
    Icon, ToastHost, Value, ValueMenuHost, account_menu::AccountMenu, density::DensityChoice,
    live::Live, menu, time_text::Clock,
};
use crate::{
    components::keys::KeysDialog,
    context::{PageContext, Theme, page_context},
    dom,
    i18n::{Lang, t, t_of, t_with},
    url::Query,
};
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use model::Permission;

/// Sidebar, top bar, and the page in between. View of the parent route.
#[component]
pub fn Shell() -> impl IntoView {
    let context = page_context();
    DensityChoice::provide();
    let collapsed = RwSignal::new(context.side_collapsed);
    let toggle = Callback::new(move |()| {
        collapsed.update(|c| *c = !*c);
        dom::set_cookie("side", if collapsed.get_untracked() { "collapsed" } else { "open" });
    });
    view! {
        <a class="skip" href="#main" rel="external">{t("nav.skip")}</a>
        <div class="app" data-side=move || collapsed.get().then_some("collapsed")>
            <Sidebar context=context.clone() toggle/>
            <TopBar context/>
            <main class="main" id="main" tabindex="-1">
                <Outlet/>
            </main>
        </div>
        <ValueMenuHost/>
        <ToastHost/>
        <KeysDialog/>
    }
}

struct Entry {
    path: &'static str,
    icon: &'static str,
    label: String,
    /// In the bottom bar of phones.
    phone: bool,
}

/// The sidebar's sections; only what the person may open.
fn sections(context: &PageContext) -> Vec<(Option<String>, Vec<Entry>)> {
    let entry =
        |path, icon, label: &str, phone| Entry { path, icon, label: t_of("nav", label), phone };
    let mut operate = Vec::new();
    for (path, icon, label, permission) in [
        ("/pipeline", "activity", "pipeline", Permission::ReadSensors),
        ("/sensors", "radar", "sensors", Permission::ReadSensors),
        ("/dead-letters", "inbox", "dead_letters", Permission::ReadDeadLetters),
        ("/users", "users", "users", Permission::ReadUsers),
        ("/audit", "history", "audit", Permission::ReadAudit),
        ("/admin/retention", "archive", "retention", Permission::ManageRetention),
    ] {
        if context.may(permission) {
            operate.push(entry(path, icon, label, false));
        }
    }
    operate.push(entry("/api/docs/ui", "book-open", "api", false));
    vec![
        (None, vec![entry("/", "gauge", "dashboard", true)]),
        (Some(t("nav.triage")), vec![entry("/alerts", "siren", "alerts", true)]),
        (Some(t("nav.hunt")), vec![entry("/events", "list", "events", true)]),
        (Some(t("nav.detect")), vec![entry("/rules", "file-code", "rules", true)]),
        (Some(t("nav.operate")), operate),
    ]
}

fn is_current(entry: &str, path: &str) -> bool {
    if entry == "/" {
        path == "/"
    } else {
        path == entry || path.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// For what another part of the server shows: the router must leave the click to the browser.
fn elsewhere(path: &str) -> Option<&'static str> {
    path.starts_with("/api/").then_some("external")
}

/// The sidebar's entries that phones have no room for.
const MORE: &str = "more-menu";

#[component]
fn Sidebar(context: PageContext, toggle: Callback<()>) -> impl IntoView {
    let path = use_location().pathname;
    let link = move |e: Entry| {
        let current = move || is_current(e.path, &path.get()).then_some("page");
        view! {
            <a href=e.path rel=elsewhere(e.path) title=e.label data-phone=e.phone.then_some("") aria-current=current>
                <Icon name=e.icon/>
                <span>{e.label.clone()}</span>
            </a>
        }
    };
    let sections = sections(&context);
    let rest: Vec<Entry> = sections
        .iter()
        .flat_map(|(_, entries)| entries)
        .filter(|e| !e.phone)
        .map(|e| Entry { label: e.label.clone(), ..*e })
        .chain([Entry { path: "/profile", icon: "user", label: t("nav.profile"), phone: false }])
        .collect();
    view! {
        <nav class="side" aria-label=t("nav.main")>
            <a class="brand" href="/" aria-label="EventSec">
                <svg aria-hidden="true"><use_ href=crate::components::sprite("i-logo")/></svg>
                <span>"EventSec"</span>
            </a>
            <div class="nav">
                {sections
                    .into_iter()
                    .filter(|(_, entries)| !entries.is_empty())
                    .map(|(title, entries)| {
                        view! {
                            <section>
                                {title.map(|title| view! { <h2>{title}</h2> })}
                                {entries.into_iter().map(link).collect_view()}
                            </section>
                        }
                    })
                    .collect_view()}
                <div class="more">
                    <button type="button" popovertarget=MORE aria-haspopup="menu" on:click=move |_| menu::enter(MORE)>
                        <Icon name="menu"/>
                        {t("nav.more")}
                    </button>
                    <div
                        class="menu"
                        id=MORE
                        popover="auto"
                        role="menu"
                        aria-label=t("nav.more")
                        on:keydown=move |ev| menu::move_focus(&ev, &[])
                    >
                        {rest
                            .into_iter()
                            .map(|e| {
                                view! {
                                    <a
                                        role="menuitem"
                                        href=e.path
                                        rel=elsewhere(e.path)
                                        on:click=move |_| menu::close(MORE)
                                    >
                                        <Icon name=e.icon/>
                                        <span>{e.label}</span>
                                    </a>
                                }
                            })
                            .collect_view()}
                        <form method="post" action="/logout">
                            <button role="menuitem">
                                <Icon name="log-in"/>
                                {t("nav.logout")}
                            </button>
                        </form>
                    </div>
                </div>
            </div>
            <div class="foot">
                <form method="post" action="/logout">
                    <button aria-label=t("nav.logout") title=t("nav.logout")>
                        <Icon name="log-in"/>
                        <span>{t("nav.logout")}</span>
                    </button>
                </form>
                <button type="button" aria-label=t("nav.collapse") title=t("nav.collapse") on:click=move |_| toggle.run(())>
                    <Icon name="panel-left"/>
                    <span>{t("nav.collapse")}</span>
                </button>
            </div>
        </nav>
    }
}

/// Address that sets a preference on the server and comes back; what the switches do before the page is alive.
pub(super) fn preference(name: &str, value: &str, next: &str) -> String {
    Query::new().with(name, value).with("next", next).href("/preferences")
}

/// The other theme than the one that is seen.
fn other_theme() -> Theme {
    let root = document().document_element();
    let explicit = root.and_then(|r| r.get_attribute("data-theme")).and_then(|t| Theme::parse(&t));
    let system_dark = || {
        window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten()
            .is_some_and(|m| m.matches())
    };
    let dark = explicit.map_or_else(system_dark, |t| t == Theme::Dark);
    if dark { Theme::Light } else { Theme::Dark }
}

/// Switches the theme at once and remembers it.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let context = page_context();
    let other = if context.theme == Some(Theme::Dark) { Theme::Light } else { Theme::Dark };
    view! {
        <a
            class="btn quiet icon"
            rel="external"
            href=preference("theme", other.as_str(), &context.path)
            aria-label=t("nav.theme")
            title=t("nav.theme")
            on:click=move |ev| {
                ev.prevent_default();
                let theme = other_theme().as_str();
                dom::set_cookie("theme", theme);
                if let Some(root) = document().document_element() {
                    let _ = root.set_attribute("data-theme", theme);
                }
            }
        >
            <Icon name="sun-moon"/>
        </a>
    }
}

/// A link to this page in another language.
#[component]
pub fn LangLink(lang: Lang, #[prop(optional)] short: bool) -> impl IntoView {
    let path = page_context().path;
    let text = if short { lang.as_str().to_uppercase() } else { lang.name().to_owned() };
    view! {
        <a
            class=if short { "btn quiet" } else { "" }
            rel="external"
            hreflang=lang.as_str()
            lang=lang.as_str()
            title=lang.name()
            aria-label=if short { format!("{text}, {}", lang.name()) } else { text }
            href=preference("lang", lang.as_str(), &path)
            on:click=move |ev| {
                ev.prevent_default();
                dom::set_cookie("lang", lang.as_str());
                dom::reload();
            }
        >
            {text.clone()}
        </a>
    }
}

#[component]
fn TopBar(context: PageContext) -> impl IntoView {
    let clock = expect_context::<Clock>();
    let live = expect_context::<Live>();
    let other = if context.lang == Lang::En { Lang::Es } else { Lang::En };
    let zone = move || if clock.local.get() { t("nav.local") } else { "UTC".into() };
    let account = context.person.map(|person| view! { <AccountMenu person/> });
    view! {
        <header class="top">
            <form class="omni" action="/events" method="get" role="search">
                <Icon name="search" small=true/>
                <input type="search" name="query" placeholder=t("nav.search") aria-label=t("nav.search") autocomplete="off"/>
            </form>
            <span class="grow"></span>
            <button
                type="button"
                class="btn quiet wide-only"
                aria-label=move || t_with("nav.times", &[("zone", &zone())])
                title=move || t_with("nav.times", &[("zone", &zone())])
                on:click=move |_| clock.toggle()
            >
                <Icon name="clock" small=true/>
                {zone}
            </button>
            <span class="live" role="status" data-s=move || if live.connected.get() { "on" } else { "paused" }>
                {move || if live.connected.get() { t("live.on") } else { t("live.off") }}
            </span>
            <LangLink lang=other short=true/>
            <ThemeSwitch/>
            {account}
        </header>
    }
}

/// A host and a user, or an en dash: what an alert is about.
#[component]
pub fn Entity(host: Option<String>, user: Option<String>) -> impl IntoView {
    let none = host.is_none() && user.is_none();
    view! {
        {host.map(|h| view! { <div class="cut"><Value field="host.name" value=h/></div> })}
        {user.map(|u| view! { <div class="cut meta"><Value field="user.name" value=u/></div> })}
        {none.then(|| view! { <span class="meta">{t("common.none")}</span> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_is_current() {
        assert!(is_current("/", "/") && !is_current("/", "/alerts"));
        assert!(is_current("/alerts", "/alerts/7") && !is_current("/alerts", "/alertsx"));
    }
}
