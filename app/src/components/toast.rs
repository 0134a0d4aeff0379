use super::{Icon, problem_text};
use crate::{dom, i18n::t};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::Problem;
use std::{sync::Arc, time::Duration};

/// Shared and not a `Callback`, which would be gone with the page that made it: a toast outlives its page.
type Undo = Arc<dyn Fn() + Send + Sync>;

/// What the toast says, and how to take it back.
#[derive(Clone)]
struct Toast {
    text: String,
    undo: Option<Undo>,
}

/// One toast at a time, for ten seconds. Never the only trace of anything.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Option<Toast>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

/// How long a toast stays.
const STAY: Duration = Duration::from_secs(10);

impl Toasts {
    pub fn provide() -> Self {
        let toasts = Self { shown: RwSignal::new(None), timer: StoredValue::new(None) };
        provide_context(toasts);
        toasts
    }

    pub fn say(self, text: String) {
        self.show(Toast { text, undo: None });
    }

    /// What could not be done, and why.
    pub fn say_problem(self, problem: &Problem) {
        let (title, detail) = problem_text(problem);
        self.say(format!("{title}. {detail}"));
    }

    /// With an Undo button, which `z` presses too. `undo` may run when the page that said so is gone: it must not read that page's
    /// signals without `try_`, nor use its actions.
    pub fn say_undo(self, text: String, undo: impl Fn() + Send + Sync + 'static) {
        self.show(Toast { text, undo: Some(Arc::new(undo)) });
    }

    fn show(self, toast: Toast) {
        self.shown.set(Some(toast));
        let handle = set_timeout_with_handle(move || self.shown.set(None), STAY).ok();
        self.timer.update_value(|old| {
            if let Some(old) = old.take() {
                old.clear();
            }
            *old = handle;
        });
    }

    /// Undoes what the toast offers to undo. Answers whether there was such a toast.
    pub fn undo(self) -> bool {
        let undo = self.shown.with_untracked(|t| t.as_ref().and_then(|t| t.undo.clone()));
        let Some(undo) = undo else { return false };
        self.shown.set(None);
        undo();
        true
    }
}

/// Where toasts appear. Rendered once, by the shell.
#[component]
pub fn ToastHost() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    Effect::new(move |_| {
        dom::on_key(move |ev| {
            if ev.key() == "z" && toasts.undo() {
                ev.prevent_default();
            }
        });
    });
    let toast = move || {
        toasts.shown.get().map(|toast| {
            let undo = toast.undo.map(|_| {
                view! {
                    <button type="button" class="btn small" aria-keyshortcuts="z" on:click=move |_| { toasts.undo(); }>
                        {t("common.undo")}
                        <kbd aria-hidden="true">"z"</kbd>
                    </button>
                }
            });
            view! {
                <div class="toast">
                    <span>{toast.text}</span>
                    <span class="end row">
                        {undo}
                        <button
                            type="button"
                            class="btn small icon"
                            aria-label=t("common.close_dialog")
                            on:click=move |_| toasts.shown.set(None)
                        >
                            <Icon name="x" small=true/>
                        </button>
                    </span>
                </div>
            }
        })
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {toast}
        </div>
    }
}
