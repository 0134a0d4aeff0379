//! One's own password: forced at the first sign-in, reachable from the profile later.
use crate::{
    components::{Note, PasswordForm},
    context::page_context,
    i18n::t,
    server_fns::password::ChangePassword as Change,
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn ChangePassword() -> impl IntoView {
    let forced = page_context().person.is_some_and(|p| p.must_change_password);
    let action = ServerAction::<Change>::new();
    let done = move || action.value().with(|v| matches!(v, Some(Ok(()))));
    view! {
        <Title text=t("password.title")/>
        <main class="signin">
            <div class="box1">
                <div class="name">
                    <svg aria-hidden="true"><use_ href=crate::components::sprite("i-logo")/></svg>
                    "EventSec"
                </div>
                <h1>{t("password.title")}</h1>
                <Show
                    when=move || !done()
                    fallback=|| {
                        view! {
                            <div class="form">
                                <Note tone="ok">{t("password.done")}</Note>
                                // a full load: the session says something else now
                                <a class="btn primary" href="/" rel="external">
                                    {t("password.go_on")}
                                </a>
                            </div>
                        }
                    }
                >
                    <PasswordForm action>
                        {forced.then(|| view! { <Note>{t("password.forced")}</Note> })}
                    </PasswordForm>
                </Show>
            </div>
            <footer class="meta">
                <form method="post" action="/logout">
                    <button>{t("nav.logout")}</button>
                </form>
            </footer>
        </main>
    }
}
