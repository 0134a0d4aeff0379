//! One's own password: forced at the first sign-in, reachable from the profile later.
use crate::{
    components::{FormError, Note, TextField},
    context::page_context,
    i18n::t,
    server_fns::password::ChangePassword as Change,
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;

#[component]
pub fn ChangePassword() -> impl IntoView {
    let forced = page_context().person.is_some_and(|p| p.must_change_password);
    let action = ServerAction::<Change>::new();
    let problem = Signal::derive(move || action.value().get().and_then(Result::err));
    let done = move || action.value().with(|v| matches!(v, Some(Ok(()))));
    let pending = action.pending();
    view! {
        <Title text=t("password.title")/>
        <main class="signin">
            <div class="box1">
                <div class="name">
                    <svg aria-hidden="true"><use_ href="/icons.svg#i-logo"/></svg>
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
                    <ActionForm action attr:class="form">
                        {forced.then(|| view! { <Note>{t("password.forced")}</Note> })}
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
                        <button class="btn primary" aria-busy=move || pending.get().then_some("true")>
                            {t("password.submit")}
                        </button>
                    </ActionForm>
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
