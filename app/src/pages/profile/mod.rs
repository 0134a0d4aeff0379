//! One's own profile: what is known, preferences, password, session.
mod account;
mod preferences;

use crate::{
    components::*,
    i18n::t,
    server_fns::{password::ChangePassword, profile::fetch_me},
};
use account::Account;
use leptos::prelude::*;
use preferences::Preferences;

#[component]
fn Password() -> impl IntoView {
    let action = ServerAction::<ChangePassword>::new();
    let done = move || action.value().with(|v| matches!(v, Some(Ok(()))));
    view! {
        <section class="sec">
            <h2>{t("profile.password")}</h2>
            {move || {
                if done() {
                    view! { <Note tone="ok">{t("password.done")}</Note> }.into_any()
                } else {
                    view! { <PasswordForm action/> }.into_any()
                }
            }}
        </section>
    }
}

#[component]
fn Session() -> impl IntoView {
    view! {
        <section class="sec">
            <h2>{t("profile.session")}</h2>
            <form method="post" action="/logout" class="form">
                <p class="muted">{t("profile.session_text")}</p>
                <div class="btns-end">
                    <Button label=t("nav.logout")/>
                </div>
            </form>
        </section>
    }
}

#[component]
pub fn Profile() -> impl IntoView {
    let me = Resource::new(|| (), |()| fetch_me());
    let account = move || {
        me.get().map(|answer| match answer {
            Ok(user) => {
                view! { <Account user saved=Callback::new(move |()| me.refetch())/> }.into_any()
            }
            Err(problem) => {
                view! { <ProblemView problem retry=Callback::new(move |()| me.refetch())/> }
                    .into_any()
            }
        })
    };
    view! {
        <PageHead title=t("nav.profile")/>
        <div class="scroll body sheetlike" tabindex="0" role="region" aria-label=t("nav.profile")>
            <Transition fallback=|| view! { <Skeleton/> }>{account}</Transition>
            <Preferences/>
            <Password/>
            <Session/>
        </div>
    }
}
