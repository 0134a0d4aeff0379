//! How long each tenant keeps what, and taking out what is older: closed alerts and dead letters. Events are the lake's.
//!
//! The audit trail has no statement here: it is never deleted.
//!
//! Whoever deletes reads the policy after it has said that it deletes ([`Tx::retention`], [`Store::begin_deleting`]). Whoever changes
//! it commits, and then waits until nobody deletes ([`Store::deletions_ended`]). So a deletion has either seen the change, or is
//! over when the change is acknowledged, whichever processes they are.
use crate::{
    Result, Store, StoreError, Tx,
    base::{
        filter::{Filter, MAX_LIST, padded},
        open::PATIENCE,
        row::Cols,
        sql::{journal_sql, sql},
        tx::RawTx,
        val::args,
    },
};
use model::{
    Micros,
    retention::{DataClass, RetentionPolicy},
};
use std::collections::BTreeMap;
use tokio::sync::OwnedRwLockReadGuard;

/// The class under which a tenant's hold stands.
const WHOLE: &str = "*";

/// Rows that are past their time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Old {
    pub rows: i64,
    pub oldest: Option<Micros>,
    pub newest: Option<Micros>,
}

struct Line {
    tenant: String,
    class: String,
    days: Option<i64>,
    hold: bool,
    updated_at: Micros,
}

fn line(r: &dyn Cols) -> Result<Line> {
    Ok(Line {
        tenant: r.text("tenant")?,
        class: r.text("class")?,
        days: r.opt_int("days")?,
        hold: r.flag("hold")?,
        updated_at: r.time("updated_at")?,
    })
}

fn put(policy: &mut RetentionPolicy, line: &Line) -> Result<()> {
    if line.class == WHOLE {
        policy.hold = line.hold;
        return Ok(());
    }
    let class = DataClass::parse(&line.class)
        .ok_or_else(|| StoreError::Corrupt(format!("class holds {:?}", line.class)))?;
    policy.set_days(class, line.days);
    Ok(())
}

fn old(r: &dyn Cols) -> Result<Old> {
    Ok(Old { rows: r.int("n")?, oldest: r.opt_time("oldest")?, newest: r.opt_time("newest")? })
}

/// A deletion outside the main database, for as long as this value lives. On SQLite only this process knows of it, which has the
/// database to itself.
pub struct Deleting {
    tx: Option<RawTx>,
    _here: Option<OwnedRwLockReadGuard<()>>,
}

impl Deleting {
    /// Keeps it alive. The database lets go of one that is silent for a minute.
    ///
    /// # Errors
    /// When the connection is gone: a change of the policy may be acknowledged any moment.
    pub async fn still_there(&mut self) -> Result<()> {
        match &mut self.tx {
            Some(tx) => tx.on().count("SELECT CAST(1 AS BIGINT) AS n", args![]).await.map(|_| ()),
            None => Ok(()),
        }
    }
}

fn policy(lines: &[Line]) -> Result<RetentionPolicy> {
    let mut policy = RetentionPolicy::default();
    for line in lines {
        put(&mut policy, line)?;
    }
    Ok(policy)
}

macro_rules! policy_select {
    () => {
        "SELECT p.tenant, p.class, p.days, p.hold, p.updated_at FROM retention_policies p"
    };
}

impl Store {
    /// The tenant's policy, and when somebody last set it. Without one everything is kept for ever.
    pub async fn retention(&self, tenant: &str) -> Result<(RetentionPolicy, Option<Micros>)> {
        let sql = sql!(policy_select!(), " WHERE p.tenant = $1");
        let lines = self.main.read().all(sql, args![tenant], line).await?;
        Ok((policy(&lines)?, lines.iter().map(|l| l.updated_at).max()))
    }

    /// Says that something is deleted from now on. Policies are read after this.
    pub async fn begin_deleting(&self) -> Result<Deleting> {
        if !self.main.is_postgres() {
            let here = self.deleting.clone().read_owned().await;
            return Ok(Deleting { tx: None, _here: Some(here) });
        }
        let mut tx = self.main.begin().await?;
        tx.deleting(false).await?;
        Ok(Deleting { tx: Some(tx), _here: None })
    }

    /// Waits until the deletions are over that began before the policies that are stored now, those of other processes too.
    ///
    /// # Errors
    /// `Busy` after ten seconds.
    pub async fn deletions_ended(&self) -> Result<()> {
        let here = tokio::time::timeout(PATIENCE, self.deleting.write()).await;
        drop(here.map_err(|_| StoreError::Busy)?);
        let mut tx = self.main.begin().await?;
        tx.deleting(true).await?;
        tx.commit().await
    }

    /// The policies of all tenants that have one.
    pub async fn retention_of_all(&self) -> Result<BTreeMap<String, RetentionPolicy>> {
        let sql = sql!(policy_select!(), " ORDER BY p.tenant, p.class");
        let lines = self.main.read().all(sql, args![], line).await?;
        let mut all: BTreeMap<String, RetentionPolicy> = BTreeMap::new();
        for line in &lines {
            put(all.entry(line.tenant.clone()).or_default(), line)?;
        }
        Ok(all)
    }

