//! What production refuses: anything that everybody knows or can guess.
use super::{Config, ConfigError, values::Secret};

/// Shortest secret in characters that production accepts.
const MIN_SECRET: usize = 32;
/// Shortest administrator's password.
const MIN_PASSWORD: usize = 12;

/// Secrets that stand in public examples: too well known whatever their length.
const KNOWN: [&str; 8] = [
    "eventsec-dev-secret",
    "eventsec-dev-token",
    "eventsec-enroll",
    "changeme",
    "change-me",
    "secret",
    "admin123!",
    "password",
];

pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    if !config.is_production() {
        return Ok(());
    }
    let refuse = |key: &'static str, allowed: String| {
        Err(ConfigError::Production { key, at: config.source(key).to_string(), allowed })
    };
    match &config.trust.jwt_secret {
        None => {
            return refuse(
                "jwt_secret",
                format!("set it, to at least {MIN_SECRET} random characters"),
            );
        }
        Some(s) if weak(s, MIN_SECRET) => {
            return refuse(
                "jwt_secret",
                format!("it must be at least {MIN_SECRET} random characters and no known example"),
            );
        }
        Some(_) => {}
    }
    if config.trust.agent_token.as_ref().is_some_and(|t| weak(t, MIN_SECRET)) {
        return refuse(
            "agent_token",
            format!("it must be at least {MIN_SECRET} random characters and no known example"),
        );
    }
    if config.trust.enrollment_key.as_ref().is_some_and(|k| weak(k, MIN_SECRET)) {
        return refuse(
            "enrollment_key",
            format!("it must be at least {MIN_SECRET} random characters and no known example"),
        );
    }
    if config.serve.admin_password.as_ref().is_some_and(|p| weak(p, MIN_PASSWORD)) {
        return refuse(
            "admin_password",
            format!("it must be at least {MIN_PASSWORD} characters and no known example"),
        );
    }
    if !config.search.verify {
        return refuse("search.verify", "certificates are checked in production".into());
    }
    if config.serve.seed {
        return refuse("seed", "demo users are for trying the program out".into());
    }
    if !config.secure() {
        return refuse("cookie.secure", "set public_url to an https:// address, or cookie.secure to true behind a proxy that speaks https".into());
    }
    Ok(())
}

fn weak(secret: &Secret, length: usize) -> bool {
    let text = secret.expose();
    let distinct = text.chars().collect::<std::collections::BTreeSet<_>>().len();
    let lower = text.to_lowercase();
    text.chars().count() < length
        || distinct < 6
        || KNOWN.iter().any(|k| lower == *k || lower.replace(k, "").len() < 4)
}
