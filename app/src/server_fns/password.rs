//! Changing one's own password, from a plain form.
use super::seat;
use leptos::prelude::*;
use model::{Problem, user::PasswordChange};

#[server(prefix = "")]
pub async fn change_password(
    current_password: String,
    new_password: String,
    again: String,
) -> Result<(), Problem> {
    let (backend, caller) = seat()?;
    if again != new_password {
        return Err(Problem::field("again", "mismatch", "is not the same as the new password"));
    }
    backend.change_password(&caller, PasswordChange { current_password, new_password }).await
}
