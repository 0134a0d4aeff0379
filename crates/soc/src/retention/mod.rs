//! Retention: the policy, what it would take out, and taking it out.
//!
//! Invariants
//! * Only what a policy gives a number of days is ever deleted, and nothing of a tenant on hold. Open alerts and the audit trail stay.
//! * What goes is told first: the audit row is written before anything is deleted, since files and dead letters lie elsewhere than it.
//! * A run goes step by step, and each step looks at the policy anew: when it was changed, what is left stays for the next run.
//! * A change of a policy is acknowledged when nothing is being deleted that had not seen it, in this process or another: once a hold
//!   is set, nothing is deleted.
mod plan;
mod run;

use crate::{
    Soc, fault,
    record::{self, Act},
};
use backend::{Reply, RetentionBackend};
use model::{
    Caller, FieldError, Permission, Problem,
    retention::{DiskRoom, Retention, RetentionPolicy, RetentionReport},
};
use std::{sync::Arc, time::Duration};
use store::{StoreError, Tx};

/// How long a change of the policy waits for what is being deleted.
const PATIENCE: Duration = Duration::from_secs(10);

/// How much room the data folder's disk has; `None` when it does not tell. Tests say what they like.
pub type Disk = Arc<dyn Fn() -> Option<DiskRoom> + Send + Sync>;

fn act<'a>(
    action: &'a str,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
) -> Act<'a> {
    Act { action, target_type: "retention", target_id: String::new(), before, after }
}

impl Soc {
    async fn present(&self, tenant: &str) -> Result<Retention, Problem> {
        let (policy, updated_at) = self.store.retention(tenant).await.map_err(fault::store)?;
        if self.road.is_shared() {
            // events lie on OpenSearch's disks, which nobody here watches
            return Ok(Retention { policy, updated_at, ..Retention::default() });
        }
        let keep_free_percent = self.policy.keep_free_percent;
        Ok(Retention { policy, updated_at, keep_free_percent, disk: (self.disk)() })
    }

    /// Waits for what began to be deleted before the policy was changed.
    async fn deletions_ended(&self) -> Result<(), Problem> {
        match tokio::time::timeout(PATIENCE, self.store.deletions_ended()).await {
            Ok(Err(StoreError::Busy)) | Err(_) => {
                let text = "It is saved, but what began to be deleted before is not over yet. Save again to hear when it is";
                Err(Problem::unavailable(text).retry_after(10))
            }
            Ok(done) => done.map_err(fault::store),
        }
    }
}

/// Refuses what a person wants to delete by hand while the tenant is on hold. No hold is acknowledged before the transaction ends;
/// it must hold no row yet.
pub(crate) async fn not_on_hold(tx: &mut Tx, tenant: &str) -> Result<(), Problem> {
    if !tx.retention(tenant).await.map_err(fault::store)?.hold {
        return Ok(());
    }
    let text = "A legal hold is on: nothing may be deleted";
    // the code is what pages have words for in the reader's language
    let errors = vec![FieldError {
        pointer: String::new(),
        code: "legal_hold".into(),
        message: text.into(),
    }];
    Err(Problem { errors, ..Problem::conflict(text) })
}

impl RetentionBackend for Soc {
    fn retention<'a>(&'a self, who: &'a Caller) -> Reply<'a, Retention> {
        Box::pin(async move {
            who.require(Permission::ManageRetention)?;
            self.present(&who.tenant).await
        })
    }

    fn set_retention<'a>(
        &'a self,
        who: &'a Caller,
        policy: RetentionPolicy,
    ) -> Reply<'a, Retention> {
        Box::pin(async move {
            who.require(Permission::ManageRetention)?;
            let policy = policy.check()?;
            let now = (self.clock)();
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let set = tx.set_retention(&who.tenant, &policy, now).await;
            let before = set.map_err(fault::store)?;
            let act = act("retention.update", record::value(&before), record::value(&policy));
            record::by(&mut tx, who, act, now).await?;
            tx.commit().await.map_err(fault::store)?;
            self.deletions_ended().await?;
            self.present(&who.tenant).await
        })
    }

    fn preview_retention<'a>(&'a self, who: &'a Caller) -> Reply<'a, RetentionReport> {
        Box::pin(async move {
            who.require(Permission::ManageRetention)?;
            let now = (self.clock)();
            let plan = self.plan_retention(now).await?;
            Ok(self.due(&who.tenant, &plan, now).await?.report)
        })
    }

    fn run_retention<'a>(&'a self, who: &'a Caller) -> Reply<'a, RetentionReport> {
        Box::pin(async move {
            who.require(Permission::ManageRetention)?;
            let _turn = self.deleting.lock().await;
            let now = (self.clock)();
            let plan = self.plan_retention(now).await?;
            let mut due = self.due(&who.tenant, &plan, now).await?;
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let act = act("retention.run", None, record::value(&due.report));
            record::by(&mut tx, who, act, now).await?;
            tx.commit().await.map_err(fault::store)?;
            if !self.delete_due(&who.tenant, &mut due).await? {
                let text = "The policy was changed meanwhile. What was left then is not deleted";
                return Err(Problem::conflict(text));
            }
            Ok(due.report)
        })
    }
}
