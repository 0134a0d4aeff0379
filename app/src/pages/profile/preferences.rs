//! Theme, density, language and clock: kept in cookies of this browser, applied at once. Before the page is alive the buttons send a
//! plain form to the server, which sets the same cookies.
use crate::{
    components::{Clock, DensityChoice},
    context::{Density, Theme, page_context},
    dom,
    i18n::{Lang, t, t_of},
};
use leptos::prelude::*;

/// Sets or removes an attribute of the document.
fn mark(attribute: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(attribute, value),
            None => root.remove_attribute(attribute),
        };
    }
}

/// One preference. `options`: value and text; `choose` applies a value in the browser.
#[component]
fn Choice(
    /// Of the cookie and of the server's parameter.
    name: &'static str,
    #[prop(into)] label: String,
    options: Vec<(&'static str, String)>,
    now: RwSignal<&'static str>,
    #[prop(into)] choose: Callback<&'static str>,
) -> impl IntoView {
    let buttons = options
        .into_iter()
        .map(|(value, text)| {
            view! {
                <button
                    class="btn"
                    name=name
                    value=value
                    aria-pressed=move || if now.get() == value { "true" } else { "false" }
                    on:click=move |ev| {
                        ev.prevent_default();
                        dom::set_cookie(name, value);
                        now.set(value);
                        choose.run(value);
                    }
                >
                    {text}
                </button>
            }
        })
        .collect_view();
    view! {
        <dt>{label.clone()}</dt>
        <dd>
            <form method="get" action="/preferences">
                <input type="hidden" name="next" value="/profile"/>
                <span class="btns" role="group" aria-label=label>
                    {buttons}
                </span>
            </form>
        </dd>
    }
}

#[component]
pub(super) fn Preferences() -> impl IntoView {
    let context = page_context();
    let clock = expect_context::<Clock>();
    let theme = RwSignal::new(context.theme.map_or("system", Theme::as_str));
    let rows = expect_context::<DensityChoice>();
    let density = RwSignal::new(rows.get_untracked().as_str());
    let lang = RwSignal::new(context.lang.as_str());
    let times = RwSignal::new(if context.local_time { "local" } else { "utc" });
    // the top bar has a switch for these too
    Effect::new(move |_| density.set(rows.get().as_str()));
    Effect::new(move |_| times.set(if clock.local.get() { "local" } else { "utc" }));
    view! {
        <section class="sec">
            <h2>{t("profile.preferences")} <span class="aside">{t("profile.this_browser")}</span></h2>
            <dl class="kv prefs">
                <Choice
                    name="theme"
                    label=t("profile.theme")
                    options=vec![("system", t("profile.system")), ("light", t("profile.light")), ("dark", t("profile.dark"))]
                    now=theme
                    choose=|value: &'static str| mark("data-theme", Theme::parse(value).map(Theme::as_str))
                />
                <Choice
                    name="density"
                    label=t("profile.density")
                    options=Density::ALL.into_iter().map(|d| (d.as_str(), t_of("density", d.as_str()))).collect()
                    now=density
                    choose=move |value: &'static str| {
                        if let Some(density) = Density::parse(value) {
                            rows.choose(density);
                        }
                    }
                />
                <Choice
                    name="lang"
                    label=t("profile.language")
                    options=Lang::ALL.into_iter().map(|l| (l.as_str(), l.name().to_owned())).collect()
                    now=lang
                    choose=|_: &'static str| dom::reload()
                />
                <Choice
                    name="clock"
                    label=t("profile.times")
                    options=vec![("utc", "UTC".to_owned()), ("local", t("nav.local"))]
                    now=times
                    choose=move |value: &'static str| {
                        if clock.local.get_untracked() != (value == "local") {
                            clock.toggle();
                        }
                    }
                />
            </dl>
        </section>
    }
}
