//! Opening a store: where it lies, how many connections, and what each connection is told.
use super::{db::Db, db::on, migrate, reserve::Reserve, tx::Tx};
use crate::{Result, StoreError};
use sqlx::{
    ConnectOptions, Connection, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, path::PathBuf, str::FromStr, sync::Arc, time::Duration};
use tokio::sync::RwLock;

/// Where the data lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `eventsec.db` and `journal.db` in this folder, which is made when it is missing.
    Sqlite { dir: PathBuf },
    /// `postgres://user:password@host:port/database`; `?options[search_path]=…` picks a schema.
    Postgres(String),
}

/// How many connections at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pools {
    /// Readers of each SQLite file; there is always one writer.
    pub read: u32,
    /// Connections to PostgreSQL for the main database; the journal has `POSTGRES_JOURNAL` of its own.
    pub postgres: u32,
}

impl Default for Pools {
    fn default() -> Self {
        Self { read: 8, postgres: 16 }
    }
}

/// PostgreSQL connections that only the journal uses, so that ingest never waits for pages.
const POSTGRES_JOURNAL: u32 = 4;
/// How long a statement waits for a connection or a lock before it answers `Busy`.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// How long a PostgreSQL connection may take to answer that it is there.
const ANSWER: Duration = Duration::from_secs(1);
/// The write-ahead log is cut back to this size after a checkpoint.
const WAL_KEPT: &str = "67108864";

/// The storage. Cheap to clone; all clones share their connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) main: Db,
    pub(crate) journal: Db,
    pub(crate) reserve: Reserve,
    /// Shared by the deletions of this process outside the main database.
    pub(crate) deleting: Arc<RwLock<()>>,
}

impl Store {
    /// Connects. The tables are made by [`Store::migrate`].
    ///
    /// # Errors
    /// `Folder` when the folder cannot be made, `Unavailable` when the server does not answer.
    pub async fn open(target: &Target, pools: Pools) -> Result<Self> {
        match target {
            Target::Sqlite { dir } => {
                make_folder(dir)?;
                let main = sqlite(&dir.join("eventsec.db"), pools).await?;
                let journal = sqlite(&dir.join("journal.db"), pools).await?;
                Ok(Self { main, journal, reserve: Reserve::beside(dir), deleting: Arc::default() })
            }
            Target::Postgres(url) => {
                let options = PgConnectOptions::from_str(url)?
                    .application_name("eventsec")
                    .options([
                        ("client_min_messages", "warning"),
                        // a process whose machine is gone lets go of its locks within a minute
                        ("tcp_keepalives_idle", "30"),
                        ("tcp_keepalives_interval", "10"),
                        ("tcp_keepalives_count", "3"),
                        ("lock_timeout", "10s"),
                        ("idle_in_transaction_session_timeout", "60s"),
                    ])
                    .disable_statement_logging();
                let pool = |n| {
                    PgPoolOptions::new()
                        .max_connections(n)
                        .acquire_timeout(PATIENCE)
                        // the pool would wait for a server that went without a word until TCP gives up
                        .test_before_acquire(false)
                        .before_acquire(|c, _| Box::pin(answers(c)))
                        .after_release(|c, _| Box::pin(answers(c)))
                        .connect_with(options.clone())
                };
                Ok(Self {
                    main: Db::Postgres(pool(pools.postgres).await?),
                    journal: Db::Postgres(pool(POSTGRES_JOURNAL).await?),
                    reserve: Reserve::default(),
                    deleting: Arc::default(),
                })
            }
        }
    }

    /// Brings the tables up to date. Repeating it changes nothing.
    pub async fn migrate(&self) -> Result<()> {
        self.reserve.keep();
        migrate::run(self).await
    }

    /// Makes the tables of an empty database as they were at `schema`: what an older backup is loaded into before
    /// [`Store::migrate`] goes on from there.
    pub async fn migrate_to(&self, schema: migrate::Schema) -> Result<()> {
        migrate::run_to(self, schema).await
    }

    /// What is missing or wrong with the tables, a sentence each; empty when all is well.
    pub async fn check(&self) -> Result<Vec<String>> {
        migrate::check(self).await
    }

    /// Whether both databases answer.
    pub async fn ping(&self) -> Result<()> {
        for db in [&self.main, &self.journal] {
            on!(db, read, pool => sqlx::query("SELECT 1").execute(pool).await.map(|_| ()))?;
        }
        Ok(())
    }

    /// Begins a transaction on the main database; on SQLite it waits until the one before it ended.
    ///
    /// # Errors
    /// `Busy` after ten seconds of waiting.
    pub async fn begin(&self) -> Result<Tx> {
        Tx::begin(&self.main, self.reserve.clone()).await
    }

    /// Waits for the connections in use and closes all of them.
    pub async fn close(&self) {
        self.main.close().await;
        self.journal.close().await;
    }
}

fn make_folder(dir: &Path) -> Result<()> {
    let mut maker = std::fs::DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700); // password hashes lie in it
    maker
        .create(dir)
        .map_err(|source| StoreError::Folder { path: dir.display().to_string(), source })
}

/// Whether the server is still at the other end.
async fn answers(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    match tokio::time::timeout(ANSWER, connection.ping()).await {
        Ok(done) => done.map(|()| true),
        Err(_) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
    }
}

async fn sqlite(file: &Path, pools: Pools) -> Result<Db> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synced())
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("journal_size_limit", WAL_KEPT)
        .disable_statement_logging();
    let pool = |n| {
        SqlitePoolOptions::new()
            .max_connections(n)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let write = pool(1)
        .min_connections(1)
        // SQLite may end a transaction by itself when the disk fails or is full. The driver goes on counting it as open and refuses
        // every later one, so such a connection is replaced. The ping comes after the rollback that may still wait
        .after_release(|c, _| {
            Box::pin(async move {
                c.ping().await?;
                Ok(!c.is_in_transaction())
            })
        })
        .connect_with(options.clone())
        .await?;
    // a reader that could write would deadlock against the writer; this makes it an error instead
    let read = pool(pools.read.max(1)).connect_with(options.pragma("query_only", "1")).await?;
    Ok(Db::Sqlite { read, write })
}

/// `NORMAL` loses commits at a power cut.
fn synced() -> SqliteSynchronous {
    match faults::on("plant.ack_before_sync") {
        true => SqliteSynchronous::Off,
        false => SqliteSynchronous::Full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::val::args;

    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_by_itself_breaks_no_later_one() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Sqlite { dir: folder.path().to_owned() };
        let store = Store::open(&target, Pools::default()).await.unwrap();
        store.migrate().await.unwrap();
        for _ in 0..3 {
            let mut tx = store.journal.begin().await.unwrap();
            // as a full disk does: the statement fails and the whole transaction is rolled back
            let fails =
                "INSERT OR ROLLBACK INTO journal_counters (id, value) VALUES ('next_seq', 1)";
            assert!(tx.on().exec(fails, args![]).await.is_err());
        }
        store.journal.begin().await.unwrap().commit().await.unwrap();
        store.close().await;
    }
}
