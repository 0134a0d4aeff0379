//! From what a request carries to who it is.
use crate::{Soc, auth::token, fault};
use model::{Caller, Micros, Origin, Problem, time::MINUTE};
use store::SessionKind;

/// What a request carried, in the contract's order: bearer or header token, then cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A signed token of the API.
    Token(String),
    /// The id of a browser session.
    Session(String),
}

/// How exact `last_seen` is: not every request writes.
const SEEN_EVERY: i64 = MINUTE;

impl Soc {
    /// The person behind a credential; `None` when it is not valid (any more). Disabled people have no valid credential.
    pub async fn authenticate(
        &self,
        credential: &Credential,
        origin: Origin,
    ) -> Result<Option<Caller>, Problem> {
        let (hash, kind) = match credential {
            Credential::Session(id) => (token::stored(id), SessionKind::Browser),
            Credential::Token(t) => match self.tokens.id(t) {
                Some(id) => (token::stored(&id), SessionKind::Token),
                None => return Ok(None),
            },
        };
        let now = (self.clock)();
        let Some(s) = self.store.session(&hash, now).await.map_err(fault::store)? else {
            return Ok(None);
        };
        if s.kind != kind
            || (kind == SessionKind::Browser
                && now.since(s.last_seen_at) > self.policy.session_idle)
        {
            return Ok(None);
        }
        // a full disk or a busy database must not keep people from reading
        if now.since(s.last_seen_at) >= SEEN_EVERY
            && let Err(e) = self.session_seen(&hash, now).await
        {
            tracing::warn!(error = %e, user = s.user.id, "a session's last use was not stored");
        }
        Ok(Some(Caller {
            tenant: s.user.tenant_id,
            user_id: s.user.id,
            email: s.user.email,
            name: s.user.full_name,
            role: s.user.role,
            must_change_password: s.user.must_change_password,
            session: hash,
            origin,
        }))
    }

    async fn session_seen(&self, hash: &str, now: Micros) -> store::Result<()> {
        let mut tx = self.store.begin().await?;
        tx.touch_session(hash, now).await?;
        tx.commit().await
    }
}
