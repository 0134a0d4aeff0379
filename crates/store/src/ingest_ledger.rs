//! The ledger of arrivals: what became of each source's records, minute by minute, in the journal's database.
//!
//! Rows are only ever added to, and what a block or a dead letter stands for is added in its own commit (`journal_append`):
//! the ledger and what is stored cannot disagree. Received is not a column; it is stored + rejected + refused.
use crate::{
    Result, Store,
    base::{db::On, row::Cols, sql::journal_sql, val::args},
};
use model::Micros;

/// What became of some records of one source within one minute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub tenant: String,
    /// The sensor's name, `agent:<name>`, `api`, …
    pub source: String,
    /// `suricata`, `zeek`, `agent`, `api`, …
    pub kind: String,
    pub sample: bool,
    /// Its beginning.
    pub minute: Micros,
    pub stored: i64,
    /// Kept as dead letters.
    pub rejected: i64,
    /// Not taken; the sender was told and keeps them.
    pub refused: i64,
    /// Known already from an earlier batch, so not received once more.
    pub repeated: i64,
    /// Of the records received, as sent.
    pub bytes: i64,
    /// The newest time that a stored event says of itself.
    pub last_event: Option<Micros>,
    pub last_seen: Micros,
}

/// Somebody who sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestSource {
    pub id: i64,
    pub source: String,
    pub kind: String,
    pub sample: bool,
    pub first_seen: Micros,
    pub last_seen: Micros,
    /// `last_seen` as it was when an alert was raised for the silence after it.
    pub silence_told: Option<Micros>,
}

/// A source's sums over one slice of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IngestSlice {
    pub source_id: i64,
    pub start: Micros,
    pub stored: i64,
    pub rejected: i64,
    pub refused: i64,
    pub repeated: i64,
    pub bytes: i64,
    pub last_event: Option<Micros>,
}

/// Adds to the ledger. Callers that add several do so in one order everywhere, so that two of them never wait for each other.
pub(crate) async fn add(on: &mut On<'_>, t: &Tally) -> Result<()> {
    let known = journal_sql!(
        "UPDATE ingest_sources SET last_seen_at = CASE WHEN last_seen_at < $5 THEN $5 ELSE last_seen_at END \
         WHERE tenant = $1 AND source = $2 AND kind = $3 AND sample = $4 RETURNING id"
    );
    let values = args![&t.tenant, &t.source, &t.kind, t.sample, t.last_seen];
    let id = match on.opt(known, values.clone(), |r| r.int("id")).await? {
        Some(id) => id,
        None => {
            let new = journal_sql!(
                "INSERT INTO ingest_sources (tenant, source, kind, sample, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $5) \
                 ON CONFLICT (tenant, source, kind, sample) DO UPDATE SET last_seen_at = excluded.last_seen_at RETURNING id"
            );
            on.one(new, values, |r| r.int("id")).await?
        }
    };
    let counts = journal_sql!(
        "INSERT INTO ingest_ledger (source_id, minute, stored, rejected, refused, repeated, bytes, last_event_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source_id, minute) DO UPDATE SET \
         stored = ingest_ledger.stored + excluded.stored, rejected = ingest_ledger.rejected + excluded.rejected, \
         refused = ingest_ledger.refused + excluded.refused, repeated = ingest_ledger.repeated + excluded.repeated, \
         bytes = ingest_ledger.bytes + excluded.bytes, last_event_at = CASE WHEN ingest_ledger.last_event_at IS NULL \
         OR excluded.last_event_at > ingest_ledger.last_event_at THEN excluded.last_event_at ELSE ingest_ledger.last_event_at END"
    );
    let values =
        args![id, t.minute, t.stored, t.rejected, t.refused, t.repeated, t.bytes, t.last_event];
    on.exec(counts, values).await.map(|_| ())
}

