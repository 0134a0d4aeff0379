//! The use cases of EventSec: permission first, then the work, then the audit row in the same transaction.
//!
//! Pages and the JSON API both call this crate through the `backend` traits, so they cannot differ in what they allow. Nothing
//! here knows HTTP. A thing that belongs to another tenant does not exist: `not_found`.
mod alerts;
mod arrivals;
pub mod auth;
mod events;
mod fault;
pub mod ingest;
mod live;
mod operate;
mod people;
mod record;
mod retention;
mod rules;
pub mod start;

pub use live::Live;
pub use retention::Disk;

use auth::{password::Passwords, token::Tokens};
use model::time::Clock;
use pipeline::{Road, RuleHub};
use search::engine::SearchEngine;
use std::sync::Arc;
use store::Store;

/// What the use cases need. Cheap to clone.
#[derive(Clone)]
pub struct Soc {
    pub store: Store,
    pub engine: Arc<dyn SearchEngine>,
    pub road: Road,
    pub rules: Arc<RuleHub>,
    pub live: Live,
    pub clock: Clock,
    pub passwords: Passwords,
    pub tokens: Tokens,
    pub policy: Policy,
    pub disk: Disk,
    /// Held by whoever deletes what is past its time: one run of this process at a time. Changes of policies do not wait for it.
    pub deleting: Arc<tokio::sync::Mutex<()>>,
}

/// Settings that use cases obey.
#[derive(Clone, Debug)]
pub struct Policy {
    /// A browser session ends so long after its last use, in microseconds.
    pub session_idle: i64,
    /// … and so long after sign-in, whatever was done.
    pub session_max: i64,
    /// Life of an API token.
    pub token_life: i64,
    /// Shared token for ingest; `None` or empty: never accepted.
    pub agent_token: Option<String>,
    /// Refuses the shared token.
    pub production: bool,
    /// Key that enrols agents; `None`: enrolment is closed.
    pub enrollment_key: Option<String>,
    /// Events of one `POST /events`.
    pub batch_events: usize,
    /// Bytes of one event; a longer one is refused alone.
    pub event_bytes: usize,
    /// Percent of the disk that are to stay free; 0: no matter how full it is.
    pub keep_free_percent: i64,
}

impl Default for Policy {
    fn default() -> Self {
        use model::time::HOUR;
        Self {
            session_idle: 12 * HOUR,
            session_max: 7 * 24 * HOUR,
            token_life: HOUR,
            agent_token: None,
            production: false,
            enrollment_key: None,
            batch_events: 10_000,
            event_bytes: 256 << 10,
            keep_free_percent: 10,
        }
    }
}
