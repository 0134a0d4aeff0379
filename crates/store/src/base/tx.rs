//! Transactions. What is not committed is rolled back when it is dropped.
use super::{
    bell::RING,
    db::{Db, On, within},
    reserve::Reserve,
};
use crate::Result;
use sqlx::{Postgres, Sqlite, Transaction};

pub(crate) enum RawTx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl RawTx {
    pub(crate) fn on(&mut self) -> On<'_> {
        On::Tx(self)
    }

    /// Rings a bell for other processes, once this is committed. On SQLite there are none.
    pub(crate) async fn ring(&mut self, bell: &str) -> Result<()> {
        if let Self::Postgres(tx) = self {
            within(sqlx::query(RING).bind(bell).bind("").execute(&mut **tx)).await?;
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => within(tx.commit()).await?,
        }
        Ok(())
    }

    async fn rollback(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Postgres(tx) => within(tx.rollback()).await?,
        }
        Ok(())
    }
}

/// A transaction of the main database: the only way to change it. Dropped without [`Tx::commit`], it changes nothing.
///
/// SQLite has one writer: whoever holds a `Tx` must not begin another one, or it waits for itself until `Busy`.
/// After an error other than `NotFound` only dropping it makes sense: PostgreSQL refuses every further statement.
pub struct Tx {
    raw: RawTx,
    reserve: Reserve,
}

impl Tx {
    pub(crate) async fn begin(db: &Db, reserve: Reserve) -> Result<Self> {
        Ok(Self { raw: db.begin().await?, reserve })
    }

    pub(crate) fn raw(&mut self) -> &mut RawTx {
        &mut self.raw
    }

    /// Where this transaction's statements run.
    pub(crate) fn on(&mut self) -> On<'_> {
        self.raw.on()
    }

    /// Durable once it returns.
    pub async fn commit(self) -> Result<()> {
        let done = self.raw.commit().await;
        self.reserve.note(done)
    }

    /// What dropping it does, done once it returns: others find free what was held.
    pub(crate) async fn rollback(self) -> Result<()> {
        self.raw.rollback().await
    }
}
