//! The first page: how things stand, each number a link to its rows.
use crate::{alert::Alert, explore::Bucket, sensor::NetworkSensor};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Dashboard {
    pub open: i64,
    pub in_progress: i64,
    /// Closed in the last 24 hours.
    pub closed_24h: i64,
    pub mine: i64,
    /// Alerts that are not closed, by severity: info, low, medium, high, critical.
    pub by_severity: [i64; 5],
    /// Alerts created in each of the last 24 hours, oldest first.
    pub alerts_per_hour: Vec<Bucket>,
    /// Events received in each of the last 24 hours, oldest first.
    pub events_per_hour: Vec<Bucket>,
    pub latest: Vec<Alert>,
    pub sensors: Vec<NetworkSensor>,
    pub ingest: IngestHealth,
}

/// How the road is doing, since this process started unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IngestHealth {
    pub received: i64,
    pub stored: i64,
    pub rejected: i64,
    /// Events journalled and not yet in a part.
    pub in_head: i64,
    pub journal_bytes: i64,
    pub lake_bytes: i64,
    pub parts: i64,
    pub quarantined: i64,
    /// Dead letters kept, ever.
    pub dead_letters: i64,
    /// Milliseconds from acknowledgement to searchable, of the last block.
    pub index_lag_ms: i64,
    pub events_total: i64,
}
