use crate::{
    components::*,
    i18n::{t, t_of},
    server_fns::profile::ChangeTimezone,
};
use leptos::{form::ActionForm, prelude::*};
use model::user::UserProfile;

/// One's time zone: the one part of the account that everybody changes alone.
#[component]
fn Timezone(timezone: String, saved: Callback<()>) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let action = ServerAction::<ChangeTimezone>::new();
    let problem = FormProblem::derive(move || action.value().get().and_then(Result::err));
    Effect::new(move |_| {
        if let Some(Ok(_)) = action.value().get() {
            toasts.say(t("profile.saved"));
            saved.run(());
        }
    });
    view! {
        <ActionForm action attr:class="form">
            <FormError problem/>
            <TextField
                name="timezone"
                label=t("profile.timezone")
                hint=t("profile.timezone_hint")
                value=timezone
                problem
                required=true
            />
            <div class="btns-end">
                <Button label=t("profile.save") busy=action.pending()/>
            </div>
        </ActionForm>
    }
}

/// What is known about oneself.
#[component]
pub(super) fn Account(user: UserProfile, saved: Callback<()>) -> impl IntoView {
    let or_none =
        |v: Option<String>| v.filter(|v| !v.is_empty()).unwrap_or_else(|| t("common.none"));
    let seen = match user.last_login_at {
        Some(at) => view! { <TimeText at/> }.into_any(),
        None => t("common.none").into_any(),
    };
    view! {
        <section class="sec">
            <h2>{user.full_name}</h2>
            <dl class="kv">
                <dt>{t("profile.email")}</dt>
                <dd>{user.email}</dd>
                <dt>{t("profile.role")}</dt>
                <dd>{t_of("role", user.role.as_str())}</dd>
                <dt>{t("profile.team")}</dt>
                <dd>{or_none(user.team)}</dd>
                <dt>{t("profile.manager")}</dt>
                <dd>{or_none(user.manager)}</dd>
                <dt>{t("profile.computer")}</dt>
                <dd>{or_none(user.computer)}</dd>
                <dt>{t("profile.phone")}</dt>
                <dd>{or_none(user.mobile_phone)}</dd>
                <dt>{t("profile.last_sign_in")}</dt>
                <dd>{seen}</dd>
            </dl>
            <Timezone timezone=user.timezone saved/>
        </section>
    }
}
