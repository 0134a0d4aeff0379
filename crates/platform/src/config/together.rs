//! Settings that need each other.
use super::{Config, ConfigError, values::Roles};

pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let refuse = |key: &'static str, needs: &'static str| {
        Err(ConfigError::Together { key, at: config.source(key).to_string(), needs })
    };
    let clustered = !config.search.url.is_empty();
    if clustered && config.serve.database_url.is_none() {
        return refuse(
            "search.url",
            "OpenSearch is shared by processes, and so must the database be: set database_url to a PostgreSQL",
        );
    }
    if !clustered && config.serve.role != Roles::All {
        return refuse(
            "role",
            "with the embedded search engine one process runs all parts: set search.url (and database_url), or role to all",
        );
    }
    if config.search.password.is_some() != config.search.user.is_some() {
        let key = if config.search.user.is_some() { "search.user" } else { "search.password" };
        return refuse(key, "search.user and search.password are set together or not at all");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use std::collections::BTreeMap;

    fn read(values: &[(&'static str, &str)]) -> Result<Config, ConfigError> {
        let values: BTreeMap<_, _> = values.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        Config::from_parts(values, Env::default(), None)
    }

    fn key(values: &[(&'static str, &str)]) -> &'static str {
        match read(values) {
            Err(ConfigError::Together { key, .. }) => key,
            other => panic!("{:?}", other.map(|c| c.serve)),
        }
    }

    #[test]
    fn what_belongs_together_is_asked_for_together() {
        let (db, os) =
            (("database_url", "postgres://h/d"), ("search.url", "http://a:1,http://b:2"));
        assert_eq!(key(&[("role", "worker")]), "role");
        assert_eq!(key(&[("role", "web"), db]), "role");
        assert_eq!(key(&[os]), "search.url");
        assert_eq!(key(&[db, os, ("search.user", "u")]), "search.user");
        assert_eq!(read(&[db, os, ("role", "ingest")]).unwrap().search.url.0.len(), 2);
        assert!(read(&[]).unwrap().search.url.is_empty());
    }
}
