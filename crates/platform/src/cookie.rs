//! `Set-Cookie` as the configuration says. A `__Host-` prefix is used for our own session where https makes it possible.
use crate::config::{Config, SameSite};
use http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// How cookies of this installation are written.
#[derive(Clone, Debug)]
pub struct Cookies {
    /// Name of the cookie that carries an API token (contract: `access_token`).
    pub token: String,
    /// Name of the browser session's cookie.
    pub session: &'static str,
    pub max_age: Duration,
    attributes: String,
    session_attributes: String,
}

impl Cookies {
    pub fn new(config: &Config) -> Self {
        let c = &config.cookie;
        let secure = config.secure();
        let same = match c.samesite {
            // browsers drop SameSite=None without Secure
            SameSite::None if !secure => SameSite::Lax,
            other => other,
        };
        let same = match same {
            SameSite::Lax => "lax",
            SameSite::Strict => "strict",
            SameSite::None => "none",
        };
        let tail = format!("HttpOnly; SameSite={same}{}", if secure { "; Secure" } else { "" });
        let domain = c.domain.as_ref().map(|d| format!("; Domain={d}")).unwrap_or_default();
        Self {
            token: c.name.clone(),
            session: if secure { "__Host-eventsec" } else { "eventsec" },
            max_age: c.max_age.0,
            attributes: format!("Path={}{domain}; {tail}", c.path),
            session_attributes: format!(
                "Path=/; HttpOnly; SameSite=lax{}",
                if secure { "; Secure" } else { "" }
            ),
        }
    }

    /// The token cookie; with an empty value and no age it is removed.
    pub fn set_token(&self, value: &str) -> Option<HeaderValue> {
        self.write(&self.token, value, self.max_age, &self.attributes)
    }

    pub fn clear_token(&self) -> Option<HeaderValue> {
        self.write(&self.token, "", Duration::ZERO, &self.attributes)
    }

    pub fn set_session(&self, value: &str, life: Duration) -> Option<HeaderValue> {
        self.write(self.session, value, life, &self.session_attributes)
    }

    pub fn clear_session(&self) -> Option<HeaderValue> {
        self.write(self.session, "", Duration::ZERO, &self.session_attributes)
    }

    /// `None` when the value has characters a cookie cannot carry.
    fn write(
        &self,
        name: &str,
        value: &str,
        life: Duration,
        attributes: &str,
    ) -> Option<HeaderValue> {
        let fine =
            value.chars().all(|c| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '"' | '\\'));
        fine.then(|| {
            HeaderValue::from_str(&format!(
                "{name}={value}; Max-Age={}; {attributes}",
                life.as_secs()
            ))
            .ok()
        })
        .flatten()
    }
}

/// The value of a cookie of the request.
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, v)| v.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;

    fn cookies(env: &[(&str, &str)]) -> Cookies {
        let env = env.iter().fold(Env::default(), |e, (k, v)| e.with(k, v));
        Cookies::new(&Config::from_parts(Default::default(), env, None).unwrap())
    }

    #[test]
    fn attributes_follow_the_contract_s_variables() {
        let plain = cookies(&[]).set_token("abc").unwrap();
        assert_eq!(plain, "access_token=abc; Max-Age=3600; Path=/; HttpOnly; SameSite=lax");
        let strict = cookies(&[
            ("COOKIE_SAMESITE", "strict"),
            ("COOKIE_MAX_AGE_SECONDS", "1200"),
            ("COOKIE_SECURE", "true"),
        ]);
        let text = strict.set_token("abc").unwrap();
        assert_eq!(
            text,
            "access_token=abc; Max-Age=1200; Path=/; HttpOnly; SameSite=strict; Secure"
        );
        assert!(
            strict
                .set_session("x", Duration::from_secs(9))
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("__Host-eventsec=x;")
        );
        let none = cookies(&[("COOKIE_SAMESITE", "none")]).clear_token().unwrap();
        assert_eq!(none, "access_token=; Max-Age=0; Path=/; HttpOnly; SameSite=lax");
    }

    #[test]
    fn a_value_cannot_smuggle_attributes() {
        assert_eq!(cookies(&[]).set_token("a; Domain=evil.test"), None);
        assert_eq!(cookies(&[]).set_token("a\r\nX: y"), None);
    }

    #[test]
    fn cookies_are_found_among_others() {
        let h = HeaderMap::from_iter([(
            header::COOKIE,
            HeaderValue::from_static("a=1; access_token=t.o.k; b=\"2\""),
        )]);
        assert_eq!(
            (get(&h, "access_token"), get(&h, "b"), get(&h, "token")),
            (Some("t.o.k"), Some("2"), None)
        );
    }
}
