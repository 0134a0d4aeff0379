use crate::{dom, i18n::t};
use leptos::prelude::*;

/// A modal dialog; open it with `dom::show_modal(id)`, close it with `dom::close_modal(id)`. Escape and Cancel close it.
/// The children are the body and, last, a `<div class="df">` with the buttons.
#[component]
pub fn Dialog(
    #[prop(into)] id: String,
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let closing = id.clone();
    view! {
        <dialog class=if wide { "dialog wide" } else { "dialog" } id=id aria-labelledby=heading>
            <div class="dh">
                <h2 id=heading.clone()>{move || title.get()}</h2>
                <button
                    type="button"
                    class="btn quiet icon small end"
                    aria-label=t("common.close_dialog")
                    on:click=move |_| dom::close_modal(&closing)
                >
                    <super::Icon name="x" small=true/>
                </button>
            </div>
            {children()}
        </dialog>
    }
}

/// Asks before what cannot be undone. The title is the question, the verb is on the button; focus is on Cancel.
#[component]
pub fn ConfirmDialog(
    #[prop(into)] id: String,
    #[prop(into)] title: Signal<String>,
    /// The verb.
    #[prop(into)]
    action: String,
    #[prop(into)] on_confirm: Callback<()>,
    /// What will happen, in a sentence.
    children: Children,
) -> impl IntoView {
    let (cancel, confirm) = (id.clone(), id.clone());
    view! {
        <Dialog id title>
            <div class="body">{children()}</div>
            <div class="df">
                <button type="button" class="btn" autofocus on:click=move |_| dom::close_modal(&cancel)>
                    {t("common.cancel")}
                </button>
                <button
                    type="button"
                    class="btn danger"
                    on:click=move |_| {
                        dom::close_modal(&confirm);
                        on_confirm.run(());
                    }
                >
                    {action}
                </button>
            </div>
        </Dialog>
    }
}
