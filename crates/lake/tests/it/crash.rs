//! Crashes at every step of a flush and of a merge: the lake is dropped and opened again with what the database then holds.
use futures::future::BoxFuture;
use lake::{Lake, LakeConfig, Manifest, ManifestChange, MemoryManifest, PartMeta};
use model::event::Event;
use parking_lot::Mutex;
use search::conformance::{expect, random};
use search::engine::{SearchEngine, Select};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    None,
    /// The transaction does not happen.
    Before,
    /// It happens, and the answer is lost.
    After,
}

/// A database with a journal: what is released is gone, what is not is replayed.
pub struct Database {
    pub parts: MemoryManifest,
    journal: Mutex<BTreeMap<i64, Vec<Event>>>,
    pub fault: Mutex<Fault>,
}

impl Database {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            parts: MemoryManifest::default(),
            journal: Mutex::default(),
            fault: Mutex::new(Fault::None),
        })
    }

    fn take(&self, lake: &Lake, seq: i64, events: &[Event]) {
        self.journal.lock().insert(seq, events.to_vec());
        lake.append_block(seq, events).unwrap();
    }
}

impl Manifest for Database {
    fn parts(&self) -> BoxFuture<'_, Result<Vec<PartMeta>, String>> {
        self.parts.parts()
    }

    fn commit(&self, change: ManifestChange) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            let fault = *self.fault.lock();
            if fault != Fault::Before {
                if let Some(seq) = change.release_through {
                    self.journal.lock().retain(|s, _| *s > seq);
                }
                self.parts.commit(change).await?;
            }
            if fault == Fault::None { Ok(()) } else { Err("the connection is gone".into()) }
        })
    }
}

pub async fn open(dir: &Path, database: &Arc<Database>) -> Arc<Lake> {
    let mut config = LakeConfig::at(dir);
    config.limits.merge_at = 2;
    config.limits.group_rows = 50;
    let lake = Lake::open(config, database.clone()).await.unwrap();
    let journal = database.journal.lock().clone();
    for (seq, events) in journal {
        lake.append_block(seq, &events).unwrap();
    }
    lake
}

async fn all_there(lake: &Lake, events: &[Event], when: &str) {
    let all = Select::all("acme");
    let rows = lake.page(&all, None, 10_000).await.unwrap();
    assert_eq!(rows.len(), events.len(), "{when}");
    assert_eq!(rows, expect::page(events, &all, None, 10_000), "{when}");
    assert_eq!(lake.count(&all).await.unwrap(), events.len() as i64, "{when}");
}

pub fn files(dir: &Path) -> usize {
    let mut found = 0;
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found += 1;
            }
        }
    }
    found
}

