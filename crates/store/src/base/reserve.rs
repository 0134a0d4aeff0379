//! Room on the disk that is kept for people. While there is room for everything it lies in a file of its own; when the disk is full
//! the file goes, and what it held is left to sign-ins, alerts and the audit trail: events are refused until it can be laid aside
//! again. So a full disk stops the intake, which can wait and tries again, and not those who come to see what is wrong.
//!
//! Only where SQLite's files share a disk with it; a PostgreSQL server's disk is its own affair.
use crate::{Result, StoreError};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// File name in the data folder.
const NAME: &str = "reserve";
/// As large as SQLite's write-ahead log grows before it begins anew, twice.
const BYTES: u64 = 8 << 20;
/// How often it is tried to lay the room aside again.
const AGAIN: Duration = Duration::from_millis(500);

/// Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reserve(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    /// When it was last tried; `None` while the room is laid aside.
    missing: Mutex<Option<Instant>>,
}

impl Inner {
    /// Nothing panics while it is held.
    fn missing(&self) -> MutexGuard<'_, Option<Instant>> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reserve {
    pub(crate) fn beside(dir: &Path) -> Self {
        Self(Some(Arc::new(Inner { path: dir.join(NAME), missing: Mutex::new(None) })))
    }

    /// Lays the room aside. A disk that is full already is no error: events are refused then, and the rest works.
    pub(crate) fn keep(&self) {
        if let Some(inner) = &self.0
            && let Err(e) = write(&inner.path)
        {
            tracing::warn!(error = %e, "no room could be laid aside for the time when the disk is full");
            *inner.missing() = Some(Instant::now());
        }
    }

    /// Before anything grows that could wait: `Full` while the room is missing and there is still none for it.
    pub(crate) fn may_grow(&self) -> Result<()> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let mut missing = inner.missing();
        let Some(tried) = *missing else { return Ok(()) };
        if tried.elapsed() >= AGAIN {
            if write(&inner.path).is_ok() {
                tracing::info!("the disk has room again: events are taken");
                *missing = None;
                return Ok(());
            }
            *missing = Some(Instant::now());
        }
        Err(StoreError::Full)
    }

    /// Gives the room up when this says that the disk is full.
    pub(crate) fn note<T>(&self, done: Result<T>) -> Result<T> {
        if let (Err(StoreError::Full), Some(inner)) = (&done, &self.0) {
            let mut missing = inner.missing();
            if missing.is_none() {
                tracing::error!("the disk is full: events are refused until there is room");
                *missing = Some(Instant::now());
                if let Err(e) = fs::remove_file(&inner.path) {
                    tracing::warn!(error = %e, "the room for people could not be given up");
                }
            }
        }
        done
    }
}

/// Writes what is missing of the file: only written bytes are room that nobody else can take.
fn write(path: &Path) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|m| m.len() == BYTES) {
        return Ok(());
    }
    let done = File::create(path).and_then(|mut file| {
        let piece = [0xe5_u8; 64 << 10];
        for _ in 0..BYTES / piece.len() as u64 {
            file.write_all(&piece)?;
        }
        Ok(())
    });
    if done.is_err() {
        // half of it would be room for nobody
        let _ = fs::remove_file(path);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_room_goes_when_the_disk_is_full_and_comes_back() {
        let dir = tempfile::tempdir().unwrap();
        let (reserve, file) = (Reserve::beside(dir.path()), dir.path().join(NAME));
        reserve.keep();
        assert_eq!(fs::metadata(&file).unwrap().len(), BYTES);
        assert!(reserve.note(Err::<(), _>(StoreError::Busy)).is_err() && file.exists());
        assert!(matches!(reserve.note(Err::<(), _>(StoreError::Full)), Err(StoreError::Full)));
        assert!(!file.exists());
        // a folder in its place: there is no room for it
        fs::create_dir(&file).unwrap();
        assert!(matches!(reserve.may_grow(), Err(StoreError::Full)), "not tried again at once");
        tokio::time::advance(AGAIN).await;
        assert!(matches!(reserve.may_grow(), Err(StoreError::Full)), "tried in vain");
        fs::remove_dir(&file).unwrap();
        tokio::time::advance(AGAIN).await;
        assert!(reserve.may_grow().is_ok() && file.exists());
        assert!(Reserve::default().note(Err::<(), _>(StoreError::Full)).is_err(), "PostgreSQL");
    }
}
