//! Parts that are dropped: whole days go, readers finish what they began, and a crash at any step leaves no file and no gap.
use crate::crash::{Database, Fault, files, open};
use futures::{StreamExt, future::BoxFuture};
use lake::{Lake, LakeConfig, Manifest, ManifestChange, MemoryManifest, PartMeta};
use model::{Micros, event::Event, time::DAY};
use search::conformance::random::{self, BASE};
use search::engine::{SearchEngine, Select};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::Notify;

/// Events of one day after the corpus's first, received on it.
fn events(first: i64, count: i64, tenant: &str, day: i64) -> Vec<Event> {
    let mut all = random::events(&mut random::Rng::seeded("retain"), first, count, tenant);
    for e in &mut all {
        e.dataset = "windows.sysmon".into();
        e.time = Micros(BASE + day * DAY + e.id);
        e.received_at = e.time;
    }
    all
}

/// Three days of one tenant and one of another, a part each.
async fn four_parts(lake: &Arc<Lake>) {
    for (first, tenant, day) in
        [(1, "acme", 0), (101, "acme", 1), (201, "acme", 2), (301, "other", 0)]
    {
        lake.append_block(first, &events(first, 50, tenant, day)).unwrap();
        lake.flush(None).await.unwrap();
    }
}

async fn ids(lake: &Arc<Lake>, tenant: &str, before: &str) -> Vec<String> {
    let parts = lake.dated_parts().await.unwrap();
    let old = parts.into_iter().filter(|p| p.meta.tenant == tenant && p.day.as_str() < before);
    old.map(|p| p.meta.id).collect()
}

async fn count(lake: &Lake, tenant: &str) -> i64 {
    lake.count(&Select::all(tenant)).await.unwrap()
}

#[tokio::test]
async fn whole_days_of_one_tenant_go_and_nothing_else() {
    let (dir, db) = (tempfile::tempdir().unwrap(), Database::new());
    let lake = open(dir.path(), &db).await;
    four_parts(&lake).await;
    // what is not in a part yet cannot go
    lake.append_block(9, &events(401, 10, "acme", 0)).unwrap();
    let old = ids(&lake, "acme", &Micros(BASE + 2 * DAY).date()).await;
    assert_eq!(old.len(), 2);
    let gone = lake.drop_parts(&old).await.unwrap();
    assert_eq!(gone.iter().map(|p| p.rows).sum::<i64>(), 100);
    assert_eq!((count(&lake, "acme").await, count(&lake, "other").await), (60, 50));
    assert_eq!((files(dir.path()), db.parts.parts().await.unwrap().len()), (2, 2));
    assert!(lake.drop_parts(&old).await.unwrap().is_empty(), "they are gone already");
    assert!(lake.drop_parts(&["nobody's".into()]).await.unwrap().is_empty());
    // life goes on, and what was dropped does not come back
    lake.flush(None).await.unwrap();
    lake.compact(true).await.unwrap();
    drop(lake);
    let lake = open(dir.path(), &db).await;
    assert_eq!((count(&lake, "acme").await, count(&lake, "other").await), (60, 50));
    let report = lake.check().await.unwrap();
    assert_eq!(report.damaged, vec![]);
}

#[tokio::test]
async fn who_reads_already_reads_on() {
    let (dir, db) = (tempfile::tempdir().unwrap(), Database::new());
    let lake = open(dir.path(), &db).await;
    four_parts(&lake).await;
    let (all, columns) = (Select::all("acme"), ["event.id".to_owned()]);
    let mut scan = lake.scan(&all, &columns);
    let mut rows = scan.next().await.unwrap().unwrap().num_rows();
    let old = ids(&lake, "acme", "9999").await;
    assert_eq!(lake.drop_parts(&old).await.unwrap().len(), 3);
    assert_eq!(count(&lake, "acme").await, 0, "who asks now finds nothing");
    while let Some(batch) = scan.next().await {
        rows += batch.unwrap().num_rows();
    }
    assert_eq!(rows, 150, "who asked before finds all");
    drop(scan);
    assert_eq!(files(dir.path()), 1, "the files went with their last reader");
}

#[tokio::test]
async fn nothing_comes_back_and_nothing_else_goes_when_a_drop_is_cut() {
    for fault in [Fault::Before, Fault::After] {
        for reopen in [true, false] {
            let when = format!("{fault:?}, reopened: {reopen}");
            let (dir, db) = (tempfile::tempdir().unwrap(), Database::new());
            let mut lake = open(dir.path(), &db).await;
            four_parts(&lake).await;
            let old = ids(&lake, "acme", &Micros(BASE + 2 * DAY).date()).await;
            *db.fault.lock() = fault;
            assert!(lake.drop_parts(&old).await.is_err(), "{when}");
            *db.fault.lock() = Fault::None;
            assert_eq!(files(dir.path()), 4, "{when}: no file goes before the manifest says so");
            if reopen {
                drop(lake);
                lake = open(dir.path(), &db).await;
                let left = if fault == Fault::After { 50 } else { 150 };
                assert_eq!(count(&lake, "acme").await, left, "{when}: as the manifest says");
            }
            lake.drop_parts(&old).await.unwrap();
            assert_eq!(
                (count(&lake, "acme").await, count(&lake, "other").await),
                (50, 50),
                "{when}"
            );
            drop(lake);
            let lake = open(dir.path(), &db).await;
            assert_eq!((count(&lake, "acme").await, files(dir.path())), (50, 2), "{when}");
        }
    }
}