impl Store {
    /// Adds what no block goes with. All of it or nothing.
    pub async fn ingest_note(&self, tallies: &[Tally]) -> Result<()> {
        let mut tx = self.journal.begin().await?;
        let mut on = tx.on();
        for tally in tallies {
            add(&mut on, tally).await?;
        }
        tx.commit().await
    }

    /// All that have sent within the time that the ledger keeps, in no order.
    pub async fn ingest_sources(&self, tenant: &str) -> Result<Vec<IngestSource>> {
        let sql = journal_sql!(
            "SELECT s.id, s.source, s.kind, s.sample, s.first_seen_at, s.last_seen_at, s.silence_told FROM ingest_sources s WHERE s.tenant = $1"
        );
        let map = |r: &dyn Cols| {
            Ok(IngestSource {
                id: r.int("id")?,
                source: r.text("source")?,
                kind: r.text("kind")?,
                sample: r.flag("sample")?,
                first_seen: r.time("first_seen_at")?,
                last_seen: r.time("last_seen_at")?,
                silence_told: r.opt_time("silence_told")?,
            })
        };
        self.journal.read().all(sql, args![tenant], map).await
    }

    /// Sums over slices of `step` microseconds, counted from 1970, of the minutes in `from..to`. Slices in which a source
    /// did nothing are left out.
    pub async fn ingest_slices(
        &self,
        tenant: &str,
        from: Micros,
        to: Micros,
        step: i64,
    ) -> Result<Vec<IngestSlice>> {
        let sql = journal_sql!(
            "SELECT l.source_id, l.minute / $4 AS slot, CAST(SUM(l.stored) AS BIGINT) AS stored, CAST(SUM(l.rejected) AS BIGINT) AS rejected, \
             CAST(SUM(l.refused) AS BIGINT) AS refused, CAST(SUM(l.repeated) AS BIGINT) AS repeated, CAST(SUM(l.bytes) AS BIGINT) AS bytes, \
             MAX(l.last_event_at) AS last_event_at FROM ingest_ledger l JOIN ingest_sources s ON s.id = l.source_id \
             WHERE s.tenant = $1 AND l.minute >= $2 AND l.minute < $3 GROUP BY l.source_id, slot ORDER BY l.source_id, slot"
        );
        let map = |r: &dyn Cols| {
            Ok(IngestSlice {
                source_id: r.int("source_id")?,
                start: Micros(r.int("slot")?.saturating_mul(step)),
                stored: r.int("stored")?,
                rejected: r.int("rejected")?,
                refused: r.int("refused")?,
                repeated: r.int("repeated")?,
                bytes: r.int("bytes")?,
                last_event: r.opt_time("last_event_at")?,
            })
        };
        self.journal.read().all(sql, args![tenant, from, to, step], map).await
    }

    /// What each source used to send before it was heard last: source, minute, records received, oldest first; `span`
    /// microseconds of it. Only sources that were heard last at `quiet_since` or before.
    pub async fn ingest_history(
        &self,
        tenant: &str,
        quiet_since: Micros,
        span: i64,
    ) -> Result<Vec<(i64, Micros, i64)>> {
        let sql = journal_sql!(
            "SELECT l.source_id, l.minute, l.stored + l.rejected + l.refused AS received FROM ingest_ledger l \
             JOIN ingest_sources s ON s.id = l.source_id WHERE s.tenant = $1 AND s.last_seen_at <= $2 \
             AND l.minute > s.last_seen_at - $3 AND l.stored + l.rejected + l.refused > 0 ORDER BY l.source_id, l.minute"
        );
        let map = |r: &dyn Cols| Ok((r.int("source_id")?, r.time("minute")?, r.int("received")?));
        self.journal.read().all(sql, args![tenant, quiet_since, span], map).await
    }

