//! What a new installation needs before it can be used: a tenant, an administrator, rules, a secret to sign tokens with.
use crate::{
    auth::{
        agent::DEFAULT_TENANT,
        password::{self, Passwords},
        token,
    },
    fault,
    record::{self, Act},
};
use model::{
    Micros, Problem, Role,
    rule::NewRule,
    user::{MAX_PASSWORD, NewUser, OneTimePassword, UserProfile, ValidUser, check_password},
};
use store::Store;

/// Address of the first administrator where none is configured.
pub const ADMIN_EMAIL: &str = "admin@eventsec.local";

/// Makes the tenant and the rules that EventSec ships. Rules that a person changed or deleted stay as they are.
pub async fn prepare(store: &Store, now: Micros) -> Result<(), Problem> {
    let shipped: Vec<NewRule> = detect::builtin();
    // the name is the key: a shipped rule that is renamed here is a new rule
    let shipped: Vec<(&str, NewRule)> =
        shipped.iter().map(|r| (r.name.as_str(), r.clone())).collect();
    let mut tx = store.begin().await.map_err(fault::store)?;
    tx.ensure_tenant(DEFAULT_TENANT, "Default", now).await.map_err(fault::store)?;
    let made = tx.seed_rules(DEFAULT_TENANT, &shipped, now).await.map_err(fault::store)?;
    if made > 0 {
        let act = Act {
            action: "rule.seed",
            target_type: "rule",
            target_id: String::new(),
            before: None,
            after: Some(serde_json::json!({"rules": made})),
        };
        record::by_system(&mut tx, DEFAULT_TENANT, "system", "", act, now).await?;
    }
    tx.commit().await.map_err(fault::store)
}

/// The configured secret, or one made at the first start and kept in the database.
pub async fn secret(store: &Store, configured: Option<&str>) -> Result<Vec<u8>, Problem> {
    if let Some(text) = configured {
        return Ok(text.as_bytes().to_vec());
    }
    let mut tx = store.begin().await.map_err(fault::store)?;
    let kept =
        tx.meta_or_insert("token_secret", &token::random_id()).await.map_err(fault::store)?;
    tx.commit().await.map_err(fault::store)?;
    Ok(kept.into_bytes())
}

/// The first administrator, if there is nobody yet. With a configured password it is taken as it is; otherwise a one-time
/// password is made, which must be changed at the first sign-in, and answered so that it can be shown once.
pub async fn first_admin(
    store: &Store,
    passwords: &Passwords,
    email: Option<&str>,
    chosen: Option<&str>,
    now: Micros,
) -> Result<Option<OneTimePassword>, Problem> {
    if store.users_count().await.map_err(fault::store)? > 0 {
        return Ok(None);
    }
    let email = email.unwrap_or(ADMIN_EMAIL);
    let one_time = password::one_time();
    let new = new_user(email, "Administrator", Role::Admin.as_str(), chosen.unwrap_or(&one_time));
    let new = new.check_with(as_configured)?;
    insert(store, passwords, new, chosen.is_none(), now).await?;
    Ok(chosen.is_none().then(|| OneTimePassword { email: email.into(), password: one_time }))
}

/// Whoever writes a password into the configuration of a trial may choose a short one: production has refused it before.
fn as_configured(field: &str, password: &str, email: &str) -> Result<(), Problem> {
    let Err(weak) = check_password(field, password, email) else { return Ok(()) };
    if password.is_empty() || password.chars().count() > MAX_PASSWORD {
        return Err(weak);
    }
    tracing::warn!(
        "the configured password of the first administrator is weak; production would refuse it"
    );
    Ok(())
}

fn new_user(email: &str, name: &str, role: &str, password: &str) -> NewUser {
    NewUser {
        full_name: name.into(),
        role: role.into(),
        email: email.into(),
        password: password.into(),
        team: None,
        manager: None,
        computer: None,
        mobile_phone: None,
        timezone: None,
    }
}

/// Adds somebody from the command line or a script.
#[expect(clippy::too_many_arguments, reason = "each is one word of the command line")]
pub async fn add_user(
    store: &Store,
    passwords: &Passwords,
    email: &str,
    name: &str,
    role: &str,
    password: &str,
    must_change: bool,
    now: Micros,
) -> Result<UserProfile, Problem> {
    let new = new_user(email, name, role, password).check()?;
    insert(store, passwords, new, must_change, now).await
}

async fn insert(
    store: &Store,
    passwords: &Passwords,
    new: ValidUser,
    must_change: bool,
    now: Micros,
) -> Result<UserProfile, Problem> {
    let hash = passwords.hash(&new.password).await?;
    let mut tx = store.begin().await.map_err(fault::store)?;
    tx.ensure_tenant(DEFAULT_TENANT, "Default", now).await.map_err(fault::store)?;
    let user = tx.insert_user(DEFAULT_TENANT, &new, &hash, must_change, now).await.map_err(
        |e| match e {
            store::StoreError::Unique(_) => Problem::bad_request("Email already registered"),
            other => fault::store(other),
        },
    )?;
    let act = Act {
        action: "user.create",
        target_type: "user",
        target_id: user.id.to_string(),
        before: None,
        after: record::value(&user),
    };
    record::by_system(&mut tx, DEFAULT_TENANT, "system", "", act, now).await?;
    tx.commit().await.map_err(fault::store)?;
    Ok(user)
}

/// A new one-time password from the command line; ends the person's sessions.
pub async fn reset_user(
    store: &Store,
    passwords: &Passwords,
    email: &str,
    now: Micros,
) -> Result<OneTimePassword, Problem> {
    let email = model::user::normal_email(email);
    let login = store.login(&email).await.map_err(fault::store)?;
    let user =
        login.ok_or_else(|| Problem::not_found(format!("nobody has the address {email}")))?.user;
    let password = password::one_time();
    let hash = passwords.hash(&password).await?;
    let mut tx = store.begin().await.map_err(fault::store)?;
    tx.set_password(&user.tenant_id, user.id, &hash, true, now).await.map_err(fault::store)?;
    tx.delete_user_sessions(&user.tenant_id, user.id, None).await.map_err(fault::store)?;
    let act = Act {
        action: "user.reset_password",
        target_type: "user",
        target_id: user.id.to_string(),
        before: None,
        after: None,
    };
    record::by_system(&mut tx, &user.tenant_id, "system", "", act, now).await?;
    tx.commit().await.map_err(fault::store)?;
    Ok(OneTimePassword { email, password })
}
