//! One's own profile.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    Problem,
    user::{UserChange, UserProfile},
};

#[server(prefix = "", input = Json)]
pub async fn fetch_me() -> Result<UserProfile, Problem> {
    let (backend, caller) = seat()?;
    backend.me(&caller).await
}

/// One's own time zone, an IANA name.
#[server(prefix = "")]
pub async fn change_timezone(timezone: String) -> Result<UserProfile, Problem> {
    let (backend, caller) = seat()?;
    backend
        .change_user(
            &caller,
            caller.user_id,
            UserChange { timezone: Some(timezone), ..Default::default() },
        )
        .await
}
