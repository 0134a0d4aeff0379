//! Who works on an installation: one process that keeps events in its own folder, or several that share PostgreSQL and OpenSearch.
//! A second one on a folder would delete or release what the first has just written.
use super::{broken, target};
use model::Problem;
use platform::Config;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use store::{Claim, Store, Target};

/// In the data folder; locked while the process lives, by the operating system, so a crash leaves nothing behind.
const NAME: &str = "lock";

/// Held for as long as this value lives.
#[derive(Debug)]
pub struct Hold {
    _file: Option<File>,
    _claim: Option<Claim>,
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
        return Ok(Hold { _file: None, _claim: Some(claim) });
    }
    let file = folder(&config.serve.data)?;
    Ok(Hold { _file: Some(file), _claim: claim(store, &target(config)).await? })
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
    Ok(Hold { _file: None, _claim: claim(store, &target(config)).await? })
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
