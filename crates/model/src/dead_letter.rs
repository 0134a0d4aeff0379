//! Dead letters: events that could not be taken, kept as sent with the reason, to be replayed or deleted.
use crate::Micros;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeadLetter {
    pub id: i64,
    pub received_at: Micros,
    /// `events`, `suricata`, `zeek`.
    pub source: String,
    pub sensor: Option<String>,
    /// Zeek's log that it is a line of, as the sender named it.
    #[serde(default)]
    pub file: Option<String>,
    /// The agent that sent it.
    #[serde(default)]
    pub agent_id: Option<i64>,
    #[serde(default)]
    pub agent: Option<String>,
    /// Sent as sample data.
    #[serde(default)]
    pub sample: bool,
    /// Position in the batch it came with.
    pub batch_index: i64,
    /// Stable word: `missing_timestamp`, `invalid_json`, …
    pub reason: String,
    /// JSON pointer to what is wrong; empty for the whole event.
    pub pointer: String,
    /// What to do about it.
    pub hint: String,
    /// The event as sent, cut at `MAX_KEPT` bytes.
    pub raw: String,
    pub replays: i64,
}

/// Reason of the letters that OpenSearch made: an acknowledged event that it refuses.
pub const INDEX_REFUSED: &str = "index_refused";

/// Bytes of a refused event that are kept.
pub const MAX_KEPT: usize = 256 * 1024;

/// Why one event of a batch was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rejection {
    pub index: i64,
    pub reason: String,
    /// JSON pointer inside the event.
    #[serde(default)]
    pub pointer: String,
    pub hint: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeadLetterQuery {
    #[serde(default)]
    pub reason: Option<String>,
    #[serde(default)]
    pub source: Option<String>,
    /// Name of the network sensor that sent it.
    #[serde(default)]
    pub sensor: Option<String>,
    #[serde(default)]
    pub limit: i64,
    #[serde(default)]
    pub cursor: Option<String>,
}

/// What a replay did: events that are stored now, and those that failed again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReplayResult {
    pub stored: i64,
    pub failed: i64,
}