fn blocks() -> Vec<Vec<Event>> {
    let events = random::events(&mut random::Rng::seeded("crash"), 1, 240, "acme");
    events.chunks(60).map(<[Event]>::to_vec).collect()
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_a_flush_is_cut() {
    for fault in [Fault::None, Fault::Before, Fault::After] {
        for reopen in [true, false] {
            let (dir, db, blocks) = (tempfile::tempdir().unwrap(), Database::new(), blocks());
            let when = format!("{fault:?}, reopened: {reopen}");
            let mut lake = open(dir.path(), &db).await;
            db.take(&lake, 1, &blocks[0]);
            lake.flush(Some(1)).await.unwrap();
            db.take(&lake, 2, &blocks[1]);
            *db.fault.lock() = fault;
            assert_eq!(lake.flush(Some(2)).await.is_ok(), fault == Fault::None, "{when}");
            let mut events = blocks[..2].concat();
            all_there(&lake, &events, &format!("{when}, right after")).await;
            *db.fault.lock() = Fault::None;
            if reopen {
                drop(lake);
                lake = open(dir.path(), &db).await;
                all_there(&lake, &events, &format!("{when}, after the crash")).await;
            }
            // life goes on, and the next flush releases everything
            db.take(&lake, 3, &blocks[2]);
            events.extend(blocks[2].clone());
            all_there(&lake, &events, &when).await;
            lake.flush(Some(3)).await.unwrap();
            all_there(&lake, &events, &when).await;
            assert!(db.journal.lock().is_empty(), "{when}");
            drop(lake);
            let lake = open(dir.path(), &db).await;
            all_there(&lake, &events, &format!("{when}, at the end")).await;
            assert_eq!(lake.stats().head_events, 0, "{when}");
            assert_eq!(
                files(dir.path()),
                db.parts.parts().await.unwrap().len(),
                "{when}: no orphans"
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_when_a_merge_is_cut() {
    for fault in [Fault::None, Fault::Before, Fault::After] {
        for reopen in [true, false] {
            let (dir, db, blocks) = (tempfile::tempdir().unwrap(), Database::new(), blocks());
            let when = format!("{fault:?}, reopened: {reopen}");
            let mut lake = open(dir.path(), &db).await;
            for (seq, block) in blocks.iter().enumerate() {
                db.take(&lake, seq as i64, block);
                lake.flush(Some(seq as i64)).await.unwrap();
            }
            let events = blocks.concat();
            let before = lake.stats().parts;
            *db.fault.lock() = fault;
            assert_eq!(lake.compact(false).await.is_ok(), fault == Fault::None, "{when}");
            all_there(&lake, &events, &format!("{when}, right after")).await;
            *db.fault.lock() = Fault::None;
            if reopen {
                drop(lake);
                lake = open(dir.path(), &db).await;
                all_there(&lake, &events, &format!("{when}, after the crash")).await;
            }
            lake.compact(true).await.unwrap();
            all_there(&lake, &events, &format!("{when}, merged")).await;
            assert!(lake.stats().parts < before, "{when}");
            drop(lake);
            let lake = open(dir.path(), &db).await;
            all_there(&lake, &events, &format!("{when}, at the end")).await;
            assert_eq!(
                files(dir.path()),
                db.parts.parts().await.unwrap().len(),
                "{when}: no orphans"
            );
        }
    }
}

#[tokio::test]
async fn a_disk_that_refuses_a_part_loses_nothing() {
    let (dir, db, blocks) = (tempfile::tempdir().unwrap(), Database::new(), blocks());
    let lake = open(dir.path(), &db).await;
    // a file stands where the folder should be
    std::fs::write(dir.path().join("tenant=acme"), "").unwrap();
    db.take(&lake, 1, &blocks[0]);
    assert!(lake.flush(Some(1)).await.is_err());
    db.take(&lake, 2, &blocks[1]);
    let events = blocks[..2].concat();
    all_there(&lake, &events, "refused").await;
    assert_eq!(db.journal.lock().len(), 2, "nothing was released");
    assert!(lake.flush(Some(2)).await.is_err());
    std::fs::remove_file(dir.path().join("tenant=acme")).unwrap();
    lake.flush(Some(2)).await.unwrap();
    all_there(&lake, &events, "allowed again").await;
    drop(lake);
    let lake = open(dir.path(), &db).await;
    all_there(&lake, &events, "opened again").await;
    assert!(db.journal.lock().is_empty());
}

#[tokio::test]
async fn unfinished_and_unnamed_files_are_swept() {
    let (dir, db, blocks) = (tempfile::tempdir().unwrap(), Database::new(), blocks());
    let lake = open(dir.path(), &db).await;
    db.take(&lake, 1, &blocks[0]);
    lake.flush(Some(1)).await.unwrap();
    drop(lake);
    let part = db.parts.parts().await.unwrap().remove(0);
    let folder = dir.path().join(&part.path).parent().unwrap().to_path_buf();
    std::fs::write(folder.join("half.tmp"), "torn").unwrap();
    std::fs::copy(dir.path().join(&part.path), folder.join("stranger.parquet")).unwrap();
    let lake = open(dir.path(), &db).await;
    all_there(&lake, &blocks[0], "swept").await;
    assert!(!folder.join("half.tmp").exists() && !folder.join("stranger.parquet").exists());
    drop(lake);
    // an empty manifest may be the wrong one: nothing is deleted then
    let wrong = open(dir.path(), &Database::new()).await;
    assert_eq!(wrong.stats().events, 0);
    let kept = std::fs::read_dir(dir.path().join("orphans")).unwrap().count();
    assert_eq!(kept, db.parts.parts().await.unwrap().len());
}
