use super::{Dialog, time_text::Clock};
use crate::{
    dom,
    i18n::{t, t_of},
};
use leptos::prelude::*;

const DIALOG: &str = "keys";

/// The list that `?` opens, and the keys that work on every page.
#[component]
pub fn KeysDialog() -> impl IntoView {
    let clock = expect_context::<Clock>();
    Effect::new(move |_| {
        dom::on_key(move |ev| match ev.key().as_str() {
            "?" => dom::show_modal(DIALOG),
            "u" => clock.toggle(),
            _ => {}
        });
    });
    let group = |title: &str, keys: &[(&'static str, &str)]| {
        let rows = keys
            .iter()
            .map(|(key, what)| {
                view! {
                    <div class="row">
                        <span class="grow">{t_of("keys", what)}</span>
                        <kbd>{*key}</kbd>
                    </div>
                }
            })
            .collect_view();
        view! {
            <section>
                <h3>{t_of("keys", title)}</h3>
                {rows}
            </section>
        }
    };
    view! {
        <Dialog id=DIALOG title=t("keys.title") wide=true>
            <div class="body keys">
                {group(
                    "alerts",
                    &[
                        ("j", "next"),
                        ("k", "previous"),
                        ("Enter", "open"),
                        ("a", "take"),
                        ("e", "close"),
                        ("x", "check"),
                        ("/", "search"),
                        ("Esc", "back"),
                    ],
                )}
                {group("everywhere", &[("z", "undo"), (".", "value"), ("u", "clock"), ("?", "help")])}
            </div>
        </Dialog>
    }
}
