//! People: profiles, roles, passwords.
use crate::{
    Soc,
    auth::password,
    fault,
    record::{self, Act},
};
use backend::{PeopleBackend, Reply};
use model::{
    Caller, Permission, Problem, Role,
    user::{NewUser, OneTimePassword, PasswordChange, UserChange, UserProfile, check_password},
    view::{NewView, SavedView},
};
use serde_json::json;
use store::StoreError;

fn not_there(e: StoreError) -> Problem {
    match e {
        StoreError::NotFound => Problem::not_found("User not found"),
        StoreError::Unique(_) => Problem::bad_request("Email already registered"),
        other => fault::store(other),
    }
}

fn act<'a>(
    action: &'a str,
    id: i64,
    before: Option<&UserProfile>,
    after: Option<&UserProfile>,
) -> Act<'a> {
    Act {
        action,
        target_type: "user",
        target_id: id.to_string(),
        before: before.and_then(record::value),
        after: after.and_then(record::value),
    }
}

/// One's own time zone is one's own affair; the rest of a profile is the administrator's.
fn only_timezone(c: &UserChange) -> bool {
    let rest = [&c.full_name, &c.role, &c.email, &c.team, &c.manager, &c.computer, &c.mobile_phone];
    c.timezone.is_some() && c.is_active.is_none() && rest.iter().all(|f| f.is_none())
}

impl PeopleBackend for Soc {
    fn me<'a>(&'a self, who: &'a Caller) -> Reply<'a, UserProfile> {
        Box::pin(async move {
            who.require(Permission::Own)?;
            self.store.user(&who.tenant, who.user_id).await.map_err(not_there)
        })
    }

    fn users<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<UserProfile>> {
        Box::pin(async move {
            who.require(Permission::ReadUsers)?;
            self.store.users(&who.tenant).await.map_err(not_there)
        })
    }

    fn user<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, UserProfile> {
        Box::pin(async move {
            who.require(Permission::ReadUsers)?;
            self.store.user(&who.tenant, id).await.map_err(not_there)
        })
    }

    fn create_user<'a>(&'a self, who: &'a Caller, new: NewUser) -> Reply<'a, UserProfile> {
        Box::pin(async move {
            who.require(Permission::ManageUsers)?;
            let new = new.check()?;
            let (hash, now) = (self.passwords.hash(&new.password).await?, (self.clock)());
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            // somebody else knows the first password, so it must be changed
            let user =
                tx.insert_user(&who.tenant, &new, &hash, true, now).await.map_err(not_there)?;
            record::by(&mut tx, who, act("user.create", user.id, None, Some(&user)), now).await?;
            tx.commit().await.map_err(fault::store)?;
            Ok(user)
        })
    }

    fn change_user<'a>(
        &'a self,
        who: &'a Caller,
        id: i64,
        change: UserChange,
    ) -> Reply<'a, UserProfile> {
        Box::pin(async move {
            who.require(if id == who.user_id && only_timezone(&change) {
                Permission::Own
            } else {
                Permission::ManageUsers
            })?;
            let (change, now) = (change.check()?, (self.clock)());
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let before = tx.user(&who.tenant, id).await.map_err(not_there)?;
            let user = tx.update_user(&who.tenant, id, &change, now).await.map_err(not_there)?;
            let loses_admin = before.role == Role::Admin
                && before.is_active
                && (user.role != Role::Admin || !user.is_active);
            if loses_admin && tx.active_admins(&who.tenant).await.map_err(fault::store)? == 0 {
                return Err(Problem::conflict(
                    "This is the last administrator. Make somebody else administrator first",
                ));
            }
            // a session carries the rights it was opened with, so it ends with them
            if before.role != user.role || !user.is_active {
                tx.delete_user_sessions(&who.tenant, id, None).await.map_err(fault::store)?;
            }
            record::by(&mut tx, who, act("user.update", id, Some(&before), Some(&user)), now)
                .await?;
            tx.commit().await.map_err(fault::store)?;
            Ok(user)
        })
    }

    fn reset_password<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, OneTimePassword> {
        Box::pin(async move {
            who.require(Permission::ManageUsers)?;
            let (password, now) = (password::one_time(), (self.clock)());
            let hash = self.passwords.hash(&password).await?;
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let user = tx.user(&who.tenant, id).await.map_err(not_there)?;
            tx.set_password(&who.tenant, id, &hash, true, now).await.map_err(not_there)?;
            tx.delete_user_sessions(&who.tenant, id, None).await.map_err(fault::store)?;
            record::by(&mut tx, who, act("user.reset_password", id, None, None), now).await?;
            tx.commit().await.map_err(fault::store)?;
            Ok(OneTimePassword { email: user.email, password })
        })
    }

    fn change_password<'a>(&'a self, who: &'a Caller, change: PasswordChange) -> Reply<'a, ()> {
        Box::pin(async move {
            who.require(Permission::Own)?;
            check_password("new_password", &change.new_password, &who.email)?;
            if change.new_password == change.current_password {
                return Err(Problem::field(
                    "new_password",
                    "same",
                    "must differ from the present one",
                ));
            }
            let present =
                self.store.password_hash(&who.tenant, who.user_id).await.map_err(not_there)?;
            if !self.passwords.verify(&change.current_password, Some(&present)).await? {
                return Err(Problem::field("current_password", "wrong", "is not right"));
            }
            let (hash, now) = (self.passwords.hash(&change.new_password).await?, (self.clock)());
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            tx.set_password(&who.tenant, who.user_id, &hash, false, now)
                .await
                .map_err(not_there)?;
            tx.delete_user_sessions(&who.tenant, who.user_id, Some(&who.session))
                .await
                .map_err(fault::store)?;
            record::by(&mut tx, who, act("user.change_password", who.user_id, None, None), now)
                .await?;
            tx.commit().await.map_err(fault::store)
        })
    }

    fn views<'a>(&'a self, who: &'a Caller, page: String) -> Reply<'a, Vec<SavedView>> {
        Box::pin(async move {
            who.require(Permission::Own)?;
            self.store.views(&who.tenant, who.user_id, &page).await.map_err(fault::store)
        })
    }

    fn save_view<'a>(&'a self, who: &'a Caller, new: NewView) -> Reply<'a, SavedView> {
        Box::pin(async move {
            who.require(Permission::Own)?;
            let (new, now) = (new.check()?, (self.clock)());
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let view = match tx.insert_view(&who.tenant, who.user_id, &new, now).await {
                Err(StoreError::Unique(_)) => {
                    return Err(Problem::field(
                        "name",
                        "taken",
                        "is taken by another of your views",
                    ));
                }
                other => other.map_err(fault::store)?,
            };
            let act = Act {
                action: "view.create",
                target_type: "view",
                target_id: view.id.to_string(),
                before: None,
                after: record::value(&view),
            };
            record::by(&mut tx, who, act, now).await?;
            tx.commit().await.map_err(fault::store)?;
            Ok(view)
        })
    }

    fn delete_view<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, ()> {
        Box::pin(async move {
            who.require(Permission::Own)?;
            let now = (self.clock)();
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            tx.delete_view(&who.tenant, who.user_id, id).await.map_err(fault::store)?;
            let act = Act {
                action: "view.delete",
                target_type: "view",
                target_id: id.to_string(),
                before: Some(json!({"id": id})),
                after: None,
            };
            record::by(&mut tx, who, act, now).await?;
            tx.commit().await.map_err(fault::store)
        })
    }
}
