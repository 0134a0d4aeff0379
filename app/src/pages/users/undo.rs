//! Enabling and disabling a person can be undone.
use crate::{components::Toasts, i18n::t, server_fns::users::set_active};
use leptos::{prelude::*, task::spawn_local};
use model::{Problem, user::UserProfile};

type People = Resource<Result<Vec<UserProfile>, Problem>>;

fn said(active: bool) -> String {
    if active { t("users.enabled") } else { t("users.disabled") }
}

/// Says what the person is now, with a way back.
pub(super) fn offer(user: &UserProfile, toasts: Toasts, people: People) {
    let (id, active) = (user.id, user.is_active);
    toasts.say_undo(said(active), move || put_back(id, !active, toasts, people));
}

/// Not through the page's action: it is gone when the page is, and the toast is not. Reading again a list that is gone does nothing.
fn put_back(id: i64, active: bool, toasts: Toasts, people: People) {
    spawn_local(async move {
        match set_active(id, active).await {
            Ok(_) => {
                toasts.say(said(active));
                people.refetch();
            }
            Err(problem) => toasts.say_problem(&problem),
        }
    });
}
