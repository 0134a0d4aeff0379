//! One's own profile, and the people of the tenant.
use crate::{
    api::{
        extract::{Sent, Who},
        reply::{Said, said},
    },
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State},
};
use backend::PeopleBackend;
use model::{
    Permission,
    user::{NewUser, OneTimePassword, PasswordChange, UserChange, UserProfile},
};
use platform::{ApiResult, Entry, Ledger};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(
        Entry::get("/me", "The signed-in person").needs(Permission::Own).replies::<UserProfile>(),
        me,
    )
    .route(
        Entry::post("/me/password", "Changes one's own password and ends one's other sessions")
            .needs(Permission::Own)
            .takes::<PasswordChange>()
            .replies::<Said>(),
        change_password,
    )
    .route(
        Entry::get("/users", "People of the tenant, by id")
            .needs(Permission::ReadUsers)
            .replies_list::<UserProfile>(),
        list,
    )
    .route(
        Entry::post("/users", "Adds a person, who must change the password at the first sign-in")
            .needs(Permission::ManageUsers)
            .takes::<NewUser>()
            .replies::<UserProfile>(),
        create,
    )
    .route(
        Entry::get("/users/{id}", "One person")
            .needs(Permission::ReadUsers)
            .replies::<UserProfile>(),
        show,
    )
    .route(
        Entry::patch("/users/{id}", "Changes, disables or enables a person")
            .needs(Permission::ManageUsers)
            .takes::<UserChange>()
            .replies::<UserProfile>(),
        change,
    )
    .route(
        Entry::post(
            "/users/{id}/reset-password",
            "Makes a one-time password and ends the person's sessions",
        )
        .needs(Permission::ManageUsers)
        .replies::<OneTimePassword>(),
        reset,
    )
}

async fn me(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<UserProfile>> {
    Ok(Json(s.soc.me(&who).await?))
}

async fn change_password(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(c): Sent<PasswordChange>,
) -> ApiResult<Json<Said>> {
    s.soc.change_password(&who, c).await?;
    Ok(said("Password changed"))
}

async fn list(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<Vec<UserProfile>>> {
    Ok(Json(s.soc.users(&who).await?))
}

async fn create(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(new): Sent<NewUser>,
) -> ApiResult<Json<UserProfile>> {
    Ok(Json(s.soc.create_user(&who, new).await?))
}

async fn show(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<UserProfile>> {
    Ok(Json(s.soc.user(&who, id).await?))
}

async fn change(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
    Sent(c): Sent<UserChange>,
) -> ApiResult<Json<UserProfile>> {
    Ok(Json(s.soc.change_user(&who, id, c).await?))
}

async fn reset(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<OneTimePassword>> {
    Ok(Json(s.soc.reset_password(&who, id).await?))
}
