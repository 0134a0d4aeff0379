//! OpenSearch as the search engine of an installation with several processes.
//!
//! Meaning lives in `search`: a query is bracketed by two OpenSearch queries, one that finds only events that match (`certain`) and
//! one that misses none (`possible`). Most brackets are closed, both sides are the same. What lies between the sides is fetched and
//! judged by the evaluator that says what a query means; so an answer is right or an error, never nearly right.
//!
//! An event's document has the event's id as `_id` and lies in the index of the day it was received, both of which follow from the
//! journal: writing it again changes nothing. Each value stands where its kind can be searched (typed field, or `eventsec.kv` for
//! names that the field map does not know); a value that fits nowhere is kept whole, and its event is marked so that every query
//! on that field looks at it.
//!
//! Beside events OpenSearch holds copies of alerts and dead letters for other readers ([`mirror`]); a day of events goes when all
//! tenants let it go.
mod bracket;
mod client;
mod config;
mod decode;
mod document;
mod dsl;
mod engine;
mod error;
mod inspect;
mod mapping;
pub mod mirror;
mod names;
mod read;
mod retain;
mod setup;
mod write;

pub use client::Client;
pub use config::Config;
pub use engine::Cluster;
pub use error::ClusterError;
pub use inspect::{EventIndex, Stored};
pub use retain::Share;
pub use setup::Health;
pub use write::{Indexed, Poison};
