//! How a server is started: program, database, environment, data folder.
use super::ADMIN;
use crate::{PgDatabase, program};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

/// How a server is started.
#[derive(Debug, Default)]
pub struct Options {
    pub(super) program: Option<PathBuf>,
    pub(super) data: Option<PathBuf>,
    postgres: Option<PgDatabase>,
    env: BTreeMap<String, String>,
}

impl Options {
    /// With the embedded database.
    pub fn sqlite() -> Self {
        Self::default()
    }

    /// On a PostgreSQL database, which the server then owns.
    pub fn postgres(database: PgDatabase) -> Self {
        Self { postgres: Some(database), ..Self::default() }
    }

    /// Another program than the one that is found beside the test.
    pub fn program(self, path: impl Into<PathBuf>) -> Self {
        Self { program: Some(path.into()), ..self }
    }

    /// One more variable of its environment, which otherwise holds nothing of EventSec's.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Limits so small that heads become parts and parts are merged while a test runs.
    pub fn busy(self) -> Self {
        self.env("EVENTSEC_LIMITS_HEAD", "1MiB")
            .env("EVENTSEC_LIMITS_HEAD_AGE", "1s")
            .env("EVENTSEC_LOG_FILTER", "warn")
    }

    /// Where its PostgreSQL is, if it is on one.
    pub fn database_url(&self) -> Option<String> {
        self.postgres.as_ref().map(PgDatabase::url)
    }

    /// A data folder that stays; without it a temporary one is used.
    pub fn data(self, path: impl Into<PathBuf>) -> Self {
        Self { data: Some(path.into()), ..self }
    }

    pub(super) fn set_env(&mut self, name: &str, value: &str) {
        self.env.insert(name.into(), value.into());
    }

    pub(super) fn remove_env(&mut self, name: &str) {
        self.env.remove(name);
    }

    /// The program on this data. Of EventSec's variables it gets those that stand here, and none of the test's own.
    pub(super) fn command(&self, program: &Path, data: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let ours = text.starts_with("EVENTSEC_")
                || ["DATABASE_URL", "OPENSEARCH_URL", "ENVIRONMENT", "JWT_SECRET"]
                    .contains(&&*text);
            if ours {
                command.env_remove(&name);
            }
        }
        command
            .env("EVENTSEC_DATA_DIR", data)
            .env("EVENTSEC_ADMIN_EMAIL", ADMIN.0)
            .env("EVENTSEC_ADMIN_PASSWORD", ADMIN.1);
        if let Some(site) = program::site() {
            command.env("EVENTSEC_SITE_ROOT", site);
        }
        if let Some(url) = self.database_url() {
            command.env("EVENTSEC_DATABASE_URL", url);
        }
        command.envs(&self.env);
        command
    }
}
