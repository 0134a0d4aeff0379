use super::{Button, FormError, FormProblem, TextField};
use crate::{i18n::t, server_fns::password::ChangePassword};
use leptos::{form::ActionForm, prelude::*};

/// Present password, new one, and the new one again. Children stand above the fields.
#[component]
pub fn PasswordForm(
    action: ServerAction<ChangePassword>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let problem = FormProblem::derive(move || action.value().get().and_then(Result::err));
    view! {
        <ActionForm action attr:class="form">
            {children.map(|c| c())}
            <FormError problem/>
            <TextField
                name="current_password"
                label=t("password.current")
                kind="password"
                autocomplete="current-password"
                required=true
                problem
            />
            <TextField
                name="new_password"
                label=t("password.new")
                hint=t("password.hint")
                kind="password"
                autocomplete="new-password"
                required=true
                problem
            />
            <TextField name="again" label=t("password.again") kind="password" autocomplete="new-password" required=true problem/>
            <Button label=t("password.submit") kind="primary" busy=action.pending()/>
        </ActionForm>
    }
}
