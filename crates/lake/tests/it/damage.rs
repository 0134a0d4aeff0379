//! Parts that lose bytes: set aside, reported, and the rest goes on.
use lake::{Lake, LakeConfig, Manifest, MemoryManifest, PartState};
use search::ast::{Pattern, Query};
use search::conformance::random;
use search::engine::{SearchEngine, Select};
use std::path::PathBuf;
use std::sync::Arc;

struct Fixture {
    dir: tempfile::TempDir,
    manifest: Arc<MemoryManifest>,
    lake: Arc<Lake>,
}

async fn filled(n: i64) -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let manifest = Arc::new(MemoryManifest::default());
    let lake = Lake::open(LakeConfig::at(dir.path()), manifest.clone()).await.unwrap();
    lake.append_block(1, &random::events(&mut random::Rng::seeded("damage"), 1, n, "acme"))
        .unwrap();
    lake.flush(Some(1)).await.unwrap();
    Fixture { dir, manifest, lake }
}

impl Fixture {
    async fn path(&self, i: usize) -> (PathBuf, i64) {
        let part = self.manifest.parts().await.unwrap().remove(i);
        (self.dir.path().join(&part.path), part.rows)
    }

    async fn reopened(&self) -> Arc<Lake> {
        Lake::open(LakeConfig::at(self.dir.path()), self.manifest.clone()).await.unwrap()
    }
}

fn flip(path: &PathBuf, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 0x40;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_flipped_bit_is_found_by_the_check_and_again_at_open() {
    let f = filled(300).await;
    assert_eq!(f.lake.check().await.unwrap().damaged, []);
    let (path, rows) = f.path(0).await;
    flip(&path, 500);
    let report = f.lake.check().await.unwrap();
    assert_eq!(report.damaged.len(), 1);
    assert!(report.damaged[0].2.contains("checksum"));
    let all = Select::all("acme");
    assert_eq!(f.lake.count(&all).await.unwrap(), 300 - rows, "the rest goes on");
    assert_eq!(f.lake.stats().quarantined, 1);
    let states: Vec<_> = f
        .manifest
        .parts()
        .await
        .unwrap()
        .into_iter()
        .filter(|p| p.state == PartState::Quarantined)
        .collect();
    assert_eq!(states.len(), 1);
    let again = f.reopened().await;
    assert_eq!((again.stats().quarantined, again.count(&all).await.unwrap()), (1, 300 - rows));
    // somebody puts the right file back
    flip(&path, 500);
    assert_eq!(again.check().await.unwrap().repaired, [states[0].id.clone()]);
    assert_eq!(again.count(&all).await.unwrap(), 300);
    assert_eq!(f.reopened().await.stats().quarantined, 0);
}

#[tokio::test]
async fn missing_and_cut_files_are_found_at_open() {
    let f = filled(300).await;
    let (a, rows_a) = f.path(0).await;
    let (b, rows_b) = f.path(1).await;
    std::fs::remove_file(&a).unwrap();
    let bytes = std::fs::read(&b).unwrap();
    std::fs::write(&b, &bytes[..bytes.len() / 2]).unwrap();
    let lake = f.reopened().await;
    assert_eq!(lake.stats().quarantined, 2);
    assert_eq!(lake.count(&Select::all("acme")).await.unwrap(), 300 - rows_a - rows_b);
}

/// Wherever a bit flips while the lake runs: no panic, no error, and only that part's rows may be missing.
#[tokio::test]
async fn queries_survive_damage_under_their_feet() {
    let f = filled(120).await;
    let (path, rows) = f.path(0).await;
    let whole = std::fs::read(&path).unwrap();
    let mut rng = random::Rng::seeded("flips");
    let mut select = Select::all("acme");
    for _ in 0..60 {
        let mut bytes = whole.clone();
        let at = rng.below(bytes.len());
        bytes[at] ^= 1 << rng.below(8);
        std::fs::write(&path, &bytes).unwrap();
        // a level above 0 is opened without reading it in full, as old parts are
        let manifest = Arc::new(MemoryManifest::default());
        let mut parts = f.manifest.parts().await.unwrap();
        parts.iter_mut().for_each(|p| p.level = 1);
        manifest.commit(lake::ManifestChange { add: parts, ..Default::default() }).await.unwrap();
        let lake = Lake::open(LakeConfig::at(f.dir.path()), manifest).await.unwrap();
        for query in [Query::All, Query::Text(Pattern::Glob("*e".into()))] {
            select.query = query;
            let page = lake.page(&select, None, 500).await.unwrap();
            assert!(page.len() <= 120, "bit {at}");
            lake.top_values(&select, "host.name", 10).await.unwrap();
        }
        select.query = Query::All;
        let page = lake.page(&select, None, 500).await.unwrap().len() as i64;
        assert!(page >= 120 - rows, "bit {at}: the other parts are whole");
    }
}

#[tokio::test]
async fn a_part_is_read_without_a_lake_and_damage_is_named() {
    let f = filled(300).await;
    let mut ids = Vec::new();
    for part in f.manifest.parts().await.unwrap() {
        lake::read_part(f.dir.path(), &part, |id, raw| {
            assert!(!raw.is_empty());
            ids.push(id);
        })
        .unwrap();
    }
    ids.sort_unstable();
    assert_eq!(ids, (1..=300).collect::<Vec<i64>>());
    let (path, _) = f.path(0).await;
    flip(&path, 500);
    let part = f.manifest.parts().await.unwrap().remove(0);
    let found = lake::read_part(f.dir.path(), &part, |_, _| {}).unwrap_err().to_string();
    assert!(found.contains("checksum"), "{found}");
    assert_eq!(f.manifest.parts().await.unwrap()[0].state, PartState::Live, "nothing is changed");
}
