//! Sign-in and sign-out. Unknown address, wrong password and disabled account answer alike, and take alike long.
use crate::{
    Soc,
    auth::{
        throttle::{self, Counter},
        token,
    },
    fault,
    record::{self, Act},
};
use model::{
    Caller, Micros, Origin, Problem,
    user::{Credentials, MAX_EMAIL, MAX_PASSWORD, UserProfile, normal_email},
};
use serde_json::json;
pub use store::SessionKind;
use store::{Login, NewSession, StoreError, Tx};

/// The contract's text.
const REFUSED: &str = "Incorrect email or password";

/// Whether what was checked is still so: not disabled, and the same password.
fn stands(checked: &Login, present: &Login) -> bool {
    present.user.is_active && present.password_hash == checked.password_hash
}

impl Soc {
    /// Opens a session of each kind asked for; the secrets come in the same order.
    pub async fn sign_in(
        &self,
        c: Credentials,
        origin: &Origin,
        kinds: &[SessionKind],
    ) -> Result<(UserProfile, Vec<String>), Problem> {
        let keys = throttle::keys(&normal_email(&c.email), &origin.ip);
        // until this try is counted: many at once would all be let in by the same count
        let _turn = self.passwords.turns().take(&keys).await;
        let now = (self.clock)();
        self.may_try(&keys, now).await?;
        let Some(checked) = self.check_password(&c).await? else {
            return Err(self.refuse(&keys, origin, now).await);
        };
        let mut tx = self.store.begin().await.map_err(fault::store)?;
        // the check took its time: a reset or a disabling since then wins, and one that comes later ends these sessions
        let user = match tx.login(&checked.user.tenant_id, checked.user.id).await {
            Ok(present) if stands(&checked, &present) => present.user,
            Ok(_) | Err(StoreError::NotFound) => {
                drop(tx);
                return Err(self.refuse(&keys, origin, now).await);
            }
            Err(e) => return Err(fault::store(e)),
        };
        let mut secrets = Vec::with_capacity(kinds.len());
        for &kind in kinds {
            secrets.push(self.open_session(&mut tx, &user, kind, origin, now).await?);
        }
        // only the account's own counter: one good account must not open the door for guesses at others
        tx.clear_throttle(&keys[0].0).await.map_err(fault::store)?;
        tx.touch_login(&user.tenant_id, user.id, now).await.map_err(fault::store)?;
        let who = caller_of(&user, origin.clone());
        let act = Act {
            action: "session.open",
            target_type: "user",
            target_id: user.id.to_string(),
            before: None,
            after: Some(json!({"user_agent": origin.user_agent})),
        };
        record::by(&mut tx, &who, act, now).await?;
        tx.commit().await.map_err(fault::store)?;
        Ok((UserProfile { last_login_at: Some(now), ..user }, secrets))
    }

    /// Refuses whoever must wait.
    async fn may_try(&self, keys: &[Counter; 2], now: Micros) -> Result<(), Problem> {
        for (key, free) in keys {
            let Some(t) = self.store.throttle(key).await.map_err(fault::store)? else { continue };
            if let Some(seconds) = throttle::wait(t.failures, *free, t.last_at, now) {
                let text = format!("Too many wrong passwords. Try again in {seconds} s");
                return Err(Problem::too_many_requests(text).retry_after(seconds));
            }
        }
        Ok(())
    }

    /// The account that the password opens. Every way to `None` hashes once.
    async fn check_password(&self, c: &Credentials) -> Result<Option<Login>, Problem> {
        // nobody has an address or a password longer than any we keep: neither is worth a look, but takes its time all the same
        let login = if c.email.trim().chars().count() <= MAX_EMAIL {
            self.store.login(&c.email).await.map_err(fault::store)?
        } else {
            None
        };
        let password =
            if c.password.chars().count() <= MAX_PASSWORD { c.password.as_str() } else { "" };
        let hash = login.as_ref().map(|l| l.password_hash.as_str());
        let right = self.passwords.verify(password, hash).await?;
        Ok(login.filter(|l| right && l.user.is_active))
    }

