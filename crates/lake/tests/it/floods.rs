//! Events that nobody would send who means well: floods of field names, records of enormous size.
use lake::{Lake, LakeConfig, MemoryManifest};
use model::event::{Event, Scalar};
use search::conformance::random;
use search::engine::{SearchEngine, Select};
use std::sync::Arc;

async fn open(dir: &std::path::Path) -> Arc<Lake> {
    let mut config = LakeConfig::at(dir);
    config.limits.merge_at = 2;
    config.limits.group_bytes = 1 << 20;
    Lake::open(config, Arc::new(MemoryManifest::default())).await.unwrap()
}

fn events(n: i64) -> Vec<Event> {
    let mut events = random::events(&mut random::Rng::seeded("floods"), 1, n, "acme");
    let day = events[0].received_at;
    for e in &mut events {
        e.dataset = "flood".into();
        (e.time, e.received_at) = (day, day);
    }
    events
}

/// All of them, each as it was.
async fn whole(lake: &Lake, events: &[Event]) {
    let all = Select::all("acme");
    assert_eq!(lake.count(&all).await.unwrap(), events.len() as i64);
    for e in events.iter().step_by(7) {
        let found = lake.get("acme", &[e.id]).await.unwrap().remove(0);
        assert_eq!((found.raw.as_str(), found.fields.len()), (&*e.raw, e.fields.len()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_field_names_makes_many_parts_and_no_wide_one() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path()).await;
    let mut events = events(60);
    for (i, e) in events.iter_mut().enumerate() {
        e.fields = (0..512).map(|n| (format!("x.{i}.{n}").into(), Scalar::Int(n))).collect();
    }
    for (seq, block) in events.chunks(20).enumerate() {
        lake.append_block(seq as i64, block).unwrap();
    }
    // far more than the records themselves: each name is a column
    assert!(lake.unwritten_bytes() > 60 * 512 * 500, "{}", lake.unwritten_bytes());
    lake.flush(Some(2)).await.unwrap();
    let parts = lake.stats().parts;
    assert!(parts >= 4, "{parts}");
    whole(&lake, &events).await;
    lake.compact(true).await.unwrap();
    whole(&lake, &events).await;
    assert!(lake.stats().parts >= 2, "{}", lake.stats().parts);
    assert_eq!(lake.stats().quarantined, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_records_are_written_and_merged_in_pieces() {
    let dir = tempfile::tempdir().unwrap();
    let lake = open(dir.path()).await;
    let mut events = events(300);
    // more than a row group takes, and most slices too
    for (i, e) in events.iter_mut().enumerate().filter(|(i, _)| i % 3 > 0) {
        e.raw = format!("{i}{}", "x".repeat(20_000)).into();
    }
    for (seq, block) in events.chunks(100).enumerate() {
        lake.append_block(seq as i64, block).unwrap();
        lake.flush(Some(seq as i64)).await.unwrap();
    }
    whole(&lake, &events).await;
    lake.compact(true).await.unwrap();
    assert_eq!((lake.stats().parts, lake.stats().quarantined), (1, 0));
    whole(&lake, &events).await;
    let row = lake.page(&Select::all("acme"), None, 1).await.unwrap().remove(0);
    assert_eq!(*row.raw, *events.iter().find(|e| e.id == row.id).unwrap().raw);
}
