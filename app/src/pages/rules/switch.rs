use crate::{
    components::*,
    i18n::{t, t_with},
    server_fns::rules::{SetEnabled, set_enabled},
};
use leptos::{form::ActionForm, prelude::*, task::spawn_local};

/// On or off. A form of its own: it works before the page is alive.
#[component]
pub(super) fn Switch(
    id: i64,
    name: String,
    enabled: bool,
    toggle: ServerAction<SetEnabled>,
) -> impl IntoView {
    let label = t_with("rules.switch", &[("name", &name)]);
    view! {
        <ActionForm action=toggle>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="enabled" value=(!enabled).to_string()/>
            <button class="switch" role="switch" aria-checked=enabled.to_string() aria-label=label.clone() title=label></button>
        </ActionForm>
    }
}

/// The same as a button with words.
#[component]
pub(super) fn SwitchButton(
    id: i64,
    enabled: bool,
    toggle: ServerAction<SetEnabled>,
) -> impl IntoView {
    let label = if enabled { t("rules.disable") } else { t("rules.enable") };
    view! {
        <ActionForm action=toggle>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="enabled" value=(!enabled).to_string()/>
            <Button label busy=toggle.pending()/>
        </ActionForm>
    }
}

/// On or off, for who may not change it.
#[component]
pub(super) fn State(enabled: bool) -> impl IntoView {
    if enabled {
        view! { <Status glyph="ok" text=t("rules.on")/> }
    } else {
        view! { <Status glyph="off" text=t("rules.off")/> }
    }
}

/// Says what was switched, with a way back, and has the rules read again.
pub(super) fn after(
    toggle: ServerAction<SetEnabled>,
    refetch: impl Fn() + Clone + Send + Sync + 'static,
) {
    let toasts = expect_context::<Toasts>();
    Effect::new(move |_| {
        if let Some(Ok(rule)) = toggle.value().get() {
            refetch();
            let (id, enabled) = (rule.id, rule.enabled);
            let refetch = refetch.clone();
            toasts.say_undo(switched(enabled), move || undo(id, !enabled, toasts, refetch.clone()));
        }
    });
}

fn switched(enabled: bool) -> String {
    if enabled { t("rules.enabled") } else { t("rules.disabled") }
}

/// Not through the action: it is gone when its page is, and the toast is not. Reading again what nobody shows any more does nothing.
fn undo(id: i64, enabled: bool, toasts: Toasts, refetch: impl Fn() + 'static) {
    spawn_local(async move {
        match set_enabled(id, enabled).await {
            Ok(_) => {
                toasts.say(switched(enabled));
                refetch();
            }
            Err(problem) => toasts.say_problem(&problem),
        }
    });
}
