//! The fields that creating and changing a person have in common.
use super::role_options;
use crate::{components::*, i18n::t};
use leptos::prelude::*;
use model::{FieldError, Problem, user::UserProfile};

/// The problem of a form, said at a field or in the reader's language where the server says it in one English sentence.
pub(super) fn explained(problem: Problem) -> Problem {
    if problem.is("conflict") {
        return Problem { detail: t("users.last_admin"), ..problem };
    }
    if problem.is("bad_request")
        && problem.errors.is_empty()
        && problem.detail.starts_with("Email already")
    {
        let taken = FieldError {
            pointer: "/email".into(),
            code: "taken".into(),
            message: t("users.email_taken"),
        };
        return Problem {
            detail: t("users.email_taken"),
            errors: vec![taken],
            ..Problem::invalid(Vec::new())
        };
    }
    problem
}

/// `user`: whose values stand in the fields; `None` for somebody new.
#[component]
pub(super) fn PersonFields(user: Option<UserProfile>, problem: FormProblem) -> impl IntoView {
    let new = user.is_none();
    let of = |f: fn(&UserProfile) -> String| user.as_ref().map(f).unwrap_or_default();
    let or_empty =
        |f: fn(&UserProfile) -> Option<String>| user.as_ref().and_then(f).unwrap_or_default();
    let role = user.as_ref().map_or("analyst", |u| u.role.as_str());
    let zone = user.as_ref().map_or("Europe/Madrid".into(), |u| u.timezone.clone());
    view! {
        <TextField name="full_name" label=t("users.full_name") value=of(|u| u.full_name.clone()) problem required=true autocomplete="off"/>
        <TextField name="email" label=t("users.email") kind="email" value=of(|u| u.email.clone()) problem required=true autocomplete="off"/>
        {new
            .then(|| {
                view! {
                    <TextField
                        name="password"
                        label=t("users.first_password")
                        kind="password"
                        hint=t("users.first_password_hint")
                        problem
                        required=true
                        autocomplete="new-password"
                    />
                }
            })}
        <SelectField name="role" label=t("users.role") options=role_options() value=role problem/>
        <TextField name="team" label=t("users.team") value=or_empty(|u| u.team.clone()) problem/>
        <TextField name="manager" label=t("users.manager") value=or_empty(|u| u.manager.clone()) problem/>
        <TextField name="computer" label=t("users.computer") value=or_empty(|u| u.computer.clone()) problem/>
        <TextField name="mobile_phone" label=t("users.phone") kind="tel" value=or_empty(|u| u.mobile_phone.clone()) problem/>
        <TextField name="timezone" label=t("users.timezone") hint=t("users.timezone_hint") value=zone problem required=true/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_address_is_said_at_its_field() {
        let p = explained(Problem::bad_request("Email already registered"));
        assert_eq!(p.errors[0].pointer, "/email");
        let other = Problem::bad_request("no JSON");
        assert_eq!(explained(other.clone()), other);
    }

    #[test]
    fn the_last_administrator_is_named_in_the_readers_words() {
        let p = explained(Problem::conflict(
            "This is the last administrator. Make somebody else administrator first",
        ));
        assert!(p.is("conflict") && p.detail.contains("administrator"));
    }
}
