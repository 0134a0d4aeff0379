//! EventSec's SQL storage: people, rules, alerts, the audit trail and the journal, on SQLite or PostgreSQL from one SQL text.
//!
//! Two databases stand behind a [`Store`]. The **main** one holds what people and rules make; it changes only inside a [`Tx`],
//! so that a change and its audit row are one commit. The **journal** holds what arrives from outside and the list of the
//! lake's parts; each of its methods is one commit of its own. On SQLite they are two files with one writer each, so ingest
//! never waits for a person; on PostgreSQL they share a database.
//!
//! Invariants
//! * Every method that reads or writes a tenant's rows takes the tenant first and puts it in its `WHERE`.
//! * Every statement is written once and prepared on both databases by a test ([`statements`]).
//! * A commit that returned has been fsynced. No read transaction stays open while something else is awaited, but for a
//!   `transfer::Snapshot`, which is one on purpose.
//! * Text never holds a NUL (PostgreSQL refuses it): `base::val` replaces it on the way in, on both databases.
mod agents;
mod alerts;
mod audit;
mod base;
mod counters;
mod dead_letters;
mod ingest_ledger;
mod integrity;
mod journal;
mod lake_parts;
mod retention;
mod rules;
mod sensors;
mod sessions;
mod tenants;
mod throttle;
pub mod transfer;
mod users;
mod views;

pub use agents::{AgentIdentity, NewAgent};
pub use alerts::{
    history::NewAction,
    notice::Notice,
    raise::{AlertDraft, Raised, window_of},
    summary::AlertSummary,
};
pub use audit::AuditRow;
#[doc(hidden)] // for the fuzz target of cursors
pub use base::page::{decode as decode_cursor, encode as encode_cursor};
pub use base::{
    bell::{Bells, Claim, LONGEST_RING, Lock},
    error::StoreError,
    migrate::{Schema, table_names},
    open::{Pools, Store, Target},
    sql::{Which, statements},
    tx::Tx,
};
pub use dead_letters::NewDeadLetter;
pub use ingest_ledger::{IngestSlice, IngestSource, Tally};
pub use journal::{
    append::{Append, BLOCKS, BatchIn, BlockIn, OpenJournal},
    claim::{Claimed, Most},
    replay::{Block, JournalStats},
};
pub use lake_parts::{NewPart, Part, PartState};
pub use retention::{Deleting, Old};
pub use sensors::SensorBatch;
pub use sessions::{NewSession, Session, SessionKind};
pub use tenants::Tenant;
pub use throttle::Throttle;
pub use users::Login;

/// What every method answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
