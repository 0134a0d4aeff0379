//! A fresh PostgreSQL database for one test, dropped at its end.
use crate::data::root;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{path::Path, process::Command};

/// Where the server is: the first of these that is set.
const VARIABLES: [&str; 2] = ["EVENTSEC_TEST_DATABASE_URL", "DATABASE_URL"];

/// A database that exists as long as this value.
#[derive(Debug)]
pub struct PgDatabase {
    server: String,
    name: String,
}

impl PgDatabase {
    /// A new, empty database on the server named by `EVENTSEC_TEST_DATABASE_URL` or `DATABASE_URL`, else on the one that
    /// `scripts/postgres start` answers. `None`, and a printed line, when there is none.
    ///
    /// # Panics
    /// When a server is there and refuses to make a database; without one where `CI` is `true`.
    pub async fn fresh() -> Option<Self> {
        let Some(server) = server_url() else {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "both databases are tested in CI, and there is no PostgreSQL"
            );
            return None;
        };
        Some(Self::fresh_on(&server).await)
    }

    /// A new, empty database on this server.
    ///
    /// # Panics
    /// When it refuses to make one.
    pub async fn fresh_on(server: &str) -> Self {
        let name = format!("eventsec_test_{:016x}", rand::random::<u64>());
        run(server, &format!("CREATE DATABASE {name}"))
            .await
            .unwrap_or_else(|e| panic!("no database on {server}: {e}"));
        Self { server: server.to_owned(), name }
    }

    pub fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }
}

impl Drop for PgDatabase {
    fn drop(&mut self) {
        let (server, statement) =
            (self.server.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // a test's runtime cannot be blocked on from inside; a thread has its own
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|e| e.to_string())?;
            runtime.block_on(run(&server, &statement)).map_err(|e| e.to_string())
        })
        .join();
        if let Ok(Err(e)) = dropped {
            eprintln!("{} stays behind: {e}", self.name);
        }
    }
}

async fn run(server: &str, statement: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await?;
    connection.close().await
}

fn server_url() -> Option<String> {
    if let Some(url) =
        VARIABLES.iter().find_map(|v| std::env::var(v).ok()).filter(|u| u.starts_with("postgres"))
    {
        return Some(url);
    }
    // without the server's package the script would install it: a test does not do that by itself
    if !Path::new("/usr/lib/postgresql").is_dir() {
        println!("skipped: no PostgreSQL here ({} names one)", VARIABLES[0]);
        return None;
    }
    let started = Command::new(root().join("scripts/postgres")).arg("start").output();
    match started {
        Ok(out) if out.status.success() => {
            Some(String::from_utf8_lossy(&out.stdout).trim().to_owned())
        }
        Ok(out) => {
            println!(
                "skipped: scripts/postgres did not start one: {}",
                String::from_utf8_lossy(&out.stderr).trim()
            );
            None
        }
        Err(e) => {
            println!("skipped: scripts/postgres cannot be run: {e}");
            None
        }
    }
}

/// The URL with another database name; options after `?` stay.
fn with_database(url: &str, name: &str) -> String {
    let (base, options) = url.split_once('?').map_or((url, None), |(b, o)| (b, Some(o)));
    let authority = base.find("://").map_or(0, |i| i + 3);
    let base = base[authority..].find('/').map_or(base, |slash| &base[..authority + slash]);
    match options {
        Some(options) => format!("{base}/{name}?{options}"),
        None => format!("{base}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_is_replaced() {
        assert_eq!(with_database("postgres://u:p@h:1/a", "b"), "postgres://u:p@h:1/b");
        assert_eq!(with_database("postgres://u:p@h:1", "b"), "postgres://u:p@h:1/b");
        assert_eq!(
            with_database("postgres://h/a?sslmode=disable", "b"),
            "postgres://h/b?sslmode=disable"
        );
    }

    #[tokio::test]
    async fn a_fresh_database_is_there_and_then_gone() {
        let Some(db) = PgDatabase::fresh().await else { return };
        let (url, server, name) = (db.url(), db.server.clone(), db.name.clone());
        run(&url, "CREATE TABLE t (x BIGINT)").await.unwrap();
        drop(db);
        assert!(run(&url, "SELECT 1").await.is_err(), "{name} is still on {server}");
    }
}
