//! The two databases behind one face: statements run on a pool or inside a transaction, whichever it is.
use super::{
    row::Cols,
    tx::RawTx,
    val::{self, Val},
};
use crate::Result;
use sqlx::{AssertSqlSafe, PgPool, SqlSafeStr, SqlStr, SqlitePool};
use std::{future::Future, time::Duration};

/// How long PostgreSQL may take for one statement: longer than it waits for a lock, shorter than anybody waits for an answer.
const STATEMENT: Duration = Duration::from_secs(15);

/// One database. SQLite has many readers and one writer; PostgreSQL a pool for both.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// The same expression on either database; `$side` says which SQLite pool.
macro_rules! on {
    ($db:expr, $side:ident, $pool:ident => $body:expr) => {
        match $db {
            $crate::base::db::Db::Sqlite { $side: $pool, .. } => $body,
            $crate::base::db::Db::Postgres($pool) => $body,
        }
    };
}
pub(crate) use on;

impl Db {
    /// Reads, each statement in its own snapshot.
    pub(crate) fn read(&self) -> On<'_> {
        On::Pool(self)
    }

    /// Takes the write lock at once on SQLite: a transaction that reads first and upgrades later would fail under load.
    pub(crate) async fn begin(&self) -> Result<RawTx> {
        Ok(match self {
            Self::Sqlite { write, .. } => RawTx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => RawTx::Postgres(within(pool.begin()).await?),
        })
    }

    /// A transaction that sees one state from its first statement on, whatever others commit meanwhile, and changes nothing.
    pub(crate) async fn look(&self) -> Result<RawTx> {
        Ok(match self {
            Self::Sqlite { read, .. } => RawTx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                RawTx::Postgres(pool.begin_with(begin).await?)
            }
        })
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A server that went without a word would be waited for until TCP gives up, a quarter of an hour later. Whether the statement
/// happened is not known then; its connection is not used again.
pub(crate) async fn within<T>(
    call: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(STATEMENT, call).await {
        Ok(done) => done,
        Err(_) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
    }
}

/// Where statements run.
pub(crate) enum On<'a> {
    Pool(&'a Db),
    Tx(&'a mut RawTx),
}

/// Runs `$call` (`fetch_all`, …) where it belongs and finishes its answer with `$done`, once per driver.
macro_rules! run {
    ($self:expr, $sql:expr, $args:expr, $call:ident, $v:ident => $done:expr) => {{
        let sql = $sql;
        match $self {
            On::Pool(Db::Sqlite { read, .. }) => {
                let $v = sqlx::query_with(sql, val::sqlite($args)?).$call(read).await?;
                $done
            }
            On::Pool(Db::Postgres(pool)) => {
                let $v = within(sqlx::query_with(sql, val::postgres($args)?).$call(pool)).await?;
                $done
            }
            On::Tx(RawTx::Sqlite(tx)) => {
                let $v = sqlx::query_with(sql, val::sqlite($args)?).$call(&mut **tx).await?;
                $done
            }
            On::Tx(RawTx::Postgres(tx)) => {
                let $v =
                    within(sqlx::query_with(sql, val::postgres($args)?).$call(&mut **tx)).await?;
                $done
            }
        }
    }};
}

impl On<'_> {
    /// All rows.
    pub(crate) async fn all<T>(
        &mut self,
        sql: impl SqlSafeStr,
        args: Vec<Val>,
        map: impl Fn(&dyn Cols) -> Result<T>,
    ) -> Result<Vec<T>> {
        let sql = sql.into_sql_str();
        run!(self, sql, args, fetch_all, rows => rows.iter().map(|r| map(r)).collect())
    }

    /// The first row, if there is one.
    pub(crate) async fn opt<T>(
        &mut self,
        sql: impl SqlSafeStr,
        args: Vec<Val>,
        map: impl Fn(&dyn Cols) -> Result<T>,
    ) -> Result<Option<T>> {
        let sql = sql.into_sql_str();
        run!(self, sql, args, fetch_optional, row => row.as_ref().map(|r| map(r)).transpose())
    }

    /// The first row; `NotFound` without one.
    pub(crate) async fn one<T>(
        &mut self,
        sql: impl SqlSafeStr,
        args: Vec<Val>,
        map: impl Fn(&dyn Cols) -> Result<T>,
    ) -> Result<T> {
        self.opt(sql, args, map).await?.ok_or(crate::StoreError::NotFound)
    }

    /// One number in the column `n`.
    pub(crate) async fn count(&mut self, sql: impl SqlSafeStr, args: Vec<Val>) -> Result<i64> {
        self.one(sql, args, |r| r.int("n")).await
    }

    /// How many rows changed.
    pub(crate) async fn exec(&mut self, sql: impl SqlSafeStr, args: Vec<Val>) -> Result<i64> {
        let sql = sql.into_sql_str();
        let n: u64 = run!(self, sql, args, execute, done => done.rows_affected());
        Ok(i64::try_from(n).unwrap_or(i64::MAX))
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Self::Pool(Db::Postgres(_)) | Self::Tx(RawTx::Postgres(_)))
    }

    /// `sql`, holding the rows of the table called `alias` until the transaction ends. On SQLite the transaction holds all.
    pub(crate) fn locking(&self, sql: &'static str, alias: &str) -> SqlStr {
        match self {
            On::Tx(RawTx::Postgres(_)) => {
                AssertSqlSafe(format!("{sql} FOR UPDATE OF {alias}")).into_sql_str()
            }
            _ => sql.into_sql_str(),
        }
    }

    /// `sql`, holding the rows of the table called `alias` and passing over those that somebody else holds.
    pub(crate) fn skipping(&self, sql: &'static str, alias: &str) -> SqlStr {
        match self {
            On::Tx(RawTx::Postgres(_)) => {
                AssertSqlSafe(format!("{sql} FOR UPDATE OF {alias} SKIP LOCKED")).into_sql_str()
            }
            _ => sql.into_sql_str(),
        }
    }
}
