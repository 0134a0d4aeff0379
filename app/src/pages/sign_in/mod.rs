//! Sign-in: a plain form to `/login`, which answers with a redirect to `next` or back here with `?error=<code>`.
use crate::{
    components::{Icon, LangLink, Note, ThemeSwitch},
    i18n::{Lang, t, try_t_of},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SignIn() -> impl IntoView {
    let query = use_query_map();
    let next = query.read_untracked().get("next").unwrap_or_else(|| "/".into());
    // an unknown code is still a refusal
    let error = query
        .read_untracked()
        .get("error")
        .map(|code| try_t_of("login.error", &code).unwrap_or_else(|| t("login.error.invalid")));
    let failed = error.is_some();
    view! {
        <Title text=t("login.title")/>
        <main class="signin">
            <div class="box1">
                <div class="name">
                    <svg aria-hidden="true"><use_ href=crate::components::sprite("i-logo")/></svg>
                    "EventSec"
                </div>
                <h1>{t("login.heading")}</h1>
                <form class="form" method="post" action="/login">
                    {error.map(|text| view! { <Note tone="bad"><span id="login-error">{text}</span></Note> })}
                    <input type="hidden" name="next" value=next/>
                    <div class="field">
                        <label for="email">{t("login.email")}</label>
                        <input class="input" id="email" name="email" type="email" autocomplete="username" required autofocus/>
                    </div>
                    <div class="field">
                        <label for="password">{t("login.password")}</label>
                        <input
                            class="input"
                            id="password"
                            name="password"
                            type="password"
                            autocomplete="current-password"
                            required
                            aria-invalid=failed.then_some("true")
                            aria-describedby=failed.then_some("login-error")
                        />
                    </div>
                    <button class="btn primary">
                        <Icon name="log-in" small=true/>
                        {t("login.submit")}
                    </button>
                </form>
            </div>
            <footer class="meta">
                <span>{t("login.footer")}</span>
                <span class="langs">
                    {Lang::ALL.into_iter().map(|lang| view! { <LangLink lang/> }).collect_view()}
                    <ThemeSwitch/>
                </span>
            </footer>
        </main>
    }
}
