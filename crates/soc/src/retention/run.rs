//! What is due, and deleting it in steps: parts in one change, OpenSearch's days one by one, alerts and dead letters some at a time, so
//! that others can write in between.
use super::{
    act,
    plan::{Doomed, Plan, Policies, cutoff, horizon, past, plan, receiving},
};
use crate::{Soc, fault, record};
use model::{
    Micros, Problem,
    retention::{ClassReport, DataClass, RetentionPolicy, RetentionReport},
};
use pipeline::{RoadError, Share};
use std::{collections::BTreeMap, time::Duration};
use store::{Deleting, StoreError};

/// Alerts or dead letters that one transaction deletes.
const AT_ONCE: i64 = 500;
/// How often a step that takes long asks whether changes of policies still wait for it.
const ALIVE: Duration = Duration::from_secs(15);

fn events(e: RoadError) -> Problem {
    tracing::error!(error = %e, "stored events could not be looked at or deleted");
    Problem::unavailable("The event store does not answer. Try again").retry_after(2)
}

/// What goes of one tenant.
pub(super) struct Due {
    pub report: RetentionReport,
    policy: RetentionPolicy,
    parts: Vec<String>,
    shares: Vec<Share>,
    alerts_before: Option<Micros>,
    letters_before: Option<Micros>,
}

impl Due {
    /// Puts what OpenSearch says it deleted in the place of what it counted before.
    fn say(&mut self, gone: &[Share]) {
        for row in &mut self.report.classes {
            let of = |shares: &[Share]| {
                let mine = shares.iter().filter(|s| s.class == row.class);
                mine.map(|s| s.events).sum::<i64>()
            };
            row.events += of(gone) - of(&self.shares);
        }
    }
}

/// Ends when changes of policies no longer wait for this deletion, which they do as long as this lives.
async fn lost(mut deleting: Deleting) -> StoreError {
    loop {
        tokio::time::sleep(ALIVE).await;
        if let Err(e) = deleting.still_there().await {
            return e;
        }
    }
}

impl Soc {
    /// The parts that go, of all tenants: for room the oldest days go whoever's they are.
    pub(super) async fn plan_retention(&self, now: Micros) -> Result<Plan, Problem> {
        let policies = self.store.retention_of_all().await.map_err(fault::store)?;
        if policies.is_empty() {
            return Ok(Plan::default());
        }
        if self.road.is_shared() {
            // OpenSearch's disks are not ours to watch
            let waits = self.store.journal_stats().await.map_err(fault::store)?.oldest_at;
            let since = receiving(now, waits);
            let end = horizon(&policies, now, &since);
            let shares = self.road.shares(&end).await.map_err(events)?;
            let shares = past(shares, &policies, now, &since);
            return Ok(Plan { policies, shares, ..Plan::default() });
        }
        let disk = (self.disk)();
        let lacking = disk.map_or(0, |d| d.lacking(self.policy.keep_free_percent));
        let parts = self.road.parts().await.map_err(events)?;
        let chosen = plan(parts, &policies, now, lacking);
        Ok(Plan { policies, ..chosen })
    }

    /// What of the plan is this tenant's, with its alerts and dead letters. Looks and changes nothing.
    pub(super) async fn due(&self, tenant: &str, plan: &Plan, now: Micros) -> Result<Due, Problem> {
        let policy = plan.policies.get(tenant).copied().unwrap_or_default();
        let mut due = Due {
            report: RetentionReport { hold: policy.hold, classes: Vec::new() },
            policy,
            parts: Vec::new(),
            shares: Vec::new(),
            alerts_before: None,
            letters_before: None,
        };
        for class in DataClass::ALL {
            let mut row = ClassReport::new(class, policy.days(class));
            if !policy.hold {
                self.look(tenant, plan, &policy, now, &mut due, &mut row).await?;
            }
            due.report.classes.push(row);
        }
        Ok(due)
    }

    async fn look(
        &self,
        tenant: &str,
        plan: &Plan,
        policy: &RetentionPolicy,
        now: Micros,
        due: &mut Due,
        row: &mut ClassReport,
    ) -> Result<(), Problem> {
        let before = policy.days(row.class).map(|days| cutoff(now, days));
        let old = match (row.class, before) {
            (DataClass::Events | DataClass::Network, _) => {
                let mine = |d: &&Doomed| d.meta.tenant == tenant && d.class == row.class;
                for doomed in plan.parts.iter().filter(mine).collect::<Vec<_>>() {
                    row.parts += 1;
                    row.events += doomed.meta.rows;
                    row.bytes += doomed.meta.bytes;
                    row.for_room += i64::from(doomed.for_room);
                    row.reach(&doomed.day);
                    due.parts.push(doomed.meta.id.clone());
                }
                let mine = |s: &&Share| s.tenant == tenant && s.class == row.class;
                for share in plan.shares.iter().filter(mine).collect::<Vec<_>>() {
                    row.parts += 1;
                    row.events += share.events;
                    row.bytes += share.bytes;
                    row.reach(&share.day);
                    due.shares.push(share.clone());
                }
                return Ok(());
            }
            (_, None) => return Ok(()),
            (DataClass::Alerts, Some(before)) => {
                due.alerts_before = Some(before);
                self.store.old_alerts(tenant, before).await
            }
            (DataClass::DeadLetters, Some(before)) => {
                due.letters_before = Some(before);
                self.store.old_letters(tenant, before).await
            }
        };
        let old = old.map_err(fault::store)?;
        row.rows = old.rows;
        for at in [old.oldest, old.newest].into_iter().flatten() {
            row.reach(&at.date());
        }
        Ok(())
    }

