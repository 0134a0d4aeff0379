//! People. Addresses are unique over all tenants and stored in lower case; password hashes leave only through [`Login`].
use crate::{
    Result, Store, StoreError, Tx,
    base::{
        row::{Cols, word},
        sql::sql,
        val::args,
    },
};
use model::{
    Micros, Role,
    user::{UserProfile, ValidUser, ValidUserChange, normal_email},
};

/// What signing in needs. Not serialisable, since it holds a secret.
#[derive(Clone)]
pub struct Login {
    pub user: UserProfile,
    pub password_hash: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

macro_rules! user_columns {
    () => {
        "u.id AS user_id, u.tenant AS user_tenant, u.email, u.full_name, u.role, u.avatar_url, u.team, u.manager, u.computer, \
         u.mobile_phone, u.timezone, u.is_active, u.must_change_password, u.last_login_at, u.created_at AS user_created_at, \
         u.updated_at AS user_updated_at"
    };
}
pub(crate) use user_columns;

pub(crate) fn profile(r: &dyn Cols) -> Result<UserProfile> {
    Ok(UserProfile {
        id: r.int("user_id")?,
        full_name: r.text("full_name")?,
        role: word(r, "role", Role::parse)?,
        email: r.text("email")?,
        tenant_id: r.text("user_tenant")?,
        avatar_url: r.opt_text("avatar_url")?,
        team: r.opt_text("team")?,
        manager: r.opt_text("manager")?,
        computer: r.opt_text("computer")?,
        mobile_phone: r.opt_text("mobile_phone")?,
        timezone: r.text("timezone")?,
        is_active: r.flag("is_active")?,
        must_change_password: r.flag("must_change_password")?,
        last_login_at: r.opt_time("last_login_at")?,
        created_at: r.time("user_created_at")?,
        updated_at: r.time("user_updated_at")?,
    })
}

fn login(r: &dyn Cols) -> Result<Login> {
    Ok(Login { user: profile(r)?, password_hash: r.text("password_hash")? })
}

impl Store {
    /// # Errors
    /// `NotFound` also for a person of another tenant.
    pub async fn user(&self, tenant: &str, id: i64) -> Result<UserProfile> {
        let sql =
            sql!("SELECT ", user_columns!(), " FROM users u WHERE u.tenant = $1 AND u.id = $2");
        self.main.read().one(sql, args![tenant, id], profile).await
    }

    /// The tenant's people, disabled ones too, by id: the contract's order. Pages sort as they need.
    pub async fn users(&self, tenant: &str) -> Result<Vec<UserProfile>> {
        let sql =
            sql!("SELECT ", user_columns!(), " FROM users u WHERE u.tenant = $1 ORDER BY u.id");
        self.main.read().all(sql, args![tenant], profile).await
    }

    /// People of all tenants; 0 at the first start.
    pub async fn users_count(&self) -> Result<i64> {
        self.main.read().count(sql!("SELECT COUNT(*) AS n FROM users"), args![]).await
    }

    /// The account of an address, disabled or not, whatever its tenant.
    pub async fn login(&self, email: &str) -> Result<Option<Login>> {
        let sql =
            sql!("SELECT ", user_columns!(), ", u.password_hash FROM users u WHERE u.email = $1");
        self.main.read().opt(sql, args![normal_email(email)], login).await
    }

    /// To check the current password before it is changed.
    pub async fn password_hash(&self, tenant: &str, id: i64) -> Result<String> {
        let sql = sql!("SELECT password_hash FROM users WHERE tenant = $1 AND id = $2");
        self.main.read().one(sql, args![tenant, id], |r| r.text("password_hash")).await
    }
}

impl Tx {
    /// The person as stored, held until the transaction ends.
    pub async fn user(&mut self, tenant: &str, id: i64) -> Result<UserProfile> {
        let mut on = self.on();
        let sql =
            sql!("SELECT ", user_columns!(), " FROM users u WHERE u.tenant = $1 AND u.id = $2");
        let sql = on.locking(sql, "u");
        on.one(sql, args![tenant, id], profile).await
    }

    /// The account as stored, with its password hash, held until the transaction ends: nobody changes the password or disables
    /// the person meanwhile.
    ///
    /// # Errors
    /// `NotFound` also for a person of another tenant.
    pub async fn login(&mut self, tenant: &str, id: i64) -> Result<Login> {
        let mut on = self.on();
        let sql = sql!(
            "SELECT ",
            user_columns!(),
            ", u.password_hash FROM users u WHERE u.tenant = $1 AND u.id = $2"
        );
        let sql = on.locking(sql, "u");
        on.one(sql, args![tenant, id], login).await
    }

