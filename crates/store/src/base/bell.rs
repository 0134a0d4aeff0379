//! Processes that share a PostgreSQL ring for each other, and one of them leads.
//!
//! PostgreSQL knows bells and advisory locks by database. Here they belong to the schema that the tables lie in, so that installations
//! in schemas of one database do not meet. In `public` they are called what they were called before schemas were told apart:
//! a process of such a version that still runs is heard and stood aside for.
use super::{
    db::{Db, within},
    open::PATIENCE,
    tx::RawTx,
};
use crate::{Result, Store, StoreError};
use sqlx::{
    Acquire, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use std::{sync::Arc, time::Duration};

/// Keys of advisory locks: "eventsec" in ASCII, and the numbers after it.
const ALONE: i64 = 0x6576_656e_7473_6563;
const STARTING: i64 = ALONE + 1;
const LEADING: i64 = ALONE + 2;
const DELETING: i64 = ALONE + 3;
const TELLING: i64 = ALONE + 4;

/// The key of a lock in this schema, from the one in `$1`.
macro_rules! key {
    () => {
        "CASE current_schema() WHEN 'public' THEN $1 ELSE hashtextextended(COALESCE(current_schema()::text, ''), $1) END"
    };
}

/// Who holds the lock of the key in `$1`.
macro_rules! holders {
    () => {
        concat!(
            "FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database() \
             WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted \
             AND ((l.classid::bigint << 32) | l.objid::bigint) = ",
            key!()
        )
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

/// After so long without a ring the server is asked whether it is there: TCP never tells one who only listens that the other end
/// went without a word.
const QUIET: Duration = Duration::from_secs(5);
/// How long the server may take to answer that. One that is slower is taken for lost: what is missed is looked for, and that is all.
const ANSWER: Duration = Duration::from_secs(5);

/// SQLSTATE lock_not_available.
const LOCK_TIMEOUT: &str = "55P03";
/// PostgreSQL takes 8,000 bytes with a notification.
pub const LONGEST_RING: usize = 7_900;

/// Which lock it is, and the connection that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    key: i64,
    shared: bool,
    pid: i32,
}

impl Lock {
    /// PostgreSQL's number of the connection.
    pub fn pid(self) -> i32 {
        self.pid
    }
}

/// A lock of the whole installation, held until this is dropped or its connection ends. Nobody is told of the latter: ask.
#[derive(Debug)]
pub struct Claim {
    lock: Lock,
    connection: PgConnection,
}

impl Claim {
    /// Whether the connection, and so the lock, is still there. One that does not answer within `patience` is not to be asked again.
    pub async fn holds(&mut self, patience: Duration) -> bool {
        tokio::time::timeout(patience, self.connection.ping())
            .await
            .is_ok_and(|answer| answer.is_ok())
    }

    pub fn lock(&self) -> Lock {
        self.lock
    }
}

/// Waits as long as for any lock: the connection of a server that was killed may take a moment to end.
async fn lock(pool: &PgPool, key: i64, shared: bool) -> Result<Option<Claim>> {
    let statement = match shared {
        true => concat!("SELECT pg_backend_pid(), pg_advisory_lock_shared(", key!(), ")"),
        false => concat!("SELECT pg_backend_pid(), pg_advisory_lock(", key!(), ")"),
    };
    let mut connection = pool.acquire().await?.detach();
    let question = sqlx::query_as::<_, (i32,)>(statement).bind(key);
    match within(question.fetch_one(&mut connection)).await {
        Ok((pid,)) => Ok(Some(Claim { lock: Lock { key, shared, pid }, connection })),
        Err(e) if e.as_database_error().and_then(|e| e.code()).as_deref() == Some(LOCK_TIMEOUT) => {
            Ok(None)
        }
        Err(e) => Err(e.into()),
    }
}

/// Waits for nobody.
async fn try_lock(pool: &PgPool, key: i64, shared: bool) -> Result<Option<Claim>> {
    let statement = match shared {
        true => concat!("SELECT pg_backend_pid(), pg_try_advisory_lock_shared(", key!(), ")"),
        false => concat!("SELECT pg_backend_pid(), pg_try_advisory_lock(", key!(), ")"),
    };
    let mut connection = pool.acquire().await?;
    let question = sqlx::query_as::<_, (i32, bool)>(statement).bind(key);
    let (pid, got) = match within(question.fetch_one(&mut *connection)).await {
        Ok(answer) => answer,
        Err(e) => {
            // it may hold the lock all the same, so the pool does not get it back
            drop(connection.detach());
            return Err(e.into());
        }
    };
    // the lock belongs to the connection, which is nobody else's from now on
    Ok(got.then(|| Claim { lock: Lock { key, shared, pid }, connection: connection.detach() }))
}

impl RawTx {
    /// Deletions share a lock until their transactions end; `alone` waits until there is none. On SQLite transactions take turns
    /// as it is.
    ///
    /// # Errors
    /// `Busy` after ten seconds of waiting.
    pub(crate) async fn deleting(&mut self, alone: bool) -> Result<()> {
        let statement = match alone {
            true => concat!("SELECT pg_advisory_xact_lock(", key!(), ")"),
            false => concat!("SELECT pg_advisory_xact_lock_shared(", key!(), ")"),
        };
        if let Self::Postgres(tx) = self {
            within(sqlx::query(statement).bind(DELETING).execute(&mut **tx)).await?;
        }
        Ok(())
    }

    /// Whoever raises notices does so alone until the transaction ends. On SQLite transactions take turns as it is.
    ///
    /// # Errors
    /// `Busy` after ten seconds of waiting.
    pub(crate) async fn telling(&mut self) -> Result<()> {
        if let Self::Postgres(tx) = self {
            let statement = concat!("SELECT pg_advisory_xact_lock(", key!(), ")");
            within(sqlx::query(statement).bind(TELLING).execute(&mut **tx)).await?;
        }
        Ok(())
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
            Db::Postgres(pool) => lock(pool, ALONE, false).await,
            Db::Sqlite { .. } => Ok(None),
        }
    }

    /// The right to be one of several servers; `None` when one is alone on it.
    pub async fn join(&self) -> Result<Option<Claim>> {
        lock(self.shared()?, ALONE, true).await
    }

    /// Takes again what was lost with its connection, which is ended where the server still believes in it. `None`: not yet.
    ///
    /// # Errors
    /// `Conflict` when another connection has taken it meanwhile.
    pub async fn claim_again(&self, lost: Lock) -> Result<Option<Claim>> {
        let pool = self.shared()?;
        let got = try_lock(pool, lost.key, lost.shared).await?;
        if got.is_some() {
            return Ok(got);
        }
        // those that share it do not keep each other from it
        let others = concat!(
            "SELECT COUNT(*) ",
            holders!(),
            " AND l.pid <> $2 AND ($3 OR l.mode = 'ExclusiveLock')"
        );
        let others =
            sqlx::query_as::<_, (i64,)>(others).bind(lost.key).bind(lost.pid).bind(!lost.shared);
        let (others,) = within(others.fetch_one(pool)).await?;
        if others > 0 {
            return Err(StoreError::Conflict("another server works on the database"));
        }
        let end = concat!("SELECT pg_terminate_backend(l.pid) ", holders!(), " AND l.pid = $2");
        within(sqlx::query(end).bind(lost.key).bind(lost.pid).execute(pool)).await?;
        Ok(None)
    }

    /// Waits until no other process is starting: migrations and first rows are made by one. `None` on SQLite.
    ///
    /// # Errors
    /// `Conflict` when somebody else has been starting for a minute.
    pub async fn start_alone(&self) -> Result<Option<Claim>> {
        match &self.main {
            Db::Postgres(pool) => {
                for _ in 0..STARTS {
                    let got = lock(pool, STARTING, false).await?;
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
        try_lock(self.shared()?, LEADING, false).await
    }

    /// Rings `bell` for all processes that listen to it, this one too. Longer texts than `LONGEST_RING` are refused.
    pub async fn ring(&self, bell: &str, text: &str) -> Result<()> {
        if text.len() > LONGEST_RING {
            return Err(StoreError::Conflict("too long for a notification"));
        }
        let pool = self.shared()?;
        within(sqlx::query(RING).bind(bell).bind(text).execute(pool)).await?;
        Ok(())
    }

    /// Hears what is rung from now on.
    pub async fn listen(&self, bells: &[&str]) -> Result<Bells> {
        let pool = self.shared()?;
        let mark = sqlx::query_as::<_, (String,)>(concat!("SELECT ", mark!()));
        let (mark,) = within(mark.fetch_one(pool)).await?;
        let names: Vec<String> = bells.iter().map(|bell| format!("{bell}{mark}")).collect();
        let server = pool.connect_options();
        let listener = Some(listen(&server, &names).await?);
        Ok(Bells { listener, server, names, mark })
    }
}

/// Listens on a connection of its own. PostgreSQL's driver says goodbye on a listener's connection in its own time, and on a dead one
/// until TCP gives up: in the pool of everybody it would take a place and hold up the end of the program for so long.
async fn listen(server: &PgConnectOptions, names: &[String]) -> Result<PgListener> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .max_lifetime(None)
        .idle_timeout(None)
        // nobody else uses it afterwards, so it ends
        .after_release(|_, _| Box::pin(async { Ok(false) }))
        .connect_lazy_with(server.clone());
    let listener = async {
        let mut listener = PgListener::connect_with(&pool).await?;
        // its own attempt would have no end, and must not be broken off
        listener.eager_reconnect(false);
        listener.listen_all(names.iter().map(String::as_str)).await?;
        Ok(listener)
    };
    Ok(within(listener).await?)
}

/// What is rung by other processes.
pub struct Bells {
    /// `None`: the connection was lost.
    listener: Option<PgListener>,
    server: Arc<PgConnectOptions>,
    /// The bells as they are called in this schema.
    names: Vec<String>,
    mark: String,
}

impl Bells {
    /// The next ring: its bell and its text. `None`: the connection was lost and is there again; rings in between were missed.
    ///
    /// A server that went without a word is noticed within ten seconds.
    ///
    /// # Errors
    /// The connection was lost, and there is no new one: to be asked again after a while.
    pub async fn next(&mut self) -> Result<Option<(String, String)>> {
        loop {
            let Some(listener) = &mut self.listener else {
                self.listener = Some(listen(&self.server, &self.names).await?);
                return Ok(None);
            };
            // breaking it off loses nothing: a message is taken from what was received when it is there as a whole
            match tokio::time::timeout(QUIET, listener.try_recv()).await {
                Ok(Ok(Some(ring))) => {
                    let bell = ring.channel().strip_suffix(&*self.mark).unwrap_or(ring.channel());
                    return Ok(Some((bell.to_owned(), ring.payload().to_owned())));
                }
                Ok(Ok(None)) => self.listener = None,
                Ok(Err(e)) => {
                    self.listener = None;
                    return Err(e.into());
                }
                Err(_) if answers(listener).await => {}
                Err(_) => {
                    tracing::warn!("the database does not say whether it still rings bells");
                    self.listener = None;
                }
            }
        }
    }
}

/// Whether the server is still at the other end. Rings that come before its answer are kept.
async fn answers(listener: &mut PgListener) -> bool {
    let answer = async { listener.acquire().await?.ping().await };
    tokio::time::timeout(ANSWER, answer).await.is_ok_and(|answer| answer.is_ok())
}