    /// Pairs of minutes in `from..to` in which a source sent records, with at least one whole minute between them in which
    /// it sent none: source, the minute before, the minute after.
    pub async fn ingest_breaks(
        &self,
        tenant: &str,
        from: Micros,
        to: Micros,
    ) -> Result<Vec<(i64, Micros, Micros)>> {
        let sql = journal_sql!(
            "SELECT g.source_id, g.minute_before, g.minute_after FROM (SELECT l.source_id, l.minute AS minute_after, \
             LAG(l.minute) OVER (PARTITION BY l.source_id ORDER BY l.minute) AS minute_before FROM ingest_ledger l \
             JOIN ingest_sources s ON s.id = l.source_id WHERE s.tenant = $1 AND l.minute >= $2 AND l.minute < $3 \
             AND l.stored + l.rejected + l.refused > 0) g WHERE g.minute_after - g.minute_before > 60000000 \
             ORDER BY g.source_id, g.minute_after"
        );
        let map = |r: &dyn Cols| {
            Ok((r.int("source_id")?, r.time("minute_before")?, r.time("minute_after")?))
        };
        self.journal.read().all(sql, args![tenant, from, to], map).await
    }

    /// Remembers that the silence after `last_seen` has its alert.
    pub async fn ingest_silence_told(
        &self,
        tenant: &str,
        source_id: i64,
        last_seen: Micros,
    ) -> Result<()> {
        let mut tx = self.journal.begin().await?;
        let sql = journal_sql!(
            "UPDATE ingest_sources SET silence_told = $3 WHERE tenant = $1 AND id = $2"
        );
        tx.on().exec(sql, args![tenant, source_id, last_seen]).await?;
        tx.commit().await
    }

    /// Notes that this process took batches from `since` to `until`. A time that is noted and reaches `since` is lengthened.
    pub async fn ingest_listened(&self, since: Micros, until: Micros) -> Result<()> {
        let mut tx = self.journal.begin().await?;
        let mut on = tx.on();
        let longer = journal_sql!(
            "UPDATE ingest_listening SET until_at = CASE WHEN until_at < $2 THEN $2 ELSE until_at END WHERE since_at = \
             (SELECT MAX(l.since_at) FROM ingest_listening l WHERE l.since_at <= $1 AND l.until_at >= $1)"
        );
        if on.exec(longer, args![since, until]).await? == 0 {
            let new = journal_sql!(
                "INSERT INTO ingest_listening (since_at, until_at) VALUES ($1, $2) ON CONFLICT (since_at) DO UPDATE SET until_at = \
                 CASE WHEN ingest_listening.until_at < excluded.until_at THEN excluded.until_at ELSE ingest_listening.until_at END"
            );
            on.exec(new, args![since, until]).await?;
        }
        tx.commit().await
    }

    /// When some process took batches: from and until, oldest first, those that end after that moment. They may overlap.
    pub async fn ingest_listening(&self, after: Micros) -> Result<Vec<(Micros, Micros)>> {
        let sql = journal_sql!(
            "SELECT l.since_at, l.until_at FROM ingest_listening l WHERE l.until_at > $1 ORDER BY l.since_at"
        );
        let map = |r: &dyn Cols| Ok((r.time("since_at")?, r.time("until_at")?));
        self.journal.read().all(sql, args![after], map).await
    }

    /// Forgets minutes before this one, and sources that were not heard since. Answers how many minutes of sources.
    pub async fn purge_ingest(&self, before: Micros) -> Result<i64> {
        let mut tx = self.journal.begin().await?;
        let minutes = journal_sql!("DELETE FROM ingest_ledger WHERE minute < $1");
        let n = tx.on().exec(minutes, args![before]).await?;
        let sources = journal_sql!("DELETE FROM ingest_sources WHERE last_seen_at < $1");
        tx.on().exec(sources, args![before]).await?;
        let listening = journal_sql!("DELETE FROM ingest_listening WHERE until_at < $1");
        tx.on().exec(listening, args![before]).await?;
        tx.commit().await?;
        Ok(n)
    }
}