    /// Alerts that were closed before that moment.
    pub async fn old_alerts(&self, tenant: &str, before: Micros) -> Result<Old> {
        let sql = sql!(
            "SELECT COUNT(*) AS n, MIN(a.closed_at) AS oldest, MAX(a.closed_at) AS newest FROM alerts a \
             WHERE a.tenant = $1 AND a.status = 'closed' AND a.closed_at < $2"
        );
        self.main.read().one(sql, args![tenant, before], old).await
    }

    /// Dead letters that came before that moment.
    pub async fn old_letters(&self, tenant: &str, before: Micros) -> Result<Old> {
        let sql = journal_sql!(
            "SELECT COUNT(*) AS n, MIN(d.received_at) AS oldest, MAX(d.received_at) AS newest FROM dead_letters d \
             WHERE d.tenant = $1 AND d.received_at < $2"
        );
        self.journal.read().one(sql, args![tenant, before], old).await
    }

    /// Deletes at most `limit` of [`Store::old_letters`], oldest first. Answers how many.
    pub async fn delete_old_letters(
        &self,
        tenant: &str,
        before: Micros,
        limit: i64,
    ) -> Result<i64> {
        let sql = journal_sql!(
            "DELETE FROM dead_letters WHERE tenant = $1 AND id IN (SELECT d.id FROM dead_letters d \
             WHERE d.tenant = $1 AND d.received_at < $2 ORDER BY d.id LIMIT $3)"
        );
        let mut tx = self.journal.begin().await?;
        let n = tx.on().exec(sql, args![tenant, before, limit]).await?;
        tx.commit().await?;
        Ok(n)
    }
}

impl Tx {
    /// The tenant's policy, for whoever deletes before this transaction ends. To be asked before any row is held.
    pub async fn retention(&mut self, tenant: &str) -> Result<RetentionPolicy> {
        self.raw().deleting(false).await?;
        let sql = sql!(policy_select!(), " WHERE p.tenant = $1");
        policy(&self.on().all(sql, args![tenant], line).await?)
    }

    /// Replaces the tenant's policy, and answers the one that was there. Whoever changes it at the same time waits for the end of
    /// this transaction, and is answered what it leaves.
    ///
    /// # Errors
    /// `Conflict` when there is no such tenant.
    pub async fn set_retention(
        &mut self,
        tenant: &str,
        new: &RetentionPolicy,
        now: Micros,
    ) -> Result<RetentionPolicy> {
        // a row is held by writing it, also where there was none; what it says is read before it is replaced
        let hold = sql!(
            "INSERT INTO retention_policies (tenant, class, days, hold, updated_at) VALUES ($1, $2, NULL, $3, $4) \
             ON CONFLICT (tenant, class) DO UPDATE SET updated_at = excluded.updated_at"
        );
        self.on().exec(hold, args![tenant, WHOLE, false, now]).await?;
        let sql = sql!(policy_select!(), " WHERE p.tenant = $1");
        let before = policy(&self.on().all(sql, args![tenant], line).await?)?;
        let classes = DataClass::ALL.map(|c| (c.as_str(), new.days(c), false));
        for (class, days, hold) in classes.into_iter().chain([(WHOLE, None, new.hold)]) {
            let sql = sql!(
                "INSERT INTO retention_policies (tenant, class, days, hold, updated_at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (tenant, class) DO UPDATE SET days = excluded.days, hold = excluded.hold, updated_at = excluded.updated_at"
            );
            self.on().exec(sql, args![tenant, class, days, hold, now]).await?;
        }
        Ok(before)
    }

    /// Deletes at most `limit` of [`Store::old_alerts`] with their histories, those of the smallest ids first. One that was opened
    /// again meanwhile stays. Answers how many.
    pub async fn delete_old_alerts(
        &mut self,
        tenant: &str,
        before: Micros,
        limit: i64,
    ) -> Result<i64> {
        let old = sql!(
            "SELECT a.id FROM alerts a \
             WHERE a.tenant = $1 AND a.status = 'closed' AND a.closed_at < $2 ORDER BY a.id LIMIT $3"
        );
        let mut on = self.on();
        // held in the order in which everybody holds them: a plain DELETE would go as it finds them
        let old = on.locking(old, "a");
        let ids = on.all(old, args![tenant, before, limit], |r| r.int("id")).await?;
        let mut deleted = 0;
        for some in ids.chunks(MAX_LIST) {
            let mut these = Filter::tenant("tenant", tenant);
            these.any("id", padded(some));
            let (sql, values) = these.statement("DELETE FROM alerts", "", []);
            deleted += on.exec(sql, values).await?;
        }
        Ok(deleted)
    }
}
