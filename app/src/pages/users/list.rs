use super::{Chosen, Filter};
use crate::{
    components::*,
    i18n::{num, t, t_of, t_with},
    url::Query,
};
use leptos::prelude::*;
use model::user::UserProfile;

/// Two letters for a person.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|w| w.chars().next());
    let (first, last) = (words.next(), words.next_back());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// Whether a person can sign in, as glyph and word.
#[component]
pub(super) fn State(active: bool, must_change: bool) -> impl IntoView {
    match (active, must_change) {
        (false, _) => view! { <Status glyph="off" text=t("users.is_disabled")/> },
        (true, true) => view! { <Status glyph="warn" text=t("users.must_change")/> },
        (true, false) => view! { <Status glyph="ok" text=t("users.active")/> },
    }
}

/// When a person last signed in.
#[component]
pub(super) fn LastSignIn(user: UserProfile) -> impl IntoView {
    match user.last_login_at {
        Some(at) => view! { <TimeText at/> }.into_any(),
        None => view! { <span class="faint">{t("users.never")}</span> }.into_any(),
    }
}

#[component]
fn Row(user: UserProfile, chosen: Memo<Chosen>, address: Memo<Query>) -> impl IntoView {
    let id = user.id;
    let href = move || address.with(|q| q.href(&format!("/users/{id}")));
    let selected = move || if chosen.get() == Chosen::Person(id) { "true" } else { "false" };
    view! {
        <tr aria-selected=selected>
            <td class="cut">
                <span class="row">
                    <span class="avatar" aria-hidden="true">{initials(&user.full_name)}</span>
                    <span class="cut">
                        <a class="go medium" href=href>{user.full_name.clone()}</a>
                        " "
                        <span class="mono faint">{user.email.clone()}</span>
                    </span>
                </span>
            </td>
            <td class="cut">{t_of("role", user.role.as_str())}</td>
            <td class="cut muted" data-wide="">{user.team.clone().unwrap_or_else(|| t("common.none"))}</td>
            <td class="cut muted" data-wide=""><LastSignIn user=user.clone()/></td>
            <td><State active=user.is_active must_change=user.must_change_password/></td>
        </tr>
    }
}

/// The people that the filter keeps, by name.
#[component]
pub(super) fn List(
    users: Vec<UserProfile>,
    filter: Memo<Filter>,
    chosen: Memo<Chosen>,
    address: Memo<Query>,
) -> impl IntoView {
    let mut users = users;
    users.sort_by_key(|u| u.full_name.to_lowercase());
    let total = users.len() as i64;
    move || {
        let kept: Vec<_> = users.iter().filter(|u| filter.with(|f| f.keeps(u))).cloned().collect();
        if kept.is_empty() {
            return view! {
                <EmptyState title=t("users.empty")>
                    <p>
                        <a href="/users">{t_with("users.show_all", &[("n", &num(total))])}</a>
                    </p>
                </EmptyState>
            }
            .into_any();
        }
        let shown = kept.len() as i64;
        let rows = kept.into_iter().map(|user| view! { <Row user chosen address/> }).collect_view();
        let head = || {
            view! {
                <th aria-sort="ascending">{t("users.name")}</th>
                <th data-w="m">{t("users.role")}</th>
                <th data-w="m" data-wide="">{t("users.team")}</th>
                <th data-w="m" data-wide="">{t("users.last_sign_in")}</th>
                <th data-w="l">{t("users.state")}</th>
            }
        };
        view! {
            <Table label=t("users.title") kind="fit" head>
                {rows}
            </Table>
            <Pager shown total first=None next=None>{t("users.audited")}</Pager>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        assert_eq!(
            [initials("Ana Ruiz"), initials("ñu"), initials("A B C d"), initials(" ")],
            ["AR", "Ñ", "AD", ""]
        );
    }
}
