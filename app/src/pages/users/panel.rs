//! One person: what may be done with the account, the account itself (a form for who manages users), and what the role allows.
use super::{
    Deeds,
    form::{PersonFields, explained},
    list::{LastSignIn, State},
    rights::Rights,
};
use crate::{
    components::*,
    dom,
    i18n::{t, t_of, t_with},
    url::Query,
};
use leptos::{form::ActionForm, prelude::*};
use model::user::UserProfile;

const ASK: &str = "reset-ask";

/// Disable or enable, and a new one-time password.
#[component]
fn Bar(user: UserProfile, deeds: Deeds) -> impl IntoView {
    let (id, active) = (user.id, user.is_active);
    // the answer can be shown only by a page that is alive
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let label = if active { t("users.disable") } else { t("users.enable") };
    let kind = if active { "danger" } else { "" };
    let trail =
        Query::new().with("target_type", "user").with("target_id", &id.to_string()).href("/audit");
    view! {
        <div class="actbar">
            <ActionForm action=deeds.activate>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="active" value=(!active).to_string()/>
                <Button label kind busy=deeds.activate.pending()/>
            </ActionForm>
            <Button
                label=t("users.reset")
                disabled=Signal::derive(move || !alive.get())
                busy=deeds.reset.pending()
                on_press=Callback::new(|()| dom::show_modal(ASK))
            />
            <a class="btn" href=trail>{t("users.trail")}</a>
        </div>
        <ConfirmDialog
            id=ASK
            title=t_with("users.reset_ask", &[("name", &user.full_name)])
            action=t("users.reset")
            on_confirm=Callback::new(move |()| { deeds.reset.dispatch(id); })
        >
            <p>{t("users.reset_text")}</p>
        </ConfirmDialog>
    }
}

/// What the actions of the bar answered: the password, once, or why not.
#[component]
fn Answers(deeds: Deeds) -> impl IntoView {
    let refused = FormProblem::derive(move || {
        let reset = deeds.reset.value().get().and_then(Result::err);
        deeds.activate.value().get().and_then(Result::err).or(reset).map(explained)
    });
    let password = move || {
        deeds.reset.value().get().and_then(Result::ok).map(|once| {
            view! {
                <Note tone="ok">
                    <b>{t("users.once")}</b>
                    <CopyLine text=once.password label=t("users.copy_password")/>
                    <p>{t_with("users.once_text", &[("email", &once.email)])}</p>
                    <Button label=t("users.once_done") kind="small" on_press=Callback::new(move |()| deeds.reset.clear())/>
                </Note>
            }
        })
    };
    view! {
        <div class="answers">
            <FormError problem=refused/>
            {password}
        </div>
    }
}

#[component]
fn Facts(user: UserProfile) -> impl IntoView {
    let or_none =
        |v: Option<String>| v.filter(|v| !v.is_empty()).unwrap_or_else(|| t("common.none"));
    view! {
        <dl class="kv">
            <dt>{t("users.role")}</dt>
            <dd>{t_of("role", user.role.as_str())}</dd>
            <dt>{t("users.team")}</dt>
            <dd>{or_none(user.team)}</dd>
            <dt>{t("users.manager")}</dt>
            <dd>{or_none(user.manager)}</dd>
            <dt>{t("users.computer")}</dt>
            <dd>{or_none(user.computer)}</dd>
            <dt>{t("users.phone")}</dt>
            <dd>{or_none(user.mobile_phone)}</dd>
            <dt>{t("users.timezone")}</dt>
            <dd>{user.timezone}</dd>
        </dl>
    }
}

#[component]
fn AccountForm(user: UserProfile, deeds: Deeds) -> impl IntoView {
    let change = deeds.change;
    let problem =
        FormProblem::derive(move || change.value().get().and_then(Result::err).map(explained));
    view! {
        <ActionForm action=change>
            <input type="hidden" name="id" value=user.id/>
            <div class="form">
                <PersonFields user=Some(user) problem/>
                // beside the button, where the eye is after pressing it
                <FormError problem/>
                <div class="btns-end">
                    <Button label=t("users.save") kind="primary" busy=change.pending()/>
                </div>
            </div>
        </ActionForm>
    }
}

/// `me`: who looks.
#[component]
pub(super) fn PersonPanel(
    user: UserProfile,
    manage: bool,
    me: Option<i64>,
    close: Signal<String>,
    deeds: Deeds,
) -> impl IntoView {
    let account = if manage {
        view! { <AccountForm user=user.clone() deeds/> }.into_any()
    } else {
        view! { <Facts user=user.clone()/> }.into_any()
    };
    let (title, sub) = (user.full_name.clone(), user.email.clone());
    view! {
        <SidePanel title sub close>
            {manage.then(|| view! { <Bar user=user.clone() deeds/> })}
            <div class="scroll" tabindex="0" role="region" aria-label=t("users.account")>
                {manage.then(|| view! { <Answers deeds/> })}
                <section class="sec">
                    <h3>
                        {t("users.account")}
                        {(me == Some(user.id)).then(|| view! { <a class="aside link" href="/profile">{t("users.this_is_you")}</a> })}
                    </h3>
                    <dl class="kv">
                        <dt>{t("users.state")}</dt>
                        <dd><State active=user.is_active must_change=user.must_change_password/></dd>
                        <dt>{t("users.last_sign_in")}</dt>
                        <dd><LastSignIn user=user.clone()/></dd>
                        <dt>{t("users.since")}</dt>
                        <dd><TimeText at=user.created_at style=TimeStyle::Short/></dd>
                    </dl>
                    {account}
                </section>
                <Rights name=user.full_name.clone() role=user.role/>
            </div>
        </SidePanel>
    }
}
