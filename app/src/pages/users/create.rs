use super::form::{PersonFields, explained};
use crate::{components::*, i18n::t, server_fns::users::CreateUser};
use leptos::{form::ActionForm, prelude::*};

/// The form for somebody new. Who may not manage users is told so.
#[component]
pub(super) fn NewPerson(
    manage: bool,
    close: Signal<String>,
    create: ServerAction<CreateUser>,
) -> impl IntoView {
    let problem =
        FormProblem::derive(move || create.value().get().and_then(Result::err).map(explained));
    let body = if manage {
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label=t("users.new")>
                <ActionForm action=create>
                    <div class="form pad">
                        <FormError problem/>
                        <PersonFields user=None problem/>
                        <div class="btns-end">
                            <Button label=t("users.create") kind="primary" busy=create.pending()/>
                            <a class="btn" href=move || close.get()>{t("common.cancel")}</a>
                        </div>
                    </div>
                </ActionForm>
            </div>
        }
        .into_any()
    } else {
        view! { <p class="pad muted">{t("users.may_not")}</p> }.into_any()
    };
    view! {
        <SidePanel title=t("users.new") close>
            {body}
        </SidePanel>
    }
}
