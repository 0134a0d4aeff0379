//! Who works on an installation: one process that keeps events in its own folder, or several that share PostgreSQL and OpenSearch.
//! A second one on a folder would delete or release what the first has just written.
use super::broken;
use model::Problem;
use platform::Config;
use std::fs::{File, OpenOptions, TryLockError};
use store::{Claim, Store};

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
    let dir = &config.serve.data;
    std::fs::create_dir_all(dir).map_err(|e| broken("The data folder cannot be made")(&e))?;
    let path = dir.join(NAME);
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|e| {
            broken("The data folder cannot be locked")(&format!("{}: {e}", path.display()))
        })?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Problem::unavailable(format!(
                "{} is in use by another eventsec process: stop it first, or name another folder with --data",
                dir.display()
            )));
        }
        Err(TryLockError::Error(e)) => return Err(broken("The data folder cannot be locked")(&e)),
    }
    let claim = store.claim().await.map_err(|e| broken("The database cannot be locked")(&e))?;
    if claim.is_none() && config.serve.database_url.is_some() {
        return Err(Problem::unavailable(
            "the database is in use by another eventsec server: stop it first, or name another one",
        ));
    }
    Ok(Hold { _file: Some(file), _claim: claim })
}