#[tokio::test]
async fn a_drop_that_failed_is_not_carried_out_later() {
    for fault in [Fault::Before, Fault::After] {
        for again in [true, false] {
            let when = format!("{fault:?}, then another drop: {again}");
            let (dir, db) = (tempfile::tempdir().unwrap(), Database::new());
            let lake = open(dir.path(), &db).await;
            four_parts(&lake).await;
            let old = ids(&lake, "acme", &Micros(BASE + 2 * DAY).date()).await;
            *db.fault.lock() = fault;
            assert!(lake.drop_parts(&old).await.is_err(), "{when}");
            *db.fault.lock() = Fault::None;
            lake.append_block(9, &events(401, 10, "acme", 0)).unwrap();
            lake.flush(None).await.unwrap();
            if again {
                assert!(lake.drop_parts(&["nobody's".into()]).await.unwrap().is_empty(), "{when}");
            }
            lake.compact(true).await.unwrap();
            let left = if fault == Fault::After { 60 } else { 160 };
            assert_eq!(
                (count(&lake, "acme").await, count(&lake, "other").await),
                (left, 50),
                "{when}"
            );
            let rows = lake.page(&Select::all("acme"), None, 1_000).await.unwrap();
            assert_eq!(rows.len() as i64, left, "{when}");
            drop(lake);
            let lake = open(dir.path(), &db).await;
            assert_eq!(count(&lake, "acme").await, left, "{when}: opened again");
            assert_eq!(files(dir.path()), db.parts.parts().await.unwrap().len(), "{when}");
        }
    }
}

/// A database that answers late: a commit has happened, and whoever asked for it waits until `go`.
#[derive(Default)]
struct Late {
    parts: MemoryManifest,
    is_late: AtomicBool,
    committed: Notify,
    go: Notify,
}

impl Manifest for Late {
    fn parts(&self) -> BoxFuture<'_, Result<Vec<PartMeta>, String>> {
        self.parts.parts()
    }

    fn commit(&self, change: ManifestChange) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            self.parts.commit(change).await?;
            if self.is_late.load(Ordering::Relaxed) {
                self.committed.notify_one();
                self.go.notified().await;
            }
            Ok(())
        })
    }
}

/// A lake of four parts whose database answers late from now on, and the ids of two that are to go.
async fn late_with_old_parts() -> (TempDir, Arc<Late>, Arc<Lake>, Vec<String>) {
    let (dir, late) = (tempfile::tempdir().unwrap(), Arc::new(Late::default()));
    let lake = Lake::open(LakeConfig::at(dir.path()), late.clone()).await.unwrap();
    four_parts(&lake).await;
    let old = ids(&lake, "acme", &Micros(BASE + 2 * DAY).date()).await;
    late.is_late.store(true, Ordering::Relaxed);
    (dir, late, lake, old)
}

#[tokio::test]
async fn a_drop_goes_to_its_end_though_nobody_waits_for_it_any_more() {
    let (dir, late, lake, old) = late_with_old_parts().await;
    let allowed = Arc::new(());
    let weak = Arc::downgrade(&allowed);
    {
        let forbidden = async move {
            std::future::pending::<()>().await;
            drop(allowed);
        };
        let asked = lake.begin_drop().await.unwrap().parts(&old, forbidden);
        tokio::pin!(asked);
        tokio::select! {
            done = &mut asked => panic!("no answer came yet: {done:?}"),
            () = late.committed.notified() => {}
        }
    }
    assert_eq!(late.parts().await.unwrap().len(), 2, "it has happened");
    assert_eq!(count(&lake, "acme").await, 150, "readers are not told yet");
    assert!(weak.upgrade().is_some(), "what allows it is kept");
    late.go.notify_one();
    let ended = async {
        while weak.upgrade().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ended).await.expect("it ends");
    assert_eq!((count(&lake, "acme").await, count(&lake, "other").await), (50, 50));
    assert_eq!(files(dir.path()), 2);
}

#[tokio::test]
async fn a_drop_that_may_no_longer_be_is_broken_off() {
    let (dir, late, lake, old) = late_with_old_parts().await;
    let dropping = lake.begin_drop().await.unwrap();
    assert!(dropping.parts(&old, std::future::ready(())).await.is_err());
    late.is_late.store(false, Ordering::Relaxed);
    // the manifest tells whoever comes next what became of it
    assert!(lake.drop_parts(&["nobody's".into()]).await.unwrap().is_empty());
    assert_eq!((count(&lake, "acme").await, files(dir.path())), (50, 2));
}

#[tokio::test]
async fn events_of_no_day_count_from_their_file_and_links_are_seen() {
    let (dir, db) = (tempfile::tempdir().unwrap(), Database::new());
    let lake = open(dir.path(), &db).await;
    let mut ahead = events(1, 5, "acme", 0);
    ahead.iter_mut().for_each(|e| e.time = Micros(BASE + 4_000 * DAY));
    lake.append_block(1, &ahead).unwrap();
    lake.flush(None).await.unwrap();
    let part = lake.dated_parts().await.unwrap().remove(0);
    assert_eq!(part.meta.day, "other");
    // the file was written today, whatever the events say
    assert!(part.day.len() == 10 && part.day < Micros(BASE + 4_000 * DAY).date(), "{}", part.day);
    assert!(part.frees);
    std::fs::hard_link(dir.path().join(&part.meta.path), dir.path().join("backup")).unwrap();
    assert!(!lake.dated_parts().await.unwrap()[0].frees, "the backup holds on to it");
}
