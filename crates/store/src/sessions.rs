//! Sessions of browsers and ids of JSON tokens: one table, since both end the same way, by losing their row.
use crate::{
    Result, Store, Tx,
    base::{
        row::{Cols, word},
        sql::sql,
        val::args,
    },
    users::{profile, user_columns},
};
use model::{Micros, user::UserProfile};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    Browser,
    Token,
}

impl SessionKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Token => "token",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Browser, Self::Token].into_iter().find(|k| k.as_str() == text)
    }
}

#[derive(Clone, Debug)]
pub struct NewSession {
    /// Hash of the secret that the client holds; the secret itself is never stored.
    pub id_hash: String,
    pub user_id: i64,
    pub kind: SessionKind,
    pub expires_at: Micros,
    pub ip: String,
    pub user_agent: String,
}

/// A session that is good now, with whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub id_hash: String,
    pub kind: SessionKind,
    pub created_at: Micros,
    pub last_seen_at: Micros,
    pub expires_at: Micros,
    pub user: UserProfile,
}

impl Store {
    /// The session behind a hash, unless it expired or its owner is disabled. The tenant is the owner's.
    pub async fn session(&self, id_hash: &str, now: Micros) -> Result<Option<Session>> {
        let sql = sql!(
            "SELECT s.kind, s.created_at, s.last_seen_at, s.expires_at, ",
            user_columns!(),
            " FROM sessions s JOIN users u ON u.id = s.user_id AND u.tenant = s.tenant \
             WHERE s.id_hash = $1 AND s.expires_at > $2 AND u.is_active"
        );
        let map = |r: &dyn Cols| {
            Ok(Session {
                id_hash: id_hash.to_owned(),
                kind: word(r, "kind", SessionKind::parse)?,
                created_at: r.time("created_at")?,
                last_seen_at: r.time("last_seen_at")?,
                expires_at: r.time("expires_at")?,
                user: profile(r)?,
            })
        };
        self.main.read().opt(sql, args![id_hash, now], map).await
    }
}

impl Tx {
    /// # Errors
    /// `NotFound` when the person is not of this tenant.
    pub async fn insert_session(
        &mut self,
        tenant: &str,
        new: &NewSession,
        now: Micros,
    ) -> Result<()> {
        // taken from the person's row, so that a session can never sit in another tenant than its owner
        let sql = sql!(
            "INSERT INTO sessions (id_hash, tenant, user_id, kind, created_at, last_seen_at, expires_at, ip, user_agent) \
             SELECT $3, u.tenant, u.id, $4, CAST($5 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT), $7, $8 FROM users u WHERE u.tenant = $1 AND u.id = $2"
        );
        let values = args![
            tenant,
            new.user_id,
            &new.id_hash,
            new.kind.as_str(),
            now,
            new.expires_at,
            &new.ip,
            &new.user_agent
        ];
        self.changes_one(sql, values).await
    }

    /// Says that the session was used. Each call is a commit's worth of disk, so call it once a minute, not once a request.
    pub async fn touch_session(&mut self, id_hash: &str, now: Micros) -> Result<()> {
        let sql =
            sql!("UPDATE sessions SET last_seen_at = $2 WHERE id_hash = $1 AND last_seen_at < $2");
        self.on().exec(sql, args![id_hash, now]).await.map(|_| ())
    }

    /// Signs out. Answers whether there was such a session.
    pub async fn delete_session(&mut self, id_hash: &str) -> Result<bool> {
        Ok(self.on().exec(sql!("DELETE FROM sessions WHERE id_hash = $1"), args![id_hash]).await?
            > 0)
    }

    /// Ends the person's sessions and tokens, except the one given. Answers how many ended.
    pub async fn delete_user_sessions(
        &mut self,
        tenant: &str,
        user_id: i64,
        except: Option<&str>,
    ) -> Result<i64> {
        let sql = sql!("DELETE FROM sessions WHERE tenant = $1 AND user_id = $2 AND id_hash <> $3");
        self.on().exec(sql, args![tenant, user_id, except.unwrap_or("")]).await
    }

    /// Removes what expired. Answers how many.
    pub async fn purge_sessions(&mut self, now: Micros) -> Result<i64> {
        self.on().exec(sql!("DELETE FROM sessions WHERE expires_at <= $1"), args![now]).await
    }
}
