//! What the lake remembers about its parts, and the seam to the database that keeps it.
//!
//! The manifest is the only truth about which files belong to the lake: a file that is not in it is an orphan and is swept, a
//! row whose file is missing or damaged is quarantined. One change is one transaction, so parts appear and journal blocks go
//! in the same instant.
use futures::future::BoxFuture;
use model::Micros;
use serde::{Deserialize, Serialize};

/// Names a part: 32 hexadecimal digits.
pub type PartId = String;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    #[default]
    Live,
    /// The file is missing or its checksum is wrong; it is not read until somebody repairs it.
    Quarantined,
}

/// One immutable Parquet file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartMeta {
    pub id: PartId,
    pub tenant: String,
    pub dataset: String,
    /// `2026-11-21`, or `other` for times that no folder is made for. Never used to find events: `min_time` and `max_time` are.
    pub day: String,
    /// Below the lake's root: `tenant=…/dataset=…/day=…/<id>.parquet`.
    pub path: String,
    pub rows: i64,
    pub bytes: i64,
    pub min_time: Micros,
    pub max_time: Micros,
    pub min_id: i64,
    pub max_id: i64,
    /// xxh3 (64 bit) of the whole file, 16 hexadecimal digits.
    pub checksum: String,
    /// 0 as flushed; a merge makes one more than the highest it merged.
    pub level: i32,
    pub state: PartState,
}

/// ONE transaction in the caller's database.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ManifestChange {
    /// Rows to insert; a row whose id exists is replaced.
    pub add: Vec<PartMeta>,
    /// Rows to delete; an id that is not there is no error.
    pub remove: Vec<PartId>,
    /// Journal blocks with `seq <=` this are deleted.
    pub release_through: Option<i64>,
}

/// Kept by the store. When `commit` answers `Err` the lake takes it as not committed and tries again later, unless events would
/// go by it: then `settled` tells whether they are gone. When the answer was lost, the next open reads the truth from `parts`.
pub trait Manifest: Send + Sync {
    fn parts(&self) -> BoxFuture<'_, Result<Vec<PartMeta>, String>>;
    /// The same, of a moment when every commit that was begun has ended: the database may still be at one whose answer was lost.
    fn settled(&self) -> BoxFuture<'_, Result<Vec<PartMeta>, String>> {
        self.parts()
    }
    fn commit(&self, change: ManifestChange) -> BoxFuture<'_, Result<(), String>>;
}

/// A manifest in memory, for tests and benchmarks: it forgets everything with the process.
#[derive(Default)]
pub struct MemoryManifest(parking_lot::Mutex<Vec<PartMeta>>);

impl Manifest for MemoryManifest {
    fn parts(&self) -> BoxFuture<'_, Result<Vec<PartMeta>, String>> {
        let parts = self.0.lock().clone();
        Box::pin(async move { Ok(parts) })
    }

    fn commit(&self, change: ManifestChange) -> BoxFuture<'_, Result<(), String>> {
        let mut rows = self.0.lock();
        rows.retain(|p| !change.remove.contains(&p.id) && !change.add.iter().any(|a| a.id == p.id));
        rows.extend(change.add);
        Box::pin(async { Ok(()) })
    }
}
