//! Who is signed in: the way to their profile, and how tightly rows stand.
use super::{Icon, density::DensityLink, menu};
use crate::{
    context::{Density, Person},
    i18n::{t, t_of, t_with},
};
use leptos::prelude::*;

const MENU: &str = "account-menu";

/// Two letters for a person.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|w| w.chars().next());
    let (first, last) = (words.next(), words.next_back());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[component]
pub(super) fn AccountMenu(person: Person) -> impl IntoView {
    let label = t_with("nav.account", &[("name", &person.name)]);
    view! {
        <span class="menuwrap">
            <button
                type="button"
                class="btn quiet icon"
                popovertarget=MENU
                aria-haspopup="menu"
                aria-label=label.clone()
                title=person.email.clone()
                on:click=move |_| menu::enter(MENU)
            >
                <span class="avatar" data-me="" aria-hidden="true">{initials(&person.name)}</span>
            </button>
            <div
                class="menu account"
                id=MENU
                popover="auto"
                role="menu"
                aria-label=label
                on:keydown=move |ev| menu::move_focus(&ev, &[])
            >
                <div class="who">
                    <b>{person.name}</b>
                    <span class="meta">{person.email}</span>
                    <span class="meta">{t_of("role", person.role.as_str())}</span>
                </div>
                <hr/>
                <a role="menuitem" href="/profile" on:click=move |_| menu::close(MENU)>
                    <Icon name="user"/>
                    {t("nav.profile")}
                </a>
                <a role="menuitem" href="/api/docs/ui" rel="external" on:click=move |_| menu::close(MENU)>
                    <Icon name="book-open"/>
                    {t("nav.api")}
                </a>
                <div class="mh">{t("nav.density")}</div>
                {Density::ALL.into_iter().map(|density| view! { <DensityLink density/> }).collect_view()}
            </div>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_first_and_last() {
        assert_eq!(initials("Ana María Ruiz"), "AR");
        assert_eq!(initials("admin"), "A");
        assert_eq!(initials(" "), "");
    }
}
