//! What can be done to an alert. Every button is a form's, so it works before the page is alive; then it can be undone.
use super::{board::Board, focus};
use crate::{
    components::{ConfirmDialog, Field, FormError, Icon, Menu, Toasts},
    context::may,
    dom,
    i18n::t,
    server_fns::alerts::{AlertFile, WorkAlert, delete_alert},
};
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};
use leptos_router::hooks::use_navigate;
use model::{Permission, alert::AlertStatus};
use wasm_bindgen::JsCast;

/// Value of a named control of the form that was submitted.
fn value(ev: &web_sys::SubmitEvent, name: &str) -> String {
    let form = ev.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    let control = form.and_then(|f| f.query_selector(&format!("[name={name}]")).ok().flatten());
    let Some(control) = control else { return String::new() };
    if let Some(e) = control.dyn_ref::<web_sys::HtmlTextAreaElement>() {
        e.value()
    } else if let Some(e) = control.dyn_ref::<web_sys::HtmlSelectElement>() {
        e.value()
    } else {
        control.dyn_ref::<web_sys::HtmlInputElement>().map(|e| e.value()).unwrap_or_default()
    }
}

fn close_menus() {
    for id in ["close-alert", "assign-alert", "more-alert"] {
        if let Some(menu) = dom::element(id) {
            dom::close_popover(&menu);
        }
    }
}

/// Closes the form that was used. Closing and reopening take away the buttons that did it, and one of them had the focus.
fn settle(id: i64, verb: &str, board: Board) {
    close_menus();
    match verb {
        "close" => focus::next(board, &[id]),
        "reopen" => dom::focus(focus::FILE),
        _ => {}
    }
}

/// A form that does `verb` to the alert.
#[component]
fn Verb(
    id: i64,
    verb: &'static str,
    board: Board,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    let submit = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        match board.change_of(verb, &value(&ev, "conclusion"), &value(&ev, "assignee")) {
            Ok(change) => board.change(vec![id], verb, change, move || settle(id, verb, board)),
            Err(problem) => board.problem.set(Some(problem)),
        }
    };
    view! {
        <form class=class method="post" action={<WorkAlert as ServerFn>::PATH} on:submit=submit>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="verb" value=verb/>
            {children()}
        </form>
    }
}

#[component]
pub fn Actions(
    id: i64,
    file: Memo<Option<AlertFile>>,
    board: Board,
    back: Signal<String>,
) -> impl IntoView {
    let closed = Memo::new(move |_| {
        file.with(|f| f.as_ref().is_some_and(|f| f.alert.status == AlertStatus::Closed))
    });
    let people =
        Memo::new(move |_| file.with(|f| f.as_ref().map(|f| f.people.clone()).unwrap_or_default()));
    let assigned = Memo::new(move |_| file.with(|f| f.as_ref().and_then(|f| f.alert.assigned_to)));
    let options = move || {
        let to = assigned.get();
        people
            .get()
            .into_iter()
            .map(|p| view! { <option value=p.id.to_string() selected=Some(p.id) == to>{p.name}</option> })
            .collect_view()
    };
    if !may(Permission::WorkAlerts) {
        return ().into_any();
    }
    let bar = move || {
        if closed.get() {
            return view! {
                <Verb id verb="reopen" board>
                    <button class="btn primary">{t("alerts.reopen")}</button>
                </Verb>
            }
            .into_any();
        }
        view! {
            <Verb id verb="take" board>
                <button class="btn primary" aria-keyshortcuts="a">
                    {t("alerts.take")}
                    <kbd aria-hidden="true">"a"</kbd>
                </button>
            </Verb>
            <Menu id="close-alert" label=t("alerts.close") key="e" plain=true>
                <Verb id verb="close" board class="filtermenu">
                    <FormError problem=Signal::derive(move || board.problem.get())/>
                    <Field name="conclusion" label=t("alerts.conclusion") hint=t("alerts.conclusion_hint")>
                        <textarea class="input" id="conclusion" name="conclusion" rows="4" maxlength="10000" required></textarea>
                    </Field>
                    <button class="btn primary">{t("alerts.close_with")}</button>
                </Verb>
            </Menu>
            <Menu id="assign-alert" label=t("alerts.assign") plain=true>
                <Verb id verb="assign" board class="filtermenu">
                    <Field name="assignee" label=t("alerts.assign_to")>
                        <select class="select" id="assignee" name="assignee">
                            <option value="">{t("alerts.nobody")}</option>
                            {options}
                        </select>
                    </Field>
                    <button class="btn primary">{t("alerts.assign")}</button>
                </Verb>
            </Menu>
        }
        .into_any()
    };
    view! {
        <div class="actbar">
            {bar}
            {may(Permission::DeleteAlerts).then(|| view! { <Delete id board back/> })}
        </div>
    }
    .into_any()
}

/// Deleting cannot be undone, so it is asked about. `back`: the list without the alert.
#[component]
fn Delete(id: i64, board: Board, back: Signal<String>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let navigate = use_navigate();
    let confirmed = Callback::new(move |()| {
        let (navigate, back) = (navigate.clone(), back.get_untracked());
        spawn_local(async move {
            match delete_alert(id).await {
                Ok(()) => {
                    toasts.say(t("alerts.deleted"));
                    focus::next(board, &[id]);
                    board.forget(id);
                    board.reload();
                    navigate(&back, Default::default());
                }
                Err(problem) => toasts.say_problem(&problem),
            }
        });
    });
    view! {
        <Menu id="more-alert" label=t("alerts.more_actions") icon="ellipsis" bare=true>
            <button
                type="button"
                role="menuitem"
                data-danger=""
                on:click=|_| {
                    close_menus();
                    dom::show_modal("delete-alert");
                }
            >
                <Icon name="x" small=true/>
                {t("alerts.delete")}
            </button>
        </Menu>
        <ConfirmDialog id="delete-alert" title=Signal::stored(t("alerts.delete_ask")) action=t("alerts.delete") on_confirm=confirmed>
            <p>{t("alerts.delete_text")}</p>
        </ConfirmDialog>
    }
}
