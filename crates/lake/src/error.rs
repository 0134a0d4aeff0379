//! What can go wrong in the lake.

#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("a part cannot be written or read: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    #[error("columns do not fit together: {0}")]
    Arrow(#[from] arrow_schema::ArrowError),
    #[error("columns do not fit together: {0}")]
    Columns(#[from] columnar::ColumnError),
    #[error("the manifest does not answer: {0}")]
    Manifest(String),
    /// The part is not what the manifest says: a wrong checksum, a torn file, a missing column.
    #[error("part {id} is damaged: {reason}")]
    Damaged { id: String, reason: String },
    /// What allowed a drop no longer does.
    #[error("the parts may no longer be dropped")]
    Forbidden,
    #[error("a query ran into its limit")]
    TooExpensive,
    #[error("a worker thread died")]
    Worker,
}

impl LakeError {
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.display().to_string(), source }
    }
}

impl From<LakeError> for search::engine::SearchError {
    fn from(e: LakeError) -> Self {
        match e {
            LakeError::TooExpensive => Self::TooExpensive,
            other => Self::Unavailable(other.to_string()),
        }
    }
}