    /// `password_hash` is what is stored; `new.password` is not looked at.
    ///
    /// # Errors
    /// `Unique("users_email")`; `Conflict` when there is no such tenant.
    pub async fn insert_user(
        &mut self,
        tenant: &str,
        new: &ValidUser,
        password_hash: &str,
        must_change: bool,
        now: Micros,
    ) -> Result<UserProfile> {
        let sql = sql!(
            "INSERT INTO users (tenant, email, password_hash, full_name, role, team, manager, computer, mobile_phone, timezone, \
             is_active, must_change_password, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) RETURNING id"
        );
        let values = args![
            tenant,
            normal_email(&new.email),
            password_hash,
            &new.full_name,
            new.role.as_str(),
            &new.team,
            &new.manager,
            &new.computer,
            &new.mobile_phone,
            &new.timezone,
            true,
            must_change,
            now
        ];
        let id = self.on().one(sql, values, |r| r.int("id")).await?;
        self.user(tenant, id).await
    }

    /// Fields that are `None` stay; an empty text takes an optional field away.
    ///
    /// # Errors
    /// `NotFound`, `Unique("users_email")`.
    pub async fn update_user(
        &mut self,
        tenant: &str,
        id: i64,
        change: &ValidUserChange,
        now: Micros,
    ) -> Result<UserProfile> {
        let old = self.user(tenant, id).await?;
        let optional = |new: &Option<String>, old: Option<String>| match new {
            Some(text) => Some(text.clone()).filter(|t| !t.is_empty()),
            None => old,
        };
        let new = UserProfile {
            full_name: change.full_name.clone().unwrap_or(old.full_name),
            role: change.role.unwrap_or(old.role),
            email: change.email.as_deref().map_or(old.email, normal_email),
            team: optional(&change.team, old.team),
            manager: optional(&change.manager, old.manager),
            computer: optional(&change.computer, old.computer),
            mobile_phone: optional(&change.mobile_phone, old.mobile_phone),
            timezone: change.timezone.clone().unwrap_or(old.timezone),
            is_active: change.is_active.unwrap_or(old.is_active),
            updated_at: now,
            ..old
        };
        let sql = sql!(
            "UPDATE users SET full_name = $3, role = $4, email = $5, team = $6, manager = $7, computer = $8, mobile_phone = $9, \
             timezone = $10, is_active = $11, updated_at = $12 WHERE tenant = $1 AND id = $2"
        );
        let values = args![
            tenant,
            id,
            &new.full_name,
            new.role.as_str(),
            &new.email,
            &new.team,
            &new.manager,
            &new.computer,
            &new.mobile_phone,
            &new.timezone,
            new.is_active,
            now
        ];
        self.on().exec(sql, values).await?;
        Ok(new)
    }

    pub async fn set_password(
        &mut self,
        tenant: &str,
        id: i64,
        password_hash: &str,
        must_change: bool,
        now: Micros,
    ) -> Result<()> {
        let sql = sql!(
            "UPDATE users SET password_hash = $3, must_change_password = $4, updated_at = $5 WHERE tenant = $1 AND id = $2"
        );
        self.changes_one(sql, args![tenant, id, password_hash, must_change, now]).await
    }

    pub async fn touch_login(&mut self, tenant: &str, id: i64, now: Micros) -> Result<()> {
        self.changes_one(
            sql!("UPDATE users SET last_login_at = $3 WHERE tenant = $1 AND id = $2"),
            args![tenant, id, now],
        )
        .await
    }

    /// Administrators who can sign in. Held until the transaction ends, so that two of them cannot remove each other at once.
    pub async fn active_admins(&mut self, tenant: &str) -> Result<i64> {
        let mut on = self.on();
        let sql = on.locking(
            sql!(
                "SELECT u.id FROM users u WHERE u.tenant = $1 AND u.role = 'admin' AND u.is_active"
            ),
            "u",
        );
        let ids = on.all(sql, args![tenant], |r| r.int("id")).await?;
        Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX))
    }

    /// Runs a change that must meet a row.
    pub(crate) async fn changes_one(
        &mut self,
        sql: &'static str,
        values: Vec<crate::base::val::Val>,
    ) -> Result<()> {
        match self.on().exec(sql, values).await? {
            0 => Err(StoreError::NotFound),
            _ => Ok(()),
        }
    }
}
