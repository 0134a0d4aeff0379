//! Events that are stored: searches, and files that lost bytes.
use crate::{runtime, split, text};
use lake::{Lake, LakeConfig, Manifest, ManifestChange, MemoryManifest, PartMeta};
use model::Micros;
use model::event::Event;
use model::fieldmap;
use model::time::DAY;
use parking_lot::Mutex;
use search::ast::{Pattern, Query};
use search::conformance::expect;
use search::conformance::random::{self, BASE, Rng};
use search::engine::{SearchEngine, Select};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const TENANT: &str = "acme";

static ENGINE: Mutex<Option<Engine>> = Mutex::new(None);
static SAMPLE: Mutex<Option<Sample>> = Mutex::new(None);

/// Removes the folders that `engine` and `part` made.
pub fn done() {
    *ENGINE.lock() = None;
    *SAMPLE.lock() = None;
}

/// Odd events of one day.
fn events(seed: &str, n: i64) -> Vec<Event> {
    let mut events = random::events(&mut Rng::seeded(seed), 1, n, TENANT);
    for e in &mut events {
        e.time = Micros(BASE + e.time.0.rem_euclid(DAY));
    }
    events
}

fn select(query: Query) -> Select {
    Select { query, ..Select::all(TENANT) }
}

/// Events in parts and in memory, and the same events at hand.
struct Engine {
    runtime: Runtime,
    lake: Arc<Lake>,
    events: Vec<Event>,
    _folder: TempDir,
}

impl Engine {
    fn new() -> Self {
        let (folder, runtime) = (tempfile::tempdir().expect("a folder"), runtime());
        let events = events("engine", 90);
        let lake = runtime.block_on(async {
            let manifest = Arc::new(MemoryManifest::default());
            let config = LakeConfig::at(folder.path());
            let lake = Lake::open(config, manifest).await.expect("an empty lake");
            lake.append_block(1, &events[..60]).expect("events");
            lake.flush(Some(1)).await.expect("parts");
            lake.append_block(2, &events[60..]).expect("events");
            lake
        });
        Self { runtime, lake, events, _folder: folder }
    }
}

/// A query, and a field in the line after it: the lake answers what the slow evaluator says.
pub fn engine(data: &[u8]) {
    let (typed, field) = split(data);
    let typed = text(typed);
    let query = search::lucene::parse(&typed)
        .unwrap_or_else(|_| random::query(&mut Rng::seeded(&typed), 2));
    let (select, field) = (select(query), text(field));
    let field = fieldmap::canonical(field.trim());
    let mut held = ENGINE.lock();
    let Engine { runtime, lake, events, .. } = held.get_or_insert_with(Engine::new);
    let wanted = expect::page(events, &select, None, 100);
    let count = runtime.block_on(lake.count(&select)).expect("a lake that is whole");
    assert_eq!(usize::try_from(count), Ok(wanted.len()), "{select:?}");
    let page = runtime.block_on(lake.page(&select, None, 100)).expect("a lake that is whole");
    assert_eq!(page, wanted, "{select:?}");
    if events.iter().any(|e| e.get(&field).is_some()) {
        let top = runtime.block_on(lake.top_values(&select, &field, 5)).expect("a whole lake");
        assert_eq!(top, expect::top_values(events, &select, &field, 5), "{select:?}");
    }
}

/// One part, as it was written.
struct Sample {
    runtime: Runtime,
    folder: TempDir,
    meta: PartMeta,
    whole: Vec<u8>,
}

impl Sample {
    fn new() -> Self {
        let (folder, runtime) = (tempfile::tempdir().expect("a folder"), runtime());
        let mut events = events("part", 40);
        events.iter_mut().for_each(|e| e.dataset = "zeek.conn".into());
        let meta = runtime.block_on(async {
            let manifest = Arc::new(MemoryManifest::default());
            let config = LakeConfig::at(folder.path());
            let lake = Lake::open(config, manifest.clone()).await.expect("an empty lake");
            lake.append_block(1, &events).expect("events");
            lake.flush(Some(1)).await.expect("parts");
            manifest.parts().await.expect("memory").remove(0)
        });
        let whole = std::fs::read(folder.path().join(&meta.path)).expect("a part");
        Self { runtime, folder, meta, whole }
    }

    /// A lake with this file in it opens, answers, and knows whether the file is the one that was written.
    fn read(&self, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(&self.meta.path), bytes).expect("room for a part");
        // a level above 0 is opened without reading it in full, as old parts are
        let length = i64::try_from(bytes.len()).expect("a short file");
        let meta = PartMeta { bytes: length, level: 1, ..self.meta.clone() };
        let (rows, is_whole) = (meta.rows, bytes == self.whole);
        self.runtime.block_on(async {
            let manifest = Arc::new(MemoryManifest::default());
            let change = ManifestChange { add: vec![meta], ..ManifestChange::default() };
            manifest.commit(change).await.expect("memory");
            let config = LakeConfig::at(self.folder.path());
            let lake = Lake::open(config, manifest).await.expect("damage stops no start");
            let text = Query::Text(Pattern::Glob("*e".into()));
            for query in [text, Query::Exists("source.port".into()), Query::All] {
                let select = select(query);
                let page = lake.page(&select, None, 100).await.expect("damage stops no search");
                let count = lake.count(&select).await.expect("damage stops no search");
                let found = i64::try_from(page.len()).expect("a short page").max(count);
                assert!((0..=rows).contains(&found), "{found} of {rows} rows");
                assert!(!is_whole || select.query != Query::All || found == rows, "{found} rows");
            }
            let all = select(Query::All);
            let top = lake.top_values(&all, "host.name", 10).await.expect("damage stops no search");
            assert!(top.total <= rows);
            let report = lake.check().await.expect("a check that says what it found");
            assert_eq!(report.damaged.is_empty(), is_whole, "{report:?}");
        });
    }
}

/// Edits of a part's bytes, four bytes each: the place (from the end in the upper half of the third), what to do, with what.
pub fn part(data: &[u8]) {
    let_lake_catch();
    let mut held = SAMPLE.lock();
    let sample = held.get_or_insert_with(Sample::new);
    sample.read(&edited(&sample.whole, data));
}

fn edited(whole: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for edit in edits.chunks_exact(4).take(64) {
        let Some(last) = bytes.len().checked_sub(1) else { break };
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])).min(last);
        let at = if edit[2] < 128 { at } else { last - at };
        match edit[2] % 128 {
            0 => bytes.truncate(at),
            1 => {
                let end = (at + usize::from(edit[3])).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => bytes.insert(at, edit[3]),
            _ => bytes[at] ^= edit[3],
        }
    }
    bytes
}

/// A decoder that panics on a damaged page is one more way for a page to be damaged: the lake catches it and sets the part aside.
/// libFuzzer's own hook would end the program before that.
fn let_lake_catch() {
    #[cfg(fuzzing)]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            std::panic::set_hook(Box::new(|panic| {
                // the lake's threads are the runtime's
                if !std::thread::current().name().is_some_and(|n| n.starts_with("tokio")) {
                    eprintln!("{panic}");
                }
            }));
        });
    }
}
