//! Tokens of the API: short, signed with HS256, revocable because their id is a session row. And the hash under which session
//! ids and token ids are stored: a stolen database opens no session.
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use model::{Micros, Problem, time::SECOND};
use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const ISSUER: &str = "eventsec";
const AUDIENCE: &str = "eventsec-api";
/// Clocks of two machines may differ by so many seconds.
const LEEWAY: u64 = 5;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    jti: String,
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Signs and reads tokens under one secret.
#[derive(Clone)]
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Tokens {
    pub fn new(secret: &[u8]) -> Self {
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    pub fn sign(
        &self,
        user: i64,
        id: &str,
        now: Micros,
        expires: Micros,
    ) -> Result<String, Problem> {
        let claims = Claims {
            sub: user.to_string(),
            jti: id.into(),
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            iat: now.0 / SECOND,
            nbf: now.0 / SECOND,
            exp: expires.0 / SECOND,
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|e| Problem::internal(e.to_string()))
    }

    /// The id of a token that is ours and whose time is now by this machine's clock; `None` for anything else.
    pub fn id(&self, token: &str) -> Option<String> {
        let mut v = Validation::new(Algorithm::HS256);
        v.set_issuer(&[ISSUER]);
        v.set_audience(&[AUDIENCE]);
        v.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        v.validate_nbf = true;
        v.leeway = LEEWAY;
        decode::<Claims>(token, &self.decoding, &v).ok().map(|t| t.claims.jti)
    }
}

/// 32 random bytes as URL-safe text: a session id, a token id, an agent key.
pub fn random_id() -> String {
    let mut bytes = [0u8; 32];
    #[expect(clippy::disallowed_methods, reason = "a secret; nothing may be able to repeat it")]
    rand::rng().fill_bytes(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Hex SHA-256: how ids and keys are stored. They are random, so no salt is needed.
pub fn stored(id: &str) -> String {
    Sha256::digest(id.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::time::HOUR;

    fn now() -> Micros {
        // jsonwebtoken reads the machine's clock, so the test must too
        #[expect(clippy::disallowed_methods, reason = "the library under test does")]
        let t = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Micros(t.as_micros() as i64)
    }

    #[test]
    fn a_token_says_who_and_ends() {
        let t = Tokens::new(&[7; 32]);
        let live = t.sign(3, "abc", now(), now().plus(HOUR)).unwrap();
        assert_eq!(t.id(&live).as_deref(), Some("abc"));
        assert_eq!(Tokens::new(&[8; 32]).id(&live), None, "another secret");
        let over = t.sign(3, "abc", now().plus(-2 * HOUR), now().plus(-HOUR)).unwrap();
        assert_eq!(t.id(&over), None, "expired");
        let early = t.sign(3, "abc", now().plus(HOUR), now().plus(2 * HOUR)).unwrap();
        assert_eq!(t.id(&early), None, "not yet valid");
    }

    #[test]
    fn unsigned_and_altered_tokens_are_refused() {
        let t = Tokens::new(&[7; 32]);
        let token = t.sign(3, "abc", now(), now().plus(HOUR)).unwrap();
        let body = token.split('.').nth(1).unwrap();
        let none = BASE64_URL_SAFE_NO_PAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
        assert_eq!(t.id(&format!("{none}.{body}.")), None);
        assert_eq!(t.id(&token[..token.len() - 3]), None);
        assert_eq!(t.id(""), None);
    }

    #[test]
    fn ids_are_stored_as_hashes() {
        assert_eq!(
            stored("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_ne!(random_id(), random_id());
    }
}
