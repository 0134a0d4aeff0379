//! Locks of PostgreSQL that a process keeps. Each ends with its connection, of which nobody is told: they are asked for.
use platform::Tasks;
use std::{sync::Arc, time::Duration};
use store::{Claim, Store};
use tokio::sync::Mutex;

/// How often the lead is asked for, and looked after.
const LOOK: Duration = Duration::from_secs(1);
/// A leader whom the database does not answer for so long gives the lead up.
const PATIENCE: Duration = Duration::from_secs(2);

/// A claim for as long as its connection lives. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Kept {
    claim: Arc<Mutex<Option<Claim>>>,
    patience: Duration,
}

impl Kept {
    /// `patience`: how long the database may take to say that the lock is there.
    pub fn new(claim: Option<Claim>, patience: Duration) -> Self {
        Self { claim: Arc::new(Mutex::new(claim)), patience }
    }

    /// Asks the database. What it does not confirm is given up.
    pub async fn holds(&self) -> bool {
        let mut kept = self.claim.lock().await;
        let holds = match &mut *kept {
            Some(claim) => claim.holds(self.patience).await,
            None => false,
        };
        if !holds {
            *kept = None;
        }
        holds
    }

    pub async fn put(&self, claim: Option<Claim>) {
        *self.claim.lock().await = claim;
    }

    #[cfg(test)]
    pub async fn lock(&self) -> Option<store::Lock> {
        self.claim.lock().await.as_ref().map(Claim::lock)
    }
}

/// Whether this process is the one that runs schedules.
#[derive(Clone, Debug)]
pub enum Lead {
    /// There is nobody else.
    Always,
    /// A process that takes no part in the work.
    Never,
    /// Whoever has the lock.
    Holder(Kept),
}

impl Lead {
    /// Asked before each job. The database is asked in turn: what was true a moment ago says nothing.
    pub async fn is_here(&self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Holder(kept) => kept.holds().await,
        }
    }

    /// Takes the lead whenever nobody has it, until the program stops.
    pub fn among_others(store: Store, tasks: &Tasks) -> Self {
        let kept = Kept::new(None, PATIENCE);
        let (mine, stop) = (kept.clone(), tasks.token());
        tasks.spawn("lead", async move {
            let mut led = false;
            while !stop.is_cancelled() {
                let mut leads = mine.holds().await;
                changed(&mut led, leads);
                if !leads {
                    let claim = store.lead().await.unwrap_or_default();
                    leads = claim.is_some();
                    mine.put(claim).await;
                    changed(&mut led, leads);
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            mine.put(None).await;
        });
        Self::Holder(kept)
    }
}

fn changed(led: &mut bool, leads: bool) {
    if std::mem::replace(led, leads) != leads {
        tracing::info!(leads, "the lead among the processes changed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Lock;

    /// The connection of the one process that leads, once it is none of the old ones.
    async fn leader(leads: &[Lead], old: &[i32]) -> i32 {
        loop {
            let mut here = Vec::new();
            for lead in leads {
                if let Lead::Holder(kept) = lead
                    && lead.is_here().await
                {
                    here.extend(kept.lock().await.map(Lock::pid));
                }
            }
            // one that is being cut may have answered a last time
            here.retain(|pid| !old.contains(pid));
            assert!(here.len() < 2, "two lead");
            match here.first() {
                Some(pid) => return *pid,
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    #[test]
    fn a_lead_whose_connection_ended_is_given_up_and_taken_anew() {
        testkit::db::on_postgres(|db| async move {
            let (tasks, again) = (Tasks::new(), db.again().await);
            let leads = [db.store.clone(), again.clone()].map(|s| Lead::among_others(s, &tasks));
            let mut old = Vec::new();
            for _ in 0..3 {
                let next = tokio::time::timeout(Duration::from_secs(20), leader(&leads, &old));
                let pid = next.await.expect("somebody leads");
                db.raw(&format!("SELECT pg_terminate_backend({pid})")).await;
                old.push(pid);
            }
            assert!(tasks.stop(Duration::from_secs(10)).await);
            assert!(!leads[0].is_here().await && !leads[1].is_here().await);
            again.close().await;
        });
    }
}
