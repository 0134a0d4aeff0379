//! Full parts are joined without being unpacked: the same events, found by the same questions, and nothing damaged is copied.
use lake::{Lake, LakeConfig, Manifest, MemoryManifest, PartState};
use model::event::{Event, Scalar};
use model::explore::EventRow;
use parquet::file::reader::{FileReader, SerializedFileReader};
use search::ast::{Query, Test};
use search::conformance::random;
use search::engine::{SearchEngine, Select};
use std::path::PathBuf;
use std::sync::Arc;

/// Rows of a row group.
const GROUP: usize = 32;
/// Events of a flush: row groups of which all but the last are full.
const FLUSH: i64 = 80;
const FLUSHES: i64 = 4;

struct Fixture {
    dir: tempfile::TempDir,
    manifest: Arc<MemoryManifest>,
    lake: Arc<Lake>,
    events: Vec<Event>,
}

/// Parts of one folder, each with columns that no other has.
async fn filled() -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let manifest = Arc::new(MemoryManifest::default());
    let mut config = LakeConfig::at(dir.path());
    config.limits.merge_at = FLUSHES as usize;
    config.limits.group_rows = GROUP;
    let lake = Lake::open(config, manifest.clone()).await.unwrap();
    let mut events = random::events(&mut random::Rng::seeded("splice"), 1, FLUSH * FLUSHES, "acme");
    for e in &mut events {
        let flush = (e.id - 1) / FLUSH;
        (e.dataset, e.time, e.received_at) =
            ("one.place".into(), model::Micros(e.id * 1000), model::Micros(e.id * 1000));
        e.fields.push((
            format!("only.{flush}").into(),
            Scalar::from(if e.id % 7 == 0 { "rare" } else { "often" }),
        ));
        e.fields.push((format!("number.{flush}").into(), Scalar::Float(e.id as f64)));
        e.fields.push((format!("flag.{flush}").into(), Scalar::Bool(e.id % 2 == 0)));
        e.fields.push((format!("whole.{flush}").into(), Scalar::Int(e.id)));
    }
    for (block, some) in events.chunks(FLUSH as usize).enumerate() {
        lake.append_block(block as i64, some).unwrap();
        lake.flush(Some(block as i64)).await.unwrap();
    }
    Fixture { dir, manifest, lake, events }
}

impl Fixture {
    async fn parts(&self) -> Vec<PathBuf> {
        let live = self.manifest.parts().await.unwrap().into_iter();
        live.filter(|p| p.state == PartState::Live).map(|p| self.dir.path().join(p.path)).collect()
    }

    async fn all(&self) -> Vec<EventRow> {
        let mut rows = self.lake.page(&Select::all("acme"), None, 10_000).await.unwrap();
        rows.sort_by_key(|r| r.id);
        rows
    }

    async fn counts(&self) -> Vec<i64> {
        let mut counts = Vec::new();
        for flush in 0..FLUSHES {
            for value in ["rare", "often", "none"] {
                let name = format!("only.{flush}");
                let query = Query::Field { name, test: Test::Is(value.into()) };
                counts
                    .push(self.lake.count(&Select { query, ..Select::all("acme") }).await.unwrap());
            }
        }
        counts
    }
}

/// Rows of each row group, and where rows begin to be in order anew.
fn layout(path: &PathBuf) -> (Vec<i64>, Vec<usize>) {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let file = reader.metadata().file_metadata();
    let runs = file.key_value_metadata().into_iter().flatten().find(|kv| kv.key == "eventsec.runs");
    let runs = runs.and_then(|kv| serde_json::from_str(kv.value.as_deref()?).ok());
    let rows = reader.metadata().row_groups().iter().map(|g| g.num_rows()).collect();
    (rows, runs.unwrap_or_default())
}

#[tokio::test]
async fn full_parts_are_joined_as_they_are_and_rewritten_when_asked() {
    let f = filled().await;
    let before = f.parts().await;
    assert_eq!(before.len(), FLUSHES as usize);
    let (rows, counts) = (f.all().await, f.counts().await);
    let sent: Vec<EventRow> = f.events.iter().map(EventRow::from).collect();
    assert_eq!(rows, sent);
    assert!(counts.iter().enumerate().all(|(i, n)| (*n > 0) == (i % 3 < 2)), "{counts:?}");

    assert_eq!(f.lake.compact(false).await.unwrap().merges, 1);
    let [joined] = &f.parts().await[..] else { panic!("one part") };
    assert_eq!(layout(joined), ([32, 32, 16].repeat(4), vec![0, 3, 6, 9]));
    assert_eq!((f.all().await, f.counts().await), (rows.clone(), counts.clone()));
    assert_eq!(f.lake.check().await.unwrap().damaged, []);

    // one of a few rows, and a page further back
    let one = f.lake.get("acme", &[33, 250]).await.unwrap();
    assert_eq!(one, [rows[32].clone(), rows[249].clone()]);

    // beside one more part, as a person may ask for: in order over all of it
    let more = random::events(&mut random::Rng::seeded("more"), FLUSH * FLUSHES + 1, 5, "acme");
    let more: Vec<Event> = more
        .into_iter()
        .map(|e| Event {
            dataset: "one.place".into(),
            time: model::Micros(1),
            received_at: model::Micros(1),
            ..e
        })
        .collect();
    f.lake.append_block(99, &more).unwrap();
    f.lake.flush(Some(99)).await.unwrap();
    assert_eq!(f.lake.compact(true).await.unwrap().merges, 1);
    let [rewritten] = &f.parts().await[..] else { panic!("one part") };
    let (groups, runs) = layout(rewritten);
    assert_eq!((groups.iter().sum::<i64>(), runs), (325, vec![]));
    assert!(groups[..10].iter().all(|n| *n == 32), "{groups:?}");
    assert_eq!(f.all().await[..320], rows);
    assert_eq!(f.counts().await, counts);
}

#[tokio::test]
async fn small_parts_are_rewritten() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = LakeConfig::at(dir.path());
    config.limits.merge_at = 2;
    let manifest = Arc::new(MemoryManifest::default());
    let lake = Lake::open(config, manifest.clone()).await.unwrap();
    let mut events = random::events(&mut random::Rng::seeded("small"), 1, 100, "acme");
    events.iter_mut().for_each(|e| {
        (e.dataset, e.time, e.received_at) =
            ("one.place".into(), model::Micros(1), model::Micros(1))
    });
    for (block, some) in events.chunks(50).enumerate() {
        lake.append_block(block as i64, some).unwrap();
        lake.flush(Some(block as i64)).await.unwrap();
    }
    assert_eq!(lake.compact(false).await.unwrap().merges, 1);
    let parts = manifest.parts().await.unwrap();
    let live: Vec<_> = parts.iter().filter(|p| p.state == PartState::Live).collect();
    assert_eq!(layout(&dir.path().join(&live[0].path)), (vec![100], vec![]));
}

#[tokio::test]
async fn what_is_damaged_is_set_aside_and_not_copied() {
    let f = filled().await;
    let path = f.parts().await.remove(1);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[300] ^= 0x10;
    std::fs::write(&path, bytes).unwrap();
    assert!(f.lake.compact(false).await.is_err());
    assert_eq!(f.lake.stats().quarantined, 1);
    // three are left, which is too few to merge; asked for, they are
    assert_eq!(f.lake.compact(false).await.unwrap().merges, 0);
    assert_eq!(f.lake.compact(true).await.unwrap().merges, 1);
    assert_eq!(f.all().await.len(), 240);
}
