//! Readers beside flushes and merges: every event exactly once at all times.
use futures::StreamExt;
use lake::{Lake, LakeConfig, MemoryManifest};
use search::conformance::random;
use search::engine::{SearchEngine, SearchError, Select};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

async fn open(dir: &std::path::Path) -> Arc<Lake> {
    let mut config = LakeConfig::at(dir);
    config.limits.merge_at = 2;
    config.limits.group_rows = 40;
    Lake::open(config, Arc::new(MemoryManifest::default())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counts_never_waver_while_parts_come_and_go() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path()).await;
    let appended = Arc::new(AtomicI64::new(0));
    let done = Arc::new(AtomicBool::new(false));
    let writer = {
        let (lake, appended, done) = (lake.clone(), appended.clone(), done.clone());
        tokio::spawn(async move {
            let mut rng = random::Rng::seeded("writer");
            for block in 0..60 {
                let events = random::events(&mut rng, block * 20 + 1, 20, "acme");
                lake.append_block(block, &events).unwrap();
                appended.store((block + 1) * 20, Ordering::SeqCst);
                if block % 3 == 0 {
                    lake.flush(Some(block)).await.unwrap();
                }
                if block % 7 == 0 {
                    lake.compact(false).await.unwrap();
                }
            }
            done.store(true, Ordering::SeqCst);
        })
    };
    let all = Select::all("acme");
    let mut reads = 0;
    while !done.load(Ordering::SeqCst) {
        let before = appended.load(Ordering::SeqCst);
        let count = lake.count(&all).await.unwrap();
        let page = lake.page(&all, None, 5000).await.unwrap();
        let mut ids: Vec<i64> = page.iter().map(|r| r.id).collect();
        ids.sort_unstable();
        let n = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), n, "no event twice");
        assert!(
            count >= before && n as i64 >= before,
            "{count} and {n}, but {before} were there before"
        );
        assert_eq!(ids, (1..=n as i64).collect::<Vec<_>>(), "no event missing");
        reads += 1;
    }
    writer.await.unwrap();
    assert!(reads > 0);
    assert_eq!(lake.count(&all).await.unwrap(), 1200);
}

#[tokio::test]
async fn a_scan_keeps_its_files_until_it_ends() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path()).await;
    let events = random::events(&mut random::Rng::seeded("scan"), 1, 300, "acme");
    for (i, block) in events.chunks(50).enumerate() {
        lake.append_block(i as i64, block).unwrap();
        lake.flush(None).await.unwrap();
    }
    let (all, columns) = (Select::all("acme"), ["event.id".to_owned()]);
    let mut scan = lake.scan(&all, &columns);
    let mut rows = scan.next().await.unwrap().unwrap().num_rows();
    let before = lake.stats().parts;
    lake.compact(true).await.unwrap();
    assert!(lake.stats().parts < before);
    while let Some(batch) = scan.next().await {
        rows += batch.unwrap().num_rows();
    }
    assert_eq!(rows, 300);
    drop(scan);
    assert_eq!(lake.count(&all).await.unwrap(), 300);
    let report = lake.check().await.unwrap();
    assert_eq!((report.rows, report.damaged), (300, vec![]));
}

#[tokio::test]
async fn a_query_that_costs_too_much_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = LakeConfig::at(dir.path());
    config.limits.query_rows = 100;
    let lake = Lake::open(config, Arc::new(MemoryManifest::default())).await.unwrap();
    lake.append_block(1, &random::events(&mut random::Rng::seeded("cost"), 1, 300, "acme"))
        .unwrap();
    let mut select = Select::all("acme");
    assert_eq!(lake.count(&select).await.unwrap(), 300, "counting all needs no values");
    select.query = search::lucene::parse("a*").unwrap();
    assert!(matches!(lake.count(&select).await, Err(SearchError::TooExpensive)));
}

#[tokio::test]
async fn the_head_is_written_when_it_is_large_or_old() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = LakeConfig::at(dir.path());
    config.limits.head_rows = 100;
    let lake = Lake::open(config, Arc::new(MemoryManifest::default())).await.unwrap();
    let events = random::events(&mut random::Rng::seeded("age"), 1, 120, "acme");
    let now = events[0].received_at;
    assert!(!lake.should_flush(now));
    lake.append_block(1, &events[..50]).unwrap();
    assert!(!lake.should_flush(now));
    assert!(lake.should_flush(now.plus(lake.limits().head_age)));
    lake.append_block(2, &events[50..]).unwrap();
    assert!(lake.should_flush(now));
    lake.flush(Some(2)).await.unwrap();
    assert!(!lake.should_flush(now.plus(lake.limits().head_age)));
    assert_eq!((lake.stats().events, lake.stats().head_events), (120, 0));
}
