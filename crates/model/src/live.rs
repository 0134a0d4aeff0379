//! What is pushed to browsers: small notes, never the data itself.
use crate::Severity;
use serde::{Deserialize, Serialize};

/// One note on the push stream. A browser that missed some (`Lagged`) asks again for what it shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// A new alert.
    Alert {
        id: i64,
        severity: Severity,
        title: String,
    },
    /// Alerts changed: status, assignment, count.
    AlertChanged {
        ids: Vec<i64>,
    },
    /// Events arrived and are searchable. At most one a second.
    Events {
        count: i64,
    },
    /// Rules changed.
    Rules,
    Lagged,
}
