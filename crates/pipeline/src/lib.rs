//! The one road every event takes: normalise → journal → detect → store.
//!
//! Invariants:
//! - A batch is answered only after the block that holds its events, its rejected events and its idempotency key is committed
//!   and synced: what was acknowledged is durable.
//! - A block meets the rules and raises its alerts in one transaction with the cursor that says so: once in effect, even when
//!   it is read again after a crash.
//! - The ledger of arrivals counts each record once, in the commit that decides what becomes of it.
//! - A block leaves the journal in the transaction that publishes the parts holding its events, and never before it was detected.
pub mod block;
pub mod cut;
pub mod intake;
pub mod key;
pub mod manifest;
pub mod road;
pub mod rules;
pub mod shared;
mod tally;
mod worker;
mod writer;

pub use cluster::Share;
pub use intake::{Batch, Item, Receipt};
pub use lake::{DatedPart, PartMeta};
pub use road::{Road, RoadConfig, RoadError};
pub use rules::RuleHub;