    /// Work outside the main database, which changes of policies wait for. It is broken off when they no longer do.
    async fn step<T>(
        &self,
        deleting: Deleting,
        work: impl Future<Output = Result<T, RoadError>>,
    ) -> Result<T, Problem> {
        tokio::select! {
            done = work => done.map_err(events),
            e = lost(deleting) => Err(fault::store(e)),
        }
    }

    async fn has_policy(&self, tenant: &str, policy: &RetentionPolicy) -> Result<bool, Problem> {
        Ok(self.store.retention(tenant).await.map_err(fault::store)?.0 == *policy)
    }

    /// Lets shares go, index by index, but those of tenants whose policies are no longer these. Answers what went.
    async fn let_go(&self, shares: &[Share], policies: &Policies) -> Result<Vec<Share>, Problem> {
        let mut by_index: BTreeMap<&str, Vec<&Share>> = BTreeMap::new();
        for share in shares {
            by_index.entry(&share.index).or_default().push(share);
        }
        let mut gone = Vec::new();
        for shares in by_index.into_values() {
            let deleting = self.store.begin_deleting().await.map_err(fault::store)?;
            let present = self.store.retention_of_all().await.map_err(fault::store)?;
            let same = |s: &&Share| present.get(&s.tenant) == policies.get(&s.tenant);
            let shares: Vec<Share> = shares.into_iter().filter(same).cloned().collect();
            if !shares.is_empty() {
                gone.extend(self.step(deleting, self.road.let_go(&shares)).await?);
            }
        }
        Ok(gone)
    }

    /// Deletes it. Whoever calls has told it in the audit trail and holds the turn. False when the policy was changed meanwhile: what
    /// was left then stays.
    pub(super) async fn delete_due(&self, tenant: &str, due: &mut Due) -> Result<bool, Problem> {
        if !due.parts.is_empty()
            // a merge that runs is waited for first, so that changes of policies do not wait for it
            && let Some(dropping) = self.road.begin_drop().await.map_err(events)?
        {
            let deleting = self.store.begin_deleting().await.map_err(fault::store)?;
            if !self.has_policy(tenant, &due.policy).await? {
                return Ok(false);
            }
            // it goes to its end though whoever asked goes away, so it takes along what changes of policies wait for
            let forbidden = async move {
                let e = lost(deleting).await;
                tracing::warn!(error = %e, "parts are no longer dropped: changes of policies do not wait for it");
            };
            let dropped = dropping.parts(&due.parts, forbidden).await;
            dropped.map_err(|e| events(e.into()))?;
        }
        if !due.shares.is_empty() {
            let policies = Policies::from([(tenant.to_owned(), due.policy)]);
            let gone = self.let_go(&due.shares, &policies).await?;
            due.say(&gone);
            if !self.has_policy(tenant, &due.policy).await? {
                return Ok(false);
            }
        }
        if let Some(before) = due.alerts_before {
            loop {
                let mut tx = self.store.begin().await.map_err(fault::store)?;
                if tx.retention(tenant).await.map_err(fault::store)? != due.policy {
                    return Ok(false);
                }
                let n = tx.delete_old_alerts(tenant, before, AT_ONCE).await;
                let n = n.map_err(fault::store)?;
                tx.commit().await.map_err(fault::store)?;
                if n < AT_ONCE {
                    break;
                }
            }
        }
        if let Some(before) = due.letters_before {
            loop {
                // letters lie elsewhere: this is only what changes of the policy wait for
                let mut tx = self.store.begin().await.map_err(fault::store)?;
                if tx.retention(tenant).await.map_err(fault::store)? != due.policy {
                    return Ok(false);
                }
                let n = self.store.delete_old_letters(tenant, before, AT_ONCE).await;
                let n = n.map_err(fault::store)?;
                tx.commit().await.map_err(fault::store)?;
                if n < AT_ONCE {
                    break;
                }
            }
        }
        Ok(true)
    }

    /// All tenants' policies, by the clock: called now and then by the program itself.
    pub async fn retain(&self) -> Result<(), Problem> {
        let _turn = self.deleting.lock().await;
        let now = (self.clock)();
        let plan = self.plan_retention(now).await?;
        if plan.lacking > 0 {
            tracing::warn!(
                bytes = plan.lacking,
                percent = self.policy.keep_free_percent,
                "the disk has less room than is to stay free, and nothing more may be deleted"
            );
        }
        // a day that is shared goes at once when everybody who lets it go has been told
        let mut shares = Vec::new();
        for tenant in self.store.tenants().await.map_err(fault::store)? {
            let mut due = self.due(&tenant.id, &plan, now).await?;
            if due.report.is_empty() {
                continue;
            }
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let act = act("retention.run", None, record::value(&due.report));
            record::by_system(&mut tx, &tenant.id, "system", "", act, now).await?;
            tx.commit().await.map_err(fault::store)?;
            shares.append(&mut due.shares);
            if !self.delete_due(&tenant.id, &mut due).await? {
                tracing::info!(
                    tenant = tenant.id,
                    "the policy was changed: what is left waits for the next run"
                );
                continue;
            }
            for row in due.report.classes.iter().filter(|r| r.parts + r.rows > 0) {
                tracing::info!(
                    tenant = tenant.id,
                    class = row.class.as_str(),
                    events = row.events,
                    bytes = row.bytes,
                    rows = row.rows,
                    "past its time and deleted"
                );
            }
        }
        if !shares.is_empty() {
            self.let_go(&shares, &plan.policies).await?;
        }
        Ok(())
    }
}
