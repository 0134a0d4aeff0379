//! Processes that share a PostgreSQL ring for each other, and one of them leads.
//!
//! PostgreSQL knows bells and advisory locks by database. Here they belong to the schema that the tables lie in, so that installations
//! in schemas of one database do not meet. In `public` they are called what they were called before schemas were told apart:
//! a process of such a version that still runs is heard and stood aside for.
use super::db::Db;
use crate::{Result, Store, StoreError};
use sqlx::{Connection, PgConnection, PgPool, postgres::PgListener};
use std::time::Duration;

/// Keys of advisory locks: "eventsec" in ASCII, and the numbers after it.
const ALONE: i64 = 0x6576_656e_7473_6563;
const STARTING: i64 = ALONE + 1;
const LEADING: i64 = ALONE + 2;

/// The key of a lock in this schema, from the one in `$1`.
macro_rules! key {
    () => {
        "CASE current_schema() WHEN 'public' THEN $1 ELSE hashtextextended(COALESCE(current_schema()::text, ''), $1) END"
    };
}

/// What stands behind a bell's name in this schema.
macro_rules! mark {
    () => {
        "CASE current_schema() WHEN 'public' THEN '' ELSE '_' || to_hex(hashtextextended(COALESCE(current_schema()::text, ''), 0)) END"
    };
}

/// Rings the bell `$1` of this schema with the text `$2`.
pub(crate) const RING: &str = concat!("SELECT pg_notify($1 || ", mark!(), ", $2)");

/// How often the lock of starting is waited for; each time as long as for any lock.
const STARTS: u32 = 6;

/// SQLSTATE lock_not_available.
const LOCK_TIMEOUT: &str = "55P03";
/// PostgreSQL takes 8,000 bytes with a notification.
pub const LONGEST_RING: usize = 7_900;

/// A lock of the whole database, held until this is dropped or its connection ends.
#[derive(Debug)]
pub struct Claim {
    connection: PgConnection,
}

impl Claim {
    /// Whether the connection, and so the lock, is still there. A leader asks before it acts.
    pub async fn holds(&mut self) -> bool {
        tokio::time::timeout(Duration::from_secs(2), self.connection.ping())
            .await
            .is_ok_and(|answer| answer.is_ok())
    }
}

async fn lock(pool: &PgPool, statement: &'static str, key: i64) -> Result<Option<Claim>> {
    let mut connection = pool.acquire().await?.detach();
    // waits as long as any lock: the connection of a server that was killed may take a moment to end
    match sqlx::query(statement).bind(key).execute(&mut connection).await {
        Ok(_) => Ok(Some(Claim { connection })),
        Err(e) if e.as_database_error().and_then(|e| e.code()).as_deref() == Some(LOCK_TIMEOUT) => {
            Ok(None)
        }
        Err(e) => Err(e.into()),
    }
}

impl Store {
    fn shared(&self) -> Result<&PgPool> {
        match &self.main {
            Db::Postgres(pool) => Ok(pool),
            Db::Sqlite { .. } => {
                Err(StoreError::Conflict("several processes share PostgreSQL only"))
            }
        }
    }

    /// The right to be the only server on a PostgreSQL database; `None` when another one is on it, and on SQLite, where the folder is
    /// locked instead.
    pub async fn claim(&self) -> Result<Option<Claim>> {
        match &self.main {
            Db::Postgres(pool) => {
                lock(pool, concat!("SELECT pg_advisory_lock(", key!(), ")"), ALONE).await
            }
            Db::Sqlite { .. } => Ok(None),
        }
    }

    /// The right to be one of several servers; `None` when one is alone on it.
    pub async fn join(&self) -> Result<Option<Claim>> {
        lock(self.shared()?, concat!("SELECT pg_advisory_lock_shared(", key!(), ")"), ALONE).await
    }

    /// Waits until no other process is starting: migrations and first rows are made by one. `None` on SQLite.
    ///
    /// # Errors
    /// `Conflict` when somebody else has been starting for a minute.
    pub async fn start_alone(&self) -> Result<Option<Claim>> {
        match &self.main {
            Db::Postgres(pool) => {
                for _ in 0..STARTS {
                    let got =
                        lock(pool, concat!("SELECT pg_advisory_lock(", key!(), ")"), STARTING)
                            .await?;
                    if got.is_some() {
                        return Ok(got);
                    }
                }
                Err(StoreError::Conflict("another process has been starting for a minute"))
            }
            Db::Sqlite { .. } => Ok(None),
        }
    }

    /// The lead among the servers, when nobody has it.
    pub async fn lead(&self) -> Result<Option<Claim>> {
        let mut connection = self.shared()?.acquire().await?;
        let (got,): (bool,) = sqlx::query_as(concat!("SELECT pg_try_advisory_lock(", key!(), ")"))
            .bind(LEADING)
            .fetch_one(&mut *connection)
            .await?;
        // the lock belongs to the connection, which is nobody else's from now on
        Ok(got.then(|| Claim { connection: connection.detach() }))
    }

    /// Rings `bell` for all processes that listen to it, this one too. Longer texts than `LONGEST_RING` are refused.
    pub async fn ring(&self, bell: &str, text: &str) -> Result<()> {
        if text.len() > LONGEST_RING {
            return Err(StoreError::Conflict("too long for a notification"));
        }
        let pool = self.shared()?;
        sqlx::query(RING).bind(bell).bind(text).execute(pool).await?;
        Ok(())
    }

    /// Hears what is rung from now on.
    pub async fn listen(&self, bells: &[&str]) -> Result<Bells> {
        let pool = self.shared()?;
        let (mark,): (String,) =
            sqlx::query_as(concat!("SELECT ", mark!())).fetch_one(pool).await?;
        let names: Vec<String> = bells.iter().map(|bell| format!("{bell}{mark}")).collect();
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen_all(names.iter().map(String::as_str)).await?;
        Ok(Bells { listener, mark })
    }
}

/// What is rung by other processes.
pub struct Bells {
    listener: PgListener,
    mark: String,
}

impl Bells {
    /// The next ring: its bell and its text. `None`: the connection was lost and is there again; rings in between were missed.
    pub async fn next(&mut self) -> Result<Option<(String, String)>> {
        let ring = self.listener.try_recv().await?;
        Ok(ring.map(|r| {
            let bell = r.channel().strip_suffix(&*self.mark).unwrap_or(r.channel());
            (bell.to_owned(), r.payload().to_owned())
        }))
    }
}
