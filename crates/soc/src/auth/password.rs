//! Passwords: Argon2id, off the async threads, a few at a time.
use super::throttle::Turns;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use model::Problem;
use rand::RngExt;
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Memory in KiB, passes, lanes: OWASP's second choice for Argon2id, about 30 ms here.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Hashes computed at one time: each takes 19 MB, so a flood of sign-ins stays bounded.
const AT_ONCE: usize = 2;
/// Letters and digits that cannot be taken for one another.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Checked when the user is unknown, so that the answer takes as long as for a known one.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

fn engine() -> Result<Argon2<'static>, Problem> {
    let (m, t, p) = COST;
    let params = Params::new(m, t, p, None).map_err(|e| Problem::internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, Problem> {
    let hash = engine()?
        .hash_password(password.as_bytes())
        .map_err(|e| Problem::internal(e.to_string()))?;
    Ok(hash.to_string())
}

fn verify_now(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|h| engine().is_ok_and(|e| e.verify_password(password.as_bytes(), &h).is_ok()))
}

/// Hashes and checks passwords. Clones share their limits.
#[derive(Clone)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
    turns: Turns,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { at_once: Arc::new(Semaphore::new(AT_ONCE)), turns: Turns::default() }
    }
}

impl Passwords {
    /// Where those wait who guess at the same account or from the same address.
    pub(super) fn turns(&self) -> &Turns {
        &self.turns
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = self.at_once.clone().acquire_owned().await;
        let permit = permit.map_err(|e| Problem::internal(e.to_string()))?;
        let work = move || {
            // the work holds its place itself: it goes on when whoever asked for it is gone
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| Problem::internal(e.to_string()))
    }

    pub async fn hash(&self, password: &str) -> Result<String, Problem> {
        let password = password.to_owned();
        self.off_thread(move || hash_now(&password)).await?
    }

    /// Without a hash the same work is done in vain and the answer is no.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Problem> {
        let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
        self.off_thread(move || match hash {
            Some(hash) => verify_now(&password, &hash),
            None => {
                // for its time alone: nobody has this hash
                let _ = verify_now(&password, &NOBODY);
                false
            }
        })
        .await
    }
}

/// 20 random letters and digits: more than 110 bits.
pub fn one_time() -> String {
    #[expect(clippy::disallowed_methods, reason = "a secret; nothing may be able to repeat it")]
    let mut rng = rand::rng();
    (0..20).map(|_| ALPHABET[rng.random_range(0..ALPHABET.len())] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_passes() {
        let p = Passwords::default();
        let hash = p.hash("correct horse battery").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(p.verify("correct horse battery", Some(&hash)).await.unwrap());
        assert!(!p.verify("correct horse batterz", Some(&hash)).await.unwrap());
        assert!(!p.verify("correct horse battery", Some("garbage")).await.unwrap());
        assert!(!p.verify("nobody has this password", None).await.unwrap());
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_keeps_its_place_until_it_is_done() {
        let p = Passwords::default();
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let (began, begun) = tokio::sync::oneshot::channel::<()>();
        let work = p.off_thread(move || {
            let _ = began.send(());
            let _ = gate.recv();
        });
        tokio::select! {
            _ = work => panic!("it stands at the gate"),
            _ = begun => {}
        }
        // whoever asked is gone, the work is not
        assert_eq!(p.at_once.available_permits(), AT_ONCE - 1);
        go.send(()).unwrap();
        let all = p.at_once.acquire_many(AT_ONCE as u32).await.unwrap();
        assert_eq!(all.num_permits(), AT_ONCE);
    }

    #[test]
    fn one_time_passwords_pass_the_policy_and_differ() {
        let (a, b) = (one_time(), one_time());
        assert_ne!(a, b);
        assert!(model::user::check_password("p", &a, "").is_ok());
    }
}
