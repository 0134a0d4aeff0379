//! The list of the lake's parts. It lies beside the journal, because publishing a part and releasing the blocks it was made of
//! are one commit: an event is in the journal or in a part, never in both and never in neither.
//!
//! A removed part keeps its row until its file is gone (`lake_forget`), so a crash in between leaves no orphan behind.
use crate::{
    Result, Store, StoreError,
    base::{
        db::On,
        row::{Cols, json, word},
        sql::journal_sql,
        val::args,
    },
};
use model::Micros;
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartState {
    Active,
    /// Merged into another or past its time; the file may be deleted once no reader holds it.
    Removed,
    /// Damaged: kept and not read.
    Quarantined,
}

impl PartState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Removed => "removed",
            Self::Quarantined => "quarantined",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Removed, Self::Quarantined].into_iter().find(|s| s.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewPart {
    pub id: String,
    pub tenant: String,
    pub dataset: String,
    /// `2026-11-21`
    pub day: String,
    /// Where the file lies, relative to the lake.
    pub path: String,
    /// What the lake wants to know without opening the file.
    pub meta: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub id: String,
    pub tenant: String,
    pub dataset: String,
    pub day: String,
    pub path: String,
    pub meta: Value,
    pub state: PartState,
}

fn part(r: &dyn Cols) -> Result<Part> {
    Ok(Part {
        id: r.text("id")?,
        tenant: r.text("tenant")?,
        dataset: r.text("dataset")?,
        day: r.text("day")?,
        path: r.text("path")?,
        meta: json(r, "meta")?.unwrap_or(Value::Null),
        state: word(r, "state", PartState::parse)?,
    })
}

/// All parts of all tenants in every state, by id.
pub(crate) async fn all(on: &mut On<'_>) -> Result<Vec<Part>> {
    let sql = journal_sql!(
        "SELECT id, tenant, dataset, day, path, meta, state FROM lake_parts ORDER BY id"
    );
    on.all(sql, args![], part).await
}

impl Store {
    /// All parts of all tenants in every state, by id.
    pub async fn lake_parts(&self) -> Result<Vec<Part>> {
        all(&mut self.journal.read()).await
    }

    /// The same, of a moment when every commit that took parts out and was begun has ended: the server may still be at one whose answer
    /// was lost, and holds its rows until then.
    ///
    /// # Errors
    /// `Busy` when that takes longer than ten seconds.
    pub async fn lake_parts_settled(&self) -> Result<Vec<Part>> {
        let mut tx = self.journal.begin().await?;
        let mut on = tx.on();
        let sql = journal_sql!(
            "SELECT p.id, p.tenant, p.dataset, p.day, p.path, p.meta, p.state FROM lake_parts p ORDER BY p.id"
        );
        let sql = on.locking(sql, "p");
        let parts = on.all(sql, args![], part).await?;
        tx.commit().await?;
        Ok(parts)
    }

    /// Publishes parts, takes others out and releases the blocks up to `release_through` (inclusive), all in one commit. It may be
    /// repeated, since an answer may be lost: a part that is listed already is replaced, one that is removed already stays so.
    ///
    /// # Errors
    /// `Conflict` when a part to be removed is not there or put aside, or a block to be released has not been through detection yet
    /// (`detected_through`). Nothing is changed then.
    pub async fn lake_commit(
        &self,
        add: &[NewPart],
        remove: &[String],
        release_through: Option<i64>,
        now: Micros,
    ) -> Result<()> {
        let done = self.commit_parts(add, remove, release_through, now).await;
        self.reserve.note(done)
    }

    async fn commit_parts(
        &self,
        add: &[NewPart],
        remove: &[String],
        release_through: Option<i64>,
        now: Micros,
    ) -> Result<()> {
        // the counter only grows, so reading it before the transaction is safe
        if let Some(seq) = release_through
            && seq > self.detected_through().await?
        {
            return Err(StoreError::Conflict("a block may be released only after its detection"));
        }
        let mut tx = self.journal.begin().await?;
        let mut on = tx.on();
        for p in add {
            let sql = journal_sql!(
                "INSERT INTO lake_parts (id, tenant, dataset, day, path, meta, state, created_at, changed_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $7) \
                 ON CONFLICT (id) DO UPDATE SET tenant = excluded.tenant, dataset = excluded.dataset, day = excluded.day, \
                 path = excluded.path, meta = excluded.meta, state = excluded.state, changed_at = excluded.changed_at"
            );
            on.exec(sql, args![&p.id, &p.tenant, &p.dataset, &p.day, &p.path, &p.meta, now])
                .await?;
        }
        for id in remove {
            let sql = journal_sql!(
                "UPDATE lake_parts SET state = 'removed', changed_at = $2 WHERE id = $1 AND state <> 'quarantined'"
            );
            if on.exec(sql, args![id, now]).await? == 0 {
                return Err(StoreError::Conflict("a part to be removed is not active"));
            }
        }
        if let Some(seq) = release_through {
            on.exec(journal_sql!("DELETE FROM journal_blocks WHERE seq <= $1"), args![seq]).await?;
            faults::at("manifest.after_release");
        }
        faults::at("manifest.before_commit");
        tx.commit().await?;
        faults::at("manifest.after_commit");
        if faults::on("manifest.answer") {
            return Err(StoreError::Unavailable(sqlx::Error::WorkerCrashed));
        }
        Ok(())
    }

    /// Puts a damaged part aside.
    pub async fn lake_quarantine(&self, id: &str, now: Micros) -> Result<()> {
        let mut tx = self.journal.begin().await?;
        let sql = journal_sql!(
            "UPDATE lake_parts SET state = 'quarantined', changed_at = $2 WHERE id = $1 AND state = 'active'"
        );
        if tx.on().exec(sql, args![id, now]).await? == 0 {
            return Err(StoreError::NotFound);
        }
        tx.commit().await
    }

    /// Forgets removed parts whose files are gone. Parts in another state stay.
    pub async fn lake_forget(&self, ids: &[String]) -> Result<()> {
        let mut tx = self.journal.begin().await?;
        for id in ids {
            tx.on()
                .exec(
                    journal_sql!("DELETE FROM lake_parts WHERE id = $1 AND state = 'removed'"),
                    args![id],
                )
                .await?;
        }
        tx.commit().await
    }
}