    /// Counts a failure, and answers the one refusal there is.
    async fn refuse(&self, keys: &[Counter; 2], origin: &Origin, now: Micros) -> Problem {
        match self.count_failure(keys, now).await {
            Ok(()) => {
                tracing::warn!(ip = %origin.ip, "a sign-in was refused");
                Problem::unauthenticated(REFUSED)
            }
            Err(e) => fault::store(e),
        }
    }

    async fn count_failure(&self, keys: &[Counter; 2], now: Micros) -> store::Result<()> {
        let mut tx = self.store.begin().await?;
        for (key, _) in keys {
            tx.bump_throttle(key, now).await?;
        }
        tx.commit().await
    }

    /// Opens one session and answers its secret.
    async fn open_session(
        &self,
        tx: &mut Tx,
        user: &UserProfile,
        kind: SessionKind,
        origin: &Origin,
        now: Micros,
    ) -> Result<String, Problem> {
        let id = token::random_id();
        let life = match kind {
            SessionKind::Token => self.policy.token_life,
            SessionKind::Browser => self.policy.session_max,
        };
        let expires_at = now.plus(life);
        let secret = match kind {
            SessionKind::Token => self.tokens.sign(user.id, &id, now, expires_at)?,
            SessionKind::Browser => id.clone(),
        };
        let new = NewSession {
            id_hash: token::stored(&id),
            user_id: user.id,
            kind,
            expires_at,
            ip: origin.ip.clone(),
            user_agent: origin.user_agent.clone(),
        };
        tx.insert_session(&user.tenant_id, &new, now).await.map_err(fault::store)?;
        Ok(secret)
    }

    /// Ends the sessions behind the credentials that a request carried.
    pub async fn sign_out(&self, who: &Caller, also: &[String]) -> Result<(), Problem> {
        let now = (self.clock)();
        let mut tx = self.store.begin().await.map_err(fault::store)?;
        tx.delete_session(&who.session).await.map_err(fault::store)?;
        for hash in also {
            tx.delete_session(hash).await.map_err(fault::store)?;
        }
        let act = Act {
            action: "session.close",
            target_type: "user",
            target_id: who.user_id.to_string(),
            before: None,
            after: None,
        };
        record::by(&mut tx, who, act, now).await?;
        tx.commit().await.map_err(fault::store)
    }

    /// Under which hash a credential's session is stored; `None` for a token that is not ours.
    pub fn session_hash(&self, credential: &crate::auth::Credential) -> Option<String> {
        match credential {
            crate::auth::Credential::Session(id) => Some(token::stored(id)),
            crate::auth::Credential::Token(t) => self.tokens.id(t).map(|id| token::stored(&id)),
        }
    }
}

fn caller_of(user: &UserProfile, origin: Origin) -> Caller {
    Caller {
        tenant: user.tenant_id.clone(),
        user_id: user.id,
        email: user.email.clone(),
        name: user.full_name.clone(),
        role: user.role,
        must_change_password: user.must_change_password,
        session: String::new(),
        origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Role;

    fn login(hash: &str, is_active: bool) -> Login {
        let user = UserProfile {
            id: 1,
            full_name: "Ana Gil".into(),
            role: Role::Analyst,
            email: "ana@example.org".into(),
            tenant_id: "acme".into(),
            avatar_url: None,
            team: None,
            manager: None,
            computer: None,
            mobile_phone: None,
            timezone: "Europe/Madrid".into(),
            is_active,
            must_change_password: false,
            last_login_at: None,
            created_at: Micros(1),
            updated_at: Micros(1),
        };
        Login { user, password_hash: hash.into() }
    }

    #[test]
    fn a_check_stands_while_nobody_changed_the_account() {
        let checked = login("one", true);
        assert!(stands(&checked, &login("one", true)));
        assert!(!stands(&checked, &login("two", true)), "reset meanwhile");
        assert!(!stands(&checked, &login("one", false)), "disabled meanwhile");
    }
}
