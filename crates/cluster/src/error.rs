//! What can go wrong between here and OpenSearch.
use search::engine::SearchError;

#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The address, certificate or login cannot be used.
    #[error("{0}")]
    Config(String),
    /// No answer, or one that says "later": the same request may succeed in a while.
    #[error("OpenSearch does not answer: {0}")]
    Away(String),
    /// OpenSearch refuses the request as it is.
    #[error("OpenSearch refuses with {status}: {reason}")]
    Refused { status: u16, reason: String },
    /// An answer that is not what was asked for.
    #[error("OpenSearch's answer cannot be read: {0}")]
    Garbled(String),
    /// A query would have to look at more events one by one than it may.
    #[error("the query would judge too many events")]
    TooExpensive,
}

impl ClusterError {
    /// Whether the same request may succeed later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Away(_) | Self::Garbled(_))
    }

    /// Whether what was asked about is not there: nothing was ever stored in it.
    pub fn is_no_index(&self) -> bool {
        matches!(self, Self::Refused { status: 404, reason } if reason.contains("index_not_found"))
    }
}

/// Whether OpenSearch's words are about the size of a query.
pub fn is_too_much(reason: &str) -> bool {
    ["too_many_clauses", "too_many_buckets", "too_complex", "max_clause"]
        .iter()
        .any(|w| reason.contains(w))
}

impl From<ClusterError> for SearchError {
    fn from(e: ClusterError) -> Self {
        match e {
            ClusterError::TooExpensive => Self::TooExpensive,
            // too many buckets, clauses or states: the query's size, which a person can change
            ClusterError::Refused { reason, .. } if is_too_much(&reason) => Self::TooExpensive,
            other => Self::Unavailable(other.to_string()),
        }
    }
}
