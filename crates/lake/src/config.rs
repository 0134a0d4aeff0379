//! What the lake is told at open: where it lives and how much it may use.
use std::path::PathBuf;

/// Where parts are kept.
#[derive(Clone, Debug)]
pub struct LakeConfig {
    /// The folder that holds `tenant=…`; made when it is not there.
    pub dir: PathBuf,
    pub limits: Limits,
}

impl LakeConfig {
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), limits: Limits::default() }
    }
}

/// Bounds. Each has a value that suits a machine with 2 cores and 4 GB.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of events in memory past which `should_flush` says yes.
    pub head_bytes: usize,
    /// Events in memory past which `should_flush` says yes.
    pub head_rows: usize,
    /// Age in microseconds of the oldest unflushed event (by receipt) past which `should_flush` says yes.
    pub head_age: i64,
    /// Rows of a row group at most.
    pub group_rows: usize,
    /// Bytes of records in a row group, roughly, at which it ends: whoever reads it holds a whole column, whose ends are 32 bits.
    pub group_bytes: usize,
    /// Rows of a part at most; compaction makes none that is larger.
    pub part_rows: usize,
    /// Parts of one folder and size tier that are merged together.
    pub merge_at: usize,
    /// Folders (days) that one flush makes per data set; the days with the fewest events beyond it share `day=other`.
    pub days_per_flush: usize,
    /// Values one query may test before it is refused as too expensive.
    pub query_rows: u64,
    /// Milliseconds of work one query may do before it is refused as too expensive.
    pub query_ms: u64,
    /// Bytes of decoded columns kept for the next query.
    pub cache_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 96 << 20,
            head_rows: 100_000,
            head_age: 60 * model::time::SECOND,
            group_rows: 16_384,
            group_bytes: 128 << 20,
            part_rows: 1_000_000,
            merge_at: 8,
            days_per_flush: 32,
            query_rows: 2_000_000_000,
            query_ms: 10_000,
            cache_bytes: 96 << 20,
        }
    }
}
