//! Events that were refused, in the journal's database: they are kept by the same commit that answers their batch.
//!
//! Their audit rows lie in the main database and so in another commit. Write the audit row first: what is told there was
//! at least tried.
use crate::{
    Result, Store,
    base::{
        db::On,
        filter::{self, Filter, MAX_LIST, padded},
        page,
        row::Cols,
        sql::journal_sql,
        val::{Val, args},
    },
};
use model::{
    Micros, Page,
    dead_letter::{DeadLetter, DeadLetterQuery, MAX_KEPT},
};

/// A refused event; `received_at` is the time of the append.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewDeadLetter {
    pub source: String,
    pub sensor: Option<String>,
    /// See [`DeadLetter::file`].
    pub file: Option<String>,
    pub agent: Option<(i64, String)>,
    pub sample: bool,
    pub batch_index: i64,
    pub reason: String,
    pub pointer: String,
    pub hint: String,
    /// Cut at `MAX_KEPT` bytes, at the end of a character.
    pub raw: String,
}

macro_rules! letter_select {
    () => {
        "SELECT d.id, d.received_at, d.source, d.sensor, d.file, d.agent_id, d.agent, d.sample, d.batch_index, d.reason, d.pointer, d.hint, d.raw, d.replays FROM dead_letters d"
    };
}

fn letter(r: &dyn Cols) -> Result<DeadLetter> {
    Ok(DeadLetter {
        id: r.int("id")?,
        received_at: r.time("received_at")?,
        source: r.text("source")?,
        sensor: r.opt_text("sensor")?,
        file: r.opt_text("file")?,
        agent_id: r.opt_int("agent_id")?,
        agent: r.opt_text("agent")?,
        sample: r.flag("sample")?,
        batch_index: r.int("batch_index")?,
        reason: r.text("reason")?,
        pointer: r.text("pointer")?,
        hint: r.text("hint")?,
        raw: r.text("raw")?,
        replays: r.int("replays")?,
    })
}

pub(crate) async fn insert(
    on: &mut On<'_>,
    tenant: &str,
    new: &NewDeadLetter,
    now: Micros,
) -> Result<()> {
    let sql = journal_sql!(
        "INSERT INTO dead_letters (tenant, received_at, source, sensor, batch_index, reason, pointer, hint, raw, replays, \
         file, agent_id, agent, sample) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13)"
    );
    let raw = &new.raw[..new.raw.floor_char_boundary(MAX_KEPT)];
    let values = args![
        tenant,
        now,
        &new.source,
        &new.sensor,
        new.batch_index,
        &new.reason,
        &new.pointer,
        &new.hint,
        raw,
        &new.file,
        new.agent.as_ref().map(|a| a.0),
        new.agent.as_ref().map(|a| a.1.as_str()),
        new.sample
    ];
    on.exec(sql, values).await.map(|_| ())
}

fn filter(tenant: &str, q: &DeadLetterQuery) -> Filter {
    let mut f = Filter::tenant("d.tenant", tenant);
    if let Some(reason) = &q.reason {
        f.and("d.reason = ?", [reason.into()]);
    }
    if let Some(source) = &q.source {
        f.and("d.source = ?", [source.into()]);
    }
    if let Some(sensor) = &q.sensor {
        f.and("d.sensor = ?", [sensor.into()]);
    }
    f
}

/// The tenant's letters among these ids.
fn among(tenant: &str, ids: &[i64]) -> Filter {
    let mut f = Filter::tenant("d.tenant", tenant);
    f.any("d.id", padded(ids));
    f
}

impl Store {
    /// Newest first.
    pub async fn dead_letters(
        &self,
        tenant: &str,
        query: &DeadLetterQuery,
    ) -> Result<Page<DeadLetter>> {
        let mut on = self.journal.read();
        let limit = page::limit(query.limit);
        let mut rows = filter(tenant, query);
        if let Some(cursor) = &query.cursor {
            let [id] = page::decode('d', cursor)?;
            rows.and("d.id < ?", [Val::from(id)]);
        }
        let (sql, values) =
            filter(tenant, query).statement("SELECT COUNT(*) AS n FROM dead_letters d", "", []);
        let total = on.count(sql, values).await?;
        let (sql, values) =
            rows.statement(letter_select!(), "ORDER BY d.id DESC LIMIT ?", [Val::from(limit + 1)]);
        let mut items = on.all(sql, values, letter).await?;
        let next = page::cut(&mut items, limit, |d| page::encode('d', &[d.id]));
        Ok(Page { items, total, next })
    }

    /// By id; those that are not there (or another tenant's) are left out.
    pub async fn dead_letters_by_id(&self, tenant: &str, ids: &[i64]) -> Result<Vec<DeadLetter>> {
        let mut found = Vec::new();
        for chunk in ids.chunks(MAX_LIST) {
            let (sql, values) =
                among(tenant, chunk).statement(letter_select!(), "ORDER BY d.id", []);
            found.extend(self.journal.read().all(sql, values, letter).await?);
        }
        Ok(found)
    }

    /// Answers how many there were.
    pub async fn delete_dead_letters(&self, tenant: &str, ids: &[i64]) -> Result<i64> {
        self.change_dead_letters(tenant, ids, "DELETE FROM dead_letters AS d").await
    }

    /// Says that these were tried once more. Answers how many there were.
    pub async fn mark_replayed(&self, tenant: &str, ids: &[i64]) -> Result<i64> {
        self.change_dead_letters(tenant, ids, "UPDATE dead_letters AS d SET replays = replays + 1")
            .await
    }

    async fn change_dead_letters(
        &self,
        tenant: &str,
        ids: &[i64],
        what: &'static str,
    ) -> Result<i64> {
        let mut tx = self.journal.begin().await?;
        let mut changed = 0;
        for chunk in ids.chunks(MAX_LIST) {
            let (sql, values) = among(tenant, chunk).statement(what, "", []);
            changed += tx.on().exec(sql, values).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Ids of all tenants' letters after that one, in their order, and how often each was replayed.
    pub async fn letter_versions(&self, after: i64, limit: i64) -> Result<Vec<(i64, i64)>> {
        let sql = journal_sql!(
            "SELECT d.id, d.replays FROM dead_letters d WHERE d.id > $1 ORDER BY d.id LIMIT $2"
        );
        let mut read = self.journal.read();
        read.all(sql, args![after, limit], |r| Ok((r.int("id")?, r.int("replays")?))).await
    }

    /// Letters with their tenants, without the records that they keep; those that are not there are left out.
    pub async fn letters_of_all(&self, ids: &[i64]) -> Result<Vec<(String, DeadLetter)>> {
        let select = "SELECT d.id, d.tenant, d.received_at, d.source, d.sensor, d.file, d.agent_id, d.agent, d.sample, \
                      d.batch_index, d.reason, d.pointer, d.hint, CAST('' AS TEXT) AS raw, d.replays \
                      FROM dead_letters d WHERE d.id IN ";
        let mut found = Vec::new();
        for some in ids.chunks(MAX_LIST) {
            let (sql, values) = filter::among(select, some);
            let with_tenant = |r: &dyn Cols| Ok((r.text("tenant")?, letter(r)?));
            found.extend(self.journal.read().all(sql, values, with_tenant).await?);
        }
        found.sort_by_key(|(_, letter)| letter.id);
        Ok(found)
    }

    pub async fn dead_letter_count(&self, tenant: &str) -> Result<i64> {
        self.journal
            .read()
            .count(
                journal_sql!("SELECT COUNT(*) AS n FROM dead_letters d WHERE d.tenant = $1"),
                args![tenant],
            )
            .await
    }
}
