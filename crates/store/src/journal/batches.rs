//! Answers to batches, kept for those who ask again.
use crate::{
    Result, Store,
    base::{row::json, sql::journal_sql, val::args},
};
use model::Micros;
use serde_json::Value;

impl Store {
    /// The answer that a batch with this key got, byte for byte as it was stored.
    pub async fn batch(&self, tenant: &str, key: &str) -> Result<Option<Value>> {
        let sql = journal_sql!(
            "SELECT response FROM ingest_batches WHERE tenant = $1 AND batch_key = $2"
        );
        Ok(self
            .journal
            .read()
            .opt(sql, args![tenant, key], |r| json(r, "response"))
            .await?
            .flatten())
    }

    /// Forgets answers older than `before`. Answers how many.
    pub async fn purge_batches(&self, before: Micros) -> Result<i64> {
        let mut tx = self.journal.begin().await?;
        let n = tx
            .on()
            .exec(journal_sql!("DELETE FROM ingest_batches WHERE created_at < $1"), args![before])
            .await?;
        tx.commit().await?;
        Ok(n)
    }
}
