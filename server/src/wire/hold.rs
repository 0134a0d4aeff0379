//! Who works on an installation: one process that keeps events in its own folder, or several that share PostgreSQL and OpenSearch.
//! A second one on a folder would delete or release what the first has just written.
use super::{
    broken,
    lead::{Kept, Lead},
    target,
};
use model::Problem;
use platform::{Config, Tasks};
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
    sync::Arc,
    time::Duration,
};
use store::{Claim, Lock, Store, StoreError, Target};
use tokio::sync::Notify;

/// In the data folder; locked while the process lives, by the operating system, so a crash leaves nothing behind.
const NAME: &str = "lock";
/// How often the lock of the database is looked after.
const LOOK: Duration = Duration::from_secs(2);
/// How long the database may take to say that it is there. A slow one is waited for: giving the lock up opens the door to others.
const PATIENCE: Duration = Duration::from_secs(10);

/// Held for as long as this value lives; on PostgreSQL, for as long as somebody [watches](Hold::watch) over it.
#[derive(Debug)]
pub struct Hold {
    _file: Option<File>,
    /// The claim and which one it was at first; `None` on SQLite.
    claim: Option<(Kept, Lock)>,
}

impl Hold {
    fn new(file: Option<File>, claim: Option<Claim>) -> Self {
        let kept = |c: Claim| {
            let lock = c.lock();
            (Kept::new(Some(c), PATIENCE), lock)
        };
        Self { _file: file, claim: claim.map(kept) }
    }

    /// A process that has the installation for itself leads while it has it.
    pub fn lead(&self) -> Lead {
        self.claim.as_ref().map_or(Lead::Always, |(kept, _)| Lead::Holder(kept.clone()))
    }

    /// Takes the lock of the database anew when its connection ended. When somebody else was quicker `broken` is told: two on one
    /// journal would undo each other's work.
    pub fn watch(&self, store: &Store, broken: &Arc<Notify>, tasks: &Tasks) {
        let Some((kept, lock)) = self.claim.clone() else { return };
        let (store, broken, stop) = (store.clone(), broken.clone(), tasks.token());
        tasks.spawn("hold", async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = look_after(&kept, lock, &store) => broken.notify_one(),
            }
        });
    }
}

/// Ends when the lock is somebody else's.
async fn look_after(kept: &Kept, mut lock: Lock, store: &Store) {
    let mut lost = false;
    loop {
        tokio::time::sleep(LOOK).await;
        if kept.holds().await {
            continue;
        }
        if !lost {
            tracing::warn!("the lock of the database was lost with its connection");
        }
        lost = true;
        match store.claim_again(lock).await {
            Ok(None) => {}
            Ok(Some(claim)) => {
                lock = claim.lock();
                kept.put(Some(claim)).await;
                tracing::info!("the lock of the database is taken again");
                lost = false;
            }
            Err(e @ StoreError::Conflict(_)) => {
                tracing::error!(error = %e, "the lock of the database was lost: this process must end");
                return;
            }
            Err(e) => tracing::debug!(error = %e, "the lock of the database is asked for again"),
        }
    }
}

/// Takes the data folder and, on PostgreSQL, the database; among others, its place among them.
pub async fn take(config: &Config, store: &Store) -> Result<Hold, Problem> {
    if !config.search.url.is_empty() {
        let claim = store.join().await.map_err(|e| broken("The database cannot be locked")(&e))?;
        let claim = claim.ok_or_else(|| {
            Problem::unavailable(
                "the database is in use by an eventsec server that keeps events in its own folder: stop it first",
            )
        })?;
        return Ok(Hold::new(None, Some(claim)));
    }
    let file = folder(&config.serve.data)?;
    Ok(Hold::new(Some(file), claim(store, &target(config)).await?))
}

/// For commands that look at the lake: alone, and where there is one.
pub async fn alone(config: &Config, store: &Store) -> Result<Hold, Problem> {
    if !config.search.url.is_empty() {
        return Err(Problem::conflict(
            "search.url is set: events are in OpenSearch, and this command looks at the lake of one process",
        ));
    }
    take(config, store).await
}

/// For a look at everything: while nobody works on it, whatever holds the events.
pub async fn nobody(config: &Config, store: &Store) -> Result<Hold, Problem> {
    if config.search.url.is_empty() {
        return take(config, store).await;
    }
    Ok(Hold::new(None, claim(store, &target(config)).await?))
}

/// Takes a data folder, which is made when it is not there; it is free again when the file is closed.
pub fn folder(dir: &Path) -> Result<File, Problem> {
    std::fs::create_dir_all(dir).map_err(|e| broken("The data folder cannot be made")(&e))?;
    let path = dir.join(NAME);
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|e| {
            broken("The data folder cannot be locked")(&format!("{}: {e}", path.display()))
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Problem::unavailable(format!(
            "{} is in use by another eventsec process: stop it first, or name another folder with --data",
            dir.display()
        ))),
        Err(TryLockError::Error(e)) => Err(broken("The data folder cannot be locked")(&e)),
    }
}

/// Takes a database that is on PostgreSQL.
pub async fn claim(store: &Store, target: &Target) -> Result<Option<Claim>, Problem> {
    let claim = store.claim().await.map_err(|e| broken("The database cannot be locked")(&e))?;
    if claim.is_none() && matches!(target, Target::Postgres(_)) {
        return Err(Problem::unavailable(
            "the database is in use by another eventsec server: stop it first, or name another one",
        ));
    }
    Ok(claim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::db::{TestDb, on_postgres};

    async fn cut(db: &TestDb, lock: Lock) {
        db.raw(&format!("SELECT pg_terminate_backend({})", lock.pid())).await;
    }

    async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
        let done = tokio::time::timeout(Duration::from_secs(20), work).await;
        done.unwrap_or_else(|_| panic!("never {what}"))
    }

    #[test]
    fn a_database_whose_lock_was_lost_is_taken_again_or_left() {
        on_postgres(|db| async move {
            let (tasks, broken) = (Tasks::new(), Arc::new(Notify::new()));
            let hold = Hold::new(None, db.store.claim().await.unwrap());
            hold.watch(&db.store, &broken, &tasks);
            let (lead, (kept, first)) = (hold.lead(), hold.claim.clone().unwrap());
            assert!(lead.is_here().await);
            cut(&db, first).await;
            let taken_again = async {
                loop {
                    match kept.lock().await {
                        Some(lock) if lock != first => break lock,
                        _ => tokio::time::sleep(Duration::from_millis(20)).await,
                    }
                }
            };
            let second = soon("taken again", taken_again).await;
            assert!(lead.is_here().await);

            // somebody who waits for it is quicker
            let again = db.again().await;
            let waits = format!(
                "SELECT 1 FROM pg_locks w JOIN pg_locks h USING (locktype, database, classid, objid) \
                 WHERE w.locktype = 'advisory' AND NOT w.granted AND h.pid = {}",
                second.pid()
            );
            let (taken, ()) = tokio::join!(again.claim(), async {
                soon("waited for", async { while db.raw(&waits).await == 0 {} }).await;
                cut(&db, second).await;
            });
            let taken = taken.unwrap();
            assert!(taken.is_some());
            soon("told to end", broken.notified()).await;
            assert!(!lead.is_here().await);
            drop(taken);
            assert!(tasks.stop(Duration::from_secs(5)).await);
            again.close().await;
        });
    }
}
