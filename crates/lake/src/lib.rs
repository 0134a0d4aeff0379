//! The embedded search engine: events as columns, in memory and in immutable Parquet parts.
//!
//! An appended event is at once visible in the *head*. When the head is large or old it becomes *parts* (one file per tenant, data
//! set and day), published together with the release of the journal in one transaction of the `Manifest`. Small parts are merged;
//! those whose time is over are dropped.
//! Readers hold a snapshot: every event is seen exactly once at all times. A damaged part is set aside and the rest goes on.
mod bloom;
mod budget;
mod cache;
mod chunk;
mod codec;
mod columns;
mod compact;
pub mod config;
mod engine;
pub mod error;
mod eval;
mod flush;
mod head;
mod ingest;
mod inspect;
mod lake;
mod layout;
pub mod manifest;
mod open;
mod ops;
mod order;
mod part;
mod retain;
mod rows;
mod splice;
mod storage;
mod unit;
mod write;

pub use compact::CompactReport;
pub use config::{LakeConfig, Limits};
pub use error::LakeError;
pub use inspect::read_part;
pub use lake::Lake;
pub use manifest::{Manifest, ManifestChange, MemoryManifest, PartId, PartMeta, PartState};
pub use open::CheckReport;
pub use retain::{DatedPart, Dropping};
pub use storage::checksum;
