//! Sign-in and sign-out. Unknown address, wrong password and disabled account answer alike, and take alike long.
use crate::{
    Soc,
    auth::{throttle, token},
    fault,
    record::{self, Act},
};
use model::{
    Caller, Origin, Problem,
    user::{Credentials, MAX_PASSWORD, UserProfile, normal_email},
};
use serde_json::json;
use store::NewSession;
pub use store::SessionKind;

/// The contract's text.
const REFUSED: &str = "Incorrect email or password";

impl Soc {
    /// Opens a session of each kind asked for; the secrets come in the same order.
    pub async fn sign_in(
        &self,
        c: Credentials,
        origin: &Origin,
        kinds: &[SessionKind],
    ) -> Result<(UserProfile, Vec<String>), Problem> {
        let (email, now) = (normal_email(&c.email), (self.clock)());
        let keys = throttle::keys(&email, &origin.ip);
        for (key, free) in &keys {
            let Some(t) = self.store.throttle(key).await.map_err(fault::store)? else { continue };
            if let Some(seconds) = throttle::wait(t.failures, *free, t.last_at, now) {
                let text = format!("Too many wrong passwords. Try again in {seconds} s");
                return Err(Problem::too_many_requests(text).retry_after(seconds));
            }
        }
        let login = self.store.login(&email).await.map_err(fault::store)?;
        // a password longer than any we keep is not worth hashing, but takes its time all the same
        let password =
            if c.password.chars().count() <= MAX_PASSWORD { c.password.as_str() } else { "" };
        let right = self
            .passwords
            .verify(password, login.as_ref().map(|l| l.password_hash.as_str()))
            .await?;
        let Some(user) = login.filter(|l| right && l.user.is_active).map(|l| l.user) else {
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            for (key, _) in &keys {
                tx.bump_throttle(key, now).await.map_err(fault::store)?;
            }
            tx.commit().await.map_err(fault::store)?;
            tracing::warn!(ip = %origin.ip, "a sign-in was refused");
            return Err(Problem::unauthenticated(REFUSED));
        };
        let mut tx = self.store.begin().await.map_err(fault::store)?;
        let mut secrets = Vec::with_capacity(kinds.len());
        for &kind in kinds {
            let id = token::random_id();
            let life = if kind == SessionKind::Token {
                self.policy.token_life
            } else {
                self.policy.session_max
            };
            let expires_at = now.plus(life);
            secrets.push(match kind {
                SessionKind::Token => self.tokens.sign(user.id, &id, now, expires_at)?,
                SessionKind::Browser => id.clone(),
            });
            let new = NewSession {
                id_hash: token::stored(&id),
                user_id: user.id,
                kind,
                expires_at,
                ip: origin.ip.clone(),
                user_agent: origin.user_agent.clone(),
            };
            tx.insert_session(&user.tenant_id, &new, now).await.map_err(fault::store)?;
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
