//! People of the team.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    Problem,
    user::{NewUser, OneTimePassword, UserChange, UserProfile},
};

#[server(prefix = "", input = Json)]
pub async fn fetch_users() -> Result<Vec<UserProfile>, Problem> {
    let (backend, caller) = seat()?;
    backend.users(&caller).await
}

/// What a form sends for an empty field is no value.
fn given(text: String) -> Option<String> {
    Some(text).filter(|t| !t.trim().is_empty())
}

#[allow(clippy::too_many_arguments)] // one for each field of the form
#[server(prefix = "")]
pub async fn create_user(
    full_name: String,
    email: String,
    role: String,
    password: String,
    #[server(default)] team: String,
    #[server(default)] manager: String,
    #[server(default)] computer: String,
    #[server(default)] mobile_phone: String,
    #[server(default)] timezone: String,
) -> Result<UserProfile, Problem> {
    let (backend, caller) = seat()?;
    let new = NewUser {
        full_name,
        email,
        role,
        password,
        team: given(team),
        manager: given(manager),
        computer: given(computer),
        mobile_phone: given(mobile_phone),
        timezone: given(timezone),
    };
    backend.create_user(&caller, new).await
}

/// Every field of the person's form; an empty team, manager, computer or phone is removed.
#[allow(clippy::too_many_arguments)]
#[server(prefix = "")]
pub async fn change_user(
    id: i64,
    full_name: String,
    email: String,
    role: String,
    team: String,
    manager: String,
    computer: String,
    mobile_phone: String,
    timezone: String,
) -> Result<UserProfile, Problem> {
    let (backend, caller) = seat()?;
    let change = UserChange {
        full_name: Some(full_name),
        email: Some(email),
        role: Some(role),
        team: Some(team),
        manager: Some(manager),
        computer: Some(computer),
        mobile_phone: Some(mobile_phone),
        timezone: Some(timezone),
        is_active: None,
    };
    backend.change_user(&caller, id, change).await
}

/// Disables a person (they cannot sign in any more) or enables them again.
#[server(prefix = "")]
pub async fn set_active(id: i64, active: bool) -> Result<UserProfile, Problem> {
    let (backend, caller) = seat()?;
    backend
        .change_user(&caller, id, UserChange { is_active: Some(active), ..Default::default() })
        .await
}

/// Not for plain forms: the answer is shown once and cannot be asked for again, so it must not get lost in a redirect.
#[server(prefix = "", input = Json)]
pub async fn reset_password(id: i64) -> Result<OneTimePassword, Problem> {
    let (backend, caller) = seat()?;
    backend.reset_password(&caller, id).await
}
