//! Many alerts at once.
use super::{
    board::{Board, number},
    focus,
};
use crate::{
    components::{Button, Dialog, Field, FormError, Icon},
    dom,
    i18n::{t, tn},
};
use leptos::{html::Textarea, prelude::*};

pub const CLOSE_DIALOG: &str = "close-alerts";

fn count(board: Board) -> i64 {
    board.checked.with(|c| number(c.len()))
}

fn ids(board: Board) -> Vec<i64> {
    board.checked.with_untracked(|c| c.iter().copied().collect())
}

/// Floats over the foot of the list while rows are checked.
#[component]
pub fn BulkBar(board: Board) -> impl IntoView {
    let take = Callback::new(move |()| {
        let ids = ids(board);
        // the bar goes away, and the pressed button with it
        board.take(ids.clone(), move || focus::next(board, &ids));
    });
    view! {
        <Show when=move || { count(board) > 0 }>
            <div class="bulk toast" role="status">
                <b>{move || tn("alerts.bulk", count(board))}</b>
                <span class="end row">
                    <Button label=t("alerts.take") kind="small" key="a" on_press=take/>
                    <Button label=t("alerts.close") kind="small" key="e" on_press=Callback::new(|()| dom::show_modal(CLOSE_DIALOG))/>
                    <button
                        type="button"
                        class="btn small icon"
                        aria-label=t("alerts.clear")
                        title=t("alerts.clear")
                        on:click=move |_| board.checked.update(|c| c.clear())
                    >
                        <Icon name="x" small=true/>
                    </button>
                </span>
            </div>
        </Show>
    }
}

/// Closing needs a conclusion; it can be undone, so it is not asked twice.
#[component]
pub fn CloseDialog(board: Board) -> impl IntoView {
    let text = NodeRef::<Textarea>::new();
    let submit = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let area = text.get_untracked();
        let conclusion = area.as_ref().map(|e| e.value()).unwrap_or_default();
        let Ok(change) = board.change_of("close", &conclusion, "") else { return };
        let ids = ids(board);
        board.change(ids.clone(), "close", change, move || {
            dom::close_modal(CLOSE_DIALOG);
            if let Some(e) = &area {
                e.set_value("");
            }
            focus::next(board, &ids);
        });
    };
    view! {
        <Dialog id=CLOSE_DIALOG title=Signal::derive(move || tn("alerts.close_many", count(board)))>
            <form on:submit=submit>
                <div class="body">
                    <FormError problem=Signal::derive(move || board.problem.get())/>
                    <Field name="bulk-conclusion" label=t("alerts.conclusion") hint=t("alerts.conclusion_hint")>
                        <textarea class="input" id="bulk-conclusion" name="conclusion" rows="3" maxlength="10000" required node_ref=text></textarea>
                    </Field>
                </div>
                <div class="df">
                    <button type="button" class="btn" on:click=|_| dom::close_modal(CLOSE_DIALOG)>
                        {t("common.cancel")}
                    </button>
                    <button class="btn primary">{t("alerts.close")}</button>
                </div>
            </form>
        </Dialog>
    }
}
