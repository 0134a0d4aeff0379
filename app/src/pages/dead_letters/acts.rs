//! Replay and delete, for what is selected and for the open letter.
use crate::{
    components::*,
    dom,
    i18n::{num, t, t_with, tn},
    server_fns::dead_letters::{ReplayDeadLetters, delete_dead_letters},
};
use leptos::{prelude::*, server_fn::ServerFn};
use model::{Page, Problem, dead_letter::DeadLetter};
use std::collections::BTreeSet;

/// Id of the form around the list: the buttons of the page's head belong to it.
pub(super) const FORM: &str = "letters";
const ASK: &str = "letters-delete";

/// Where the list's form posts to before the page is alive.
pub(super) fn replay_url() -> &'static str {
    <ReplayDeadLetters as ServerFn>::PATH
}

#[derive(Clone, Copy)]
pub(super) struct Acts {
    pub selected: RwSignal<BTreeSet<i64>>,
    replay: ServerAction<ReplayDeadLetters>,
    delete: Action<Vec<i64>, Result<i64, Problem>>,
    /// What the dialog asks about.
    doomed: RwSignal<Vec<i64>>,
    alive: RwSignal<bool>,
}

impl Acts {
    pub fn new(page: Resource<Result<Page<DeadLetter>, Problem>>) -> Self {
        let acts = Self {
            selected: RwSignal::new(BTreeSet::new()),
            replay: ServerAction::new(),
            delete: Action::new(|ids: &Vec<i64>| delete_dead_letters(ids.clone())),
            doomed: RwSignal::new(Vec::new()),
            alive: RwSignal::new(false),
        };
        let toasts = expect_context::<Toasts>();
        Effect::new(move |_| acts.alive.set(true));
        Effect::new(move |_| {
            if let Some(Ok(done)) = acts.replay.value().get() {
                let failed = (done.failed > 0).then(|| tn("dead_letters.failed", done.failed));
                toasts.say(
                    [Some(tn("dead_letters.stored", done.stored)), failed]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(". "),
                );
                page.refetch();
            }
        });
        Effect::new(move |_| {
            if let Some(Ok(n)) = acts.delete.value().get() {
                toasts.say(tn("dead_letters.deleted", n));
                page.refetch();
            }
        });
        // other rows: what was selected may not be among them
        Effect::new(move |_| {
            if let Some(Ok(page)) = page.get() {
                let there: BTreeSet<i64> = page.items.iter().map(|d| d.id).collect();
                acts.selected.update(|s| s.retain(|id| there.contains(id)));
            }
        });
        acts
    }

    pub fn problem(self) -> FormProblem {
        FormProblem::derive(move || {
            let replay = self.replay.value().get().and_then(Result::err);
            let problem = replay.or_else(|| self.delete.value().get().and_then(Result::err))?;
            // the only field of this form: nothing was selected
            let none = problem.errors.iter().any(|e| e.pointer == "/ids");
            Some(if none {
                Problem { detail: t("dead_letters.none_selected"), errors: Vec::new(), ..problem }
            } else {
                problem
            })
        })
    }

    pub fn replay(self, ids: Vec<i64>) {
        self.delete.clear();
        self.replay.dispatch(ReplayDeadLetters { ids });
    }

    pub fn replay_selected(self) {
        self.replay(self.selected.with_untracked(|s| s.iter().copied().collect()));
    }

    /// Asks first.
    pub fn delete(self, ids: Vec<i64>) {
        self.doomed.set(ids);
        dom::show_modal(ASK);
    }

    pub fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.replay.pending().get() || self.delete.pending().get())
    }

    /// Deleting asks first, so it needs a page that is alive.
    pub fn asleep(self) -> Signal<bool> {
        Signal::derive(move || !self.alive.get())
    }

    fn nothing(self) -> bool {
        self.alive.get() && self.selected.with(BTreeSet::is_empty)
    }
}

/// In the page's head, for what is selected.
#[component]
pub(super) fn Buttons(acts: Acts) -> impl IntoView {
    let chosen = move || {
        let n = acts.selected.with(BTreeSet::len) as i64;
        (n > 0).then(|| t_with("dead_letters.selected", &[("n", &num(n))]))
    };
    view! {
        <span class="meta" aria-live="polite">{chosen}</span>
        <button class="btn small" form=FORM disabled=move || acts.nothing() aria-busy=move || acts.busy().get().then_some("true")>
            {t("dead_letters.replay")}
        </button>
        <button
            type="button"
            class="btn small danger"
            disabled=move || acts.asleep().get() || acts.nothing()
            on:click=move |_| acts.delete(acts.selected.with_untracked(|s| s.iter().copied().collect()))
        >
            {t("dead_letters.delete")}
        </button>
    }
}

#[component]
pub(super) fn ConfirmDelete(acts: Acts) -> impl IntoView {
    view! {
        <ConfirmDialog
            id=ASK
            title=Signal::derive(move || tn("dead_letters.delete_ask", acts.doomed.with(Vec::len) as i64))
            action=t("dead_letters.delete")
            on_confirm=Callback::new(move |()| {
                acts.replay.clear();
                acts.delete.dispatch(acts.doomed.get_untracked());
            })
        >
            <p>{t("dead_letters.delete_text")}</p>
        </ConfirmDialog>
    }
}
